/** The regulator's page: the built console, and what it has to know to have people sign in. */
import path from 'node:path';

import type { Logger } from 'pino';

import type { ConsoleSettings } from '#schema/console.ts';
import { describeError } from '#server/errors/describe-error.ts';
import { write } from '#server/http/answer.ts';
import { readPages } from '#server/http/pages.ts';
import type { Route } from '#server/http/routes.ts';

import type { GatewayConfig } from './config.ts';

/** Where `vite build` puts it. */
const built = path.resolve(import.meta.dirname, '../console/generated');
const under = '/regulator/';

const redirect = ({ path: from, to }: { readonly path: string; readonly to: string }): Route => ({
  method: 'GET',
  path: from,
  open: true,
  page: true,
  handle: ({ id, response }) => {
    response.writeHead(308, { location: to, 'content-length': 0, 'x-request-id': id }).end();
  },
});

/** Nothing where nobody signs in, or where the provider does not know the console. */
export async function createRegulatorPages(config: GatewayConfig, log: Logger): Promise<readonly Route[]> {
  const { LOOKOUT_OIDC_ISSUER: issuer, LOOKOUT_CONSOLE_CLIENT: client } = config;
  if (issuer === undefined || client === undefined) return [];
  const settings: ConsoleSettings = {
    ...{ issuer, client, scope: config.LOOKOUT_CONSOLE_SCOPE },
    resource: config.LOOKOUT_CONSOLE_RESOURCE ?? null,
  };
  const body = JSON.stringify(settings);
  const give: Route = {
    method: 'GET',
    path: `${under}config.json`,
    open: true,
    handle: ({ id: requestId, response }) => {
      write(response, { status: 200, type: 'application/json; charset=utf-8', body, requestId });
    },
  };
  try {
    const pages = await readPages({ folder: built, under, connectTo: [new URL(issuer).origin] });
    return [redirect({ path: under.slice(0, -1), to: under }), give, ...pages];
  } catch (error) {
    // Questions between stations do not wait for a page.
    log.error({ error: describeError(error) }, 'the regulator page is not served: run npm install and npm start again');
    return [];
  }
}
