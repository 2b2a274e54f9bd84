/**
 * `POST /token`: where a station's own systems sign in (RFC 6749 section 4.5, RFC 7523 section 2.1): an assertion for an access
 * token. Errors are those of RFC 6749 section 5.2, and say no more than it asks for.
 */
import type { ServerResponse } from 'node:http';

import type { MemberCode } from '#schema/caller.ts';

import { verifyAssertion } from './assertions.ts';
import type { Assertion } from './assertions.ts';
import { write } from '../http/answer.ts';
import { createBodyReader } from '../http/body.ts';
import type { Client } from './clients.ts';
import { defaultLimits } from '../http/limits.ts';
import { RequestError } from '../errors/request-error.ts';
import type { Route } from '../http/routes.ts';
import { systemTokenS } from './system-tokens.ts';
import type { SystemTokens } from './system-tokens.ts';

const grantType = 'urn:ietf:params:oauth:grant-type:jwt-bearer';
const bodyBytes = 8_192;

type ErrorCode = 'invalid_request' | 'invalid_grant' | 'unsupported_grant_type';

export interface TokenEndpointOptions {
  readonly station: MemberCode;
  readonly clients: ReadonlyMap<string, Client>;
  readonly tokens: SystemTokens;
  /** Whether an assertion comes for the first time, over all instances of the station; a `Fault` when that cannot be told. */
  readonly isFirst: (assertion: Assertion) => Promise<boolean>;
}

/** A parameter that is there once. */
const single = (form: URLSearchParams, name: string): string | undefined => {
  const [value, ...more] = form.getAll(name);
  return more.length === 0 ? value : undefined;
};

export function createTokenEndpoint({ station, clients, tokens, isFirst }: TokenEndpointOptions): Route {
  const readBody = createBodyReader({ ...defaultLimits, bodyBytes });

  const answer = async (form: URLSearchParams): Promise<ErrorCode | { token: string }> => {
    const assertion = single(form, 'assertion');
    if (single(form, 'grant_type') !== grantType) return 'unsupported_grant_type';
    if (assertion === undefined) return 'invalid_request';
    const proved = await verifyAssertion(assertion, { clients, audience: station });
    if (proved === undefined || !(await isFirst(proved))) return 'invalid_grant';
    return { token: await tokens.give(proved.client) };
  };
  const reply = (response: ServerResponse, requestId: string, status: number, body: object) => {
    write(response, { status, type: 'application/json; charset=utf-8', body: JSON.stringify(body), requestId });
  };

  return {
    method: 'POST',
    path: '/token',
    open: true,
    givesTokens: true,
    async handle({ id, request, response }) {
      if (request.headers['content-type']?.split(';', 1)[0]?.trim() !== 'application/x-www-form-urlencoded') {
        throw new RequestError('UNSUPPORTED_MEDIA_TYPE', {
          detail: 'The body must be application/x-www-form-urlencoded.',
        });
      }
      const given = await answer(new URLSearchParams((await readBody(request)).toString()));
      if (typeof given === 'string') reply(response, id, 400, { error: given });
      else reply(response, id, 200, { access_token: given.token, token_type: 'Bearer', expires_in: systemTokenS });
    },
  };
}
