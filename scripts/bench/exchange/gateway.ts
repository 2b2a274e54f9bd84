/**
 * The gateway, `node gateway.ts signed|unsigned <folder> <station url>`: as it is in production, or one that carries the same
 * questions over the same links without a signature.
 */
import { readFile } from 'node:fs/promises';
import path from 'node:path';

import { buildSchema } from 'graphql';
import { pino } from 'pino';
import { z } from 'zod';

import { createGateway } from '#gateway/app.ts';
import { parseGatewayConfig } from '#gateway/config.ts';
import { createExchange, exchangeTypeDefs } from '#gateway/exchange-fields.ts';
import type { Forwarding } from '#gateway/forwarding.ts';
import { createStationLinks } from '#gateway/station-links.ts';
import { createStationNotes } from '#gateway/station-notes.ts';
import { digestOf } from '#schema/digest.ts';
import { createGraphqlServer } from '#server/server.ts';

import { openAuthority, openDoor } from '../open-door.ts';
import { reportToBench } from '../child-server.ts';
import { unlimited } from '../unlimited.ts';
import { answering, directoryIn, entriesOf, gatewayCode, keyOf } from './federation.ts';

const [mode, folder = '', stationUrl = ''] = process.argv.slice(2);
const log = pino({ level: 'warn' });

async function startSigned(): Promise<URL> {
  const env = {
    LOOKOUT_PORT: '0',
    LOOKOUT_DIRECTORY: path.join(folder, 'directory.json'),
    LOOKOUT_AUTHORITIES: path.join(folder, 'authorities.json'),
    LOOKOUT_GATEWAY_CODE: gatewayCode,
    LOOKOUT_SIGNING_KEY: await readFile(path.join(folder, `${gatewayCode}.jwk`), 'utf8'),
    LOOKOUT_STATION_DEADLINE_MS: '60000',
    ...unlimited,
  };
  await keyOf(folder, gatewayCode);
  return (await createGateway(parseGatewayConfig(env), log)).start();
}

const Question = z.object({ question: z.string() });

async function startUnsigned(): Promise<URL> {
  const directory = { ...(await directoryIn(folder)), onChange: () => () => undefined };
  const links = createStationLinks({ directory, deadlineMs: 60_000 });
  const headers = ['content-type', 'application/json', 'accept', 'application/json'];
  const forwarding: Pick<Forwarding, 'ask'> = {
    ask: (member, { body, answerBytes }) =>
      links.ask(member, { method: 'POST', path: '/graphql', headers, body, answerBytes }),
  };
  const exchange = createExchange({ forwarding, notes: createStationNotes(log) });
  const { members } = await entriesOf(folder, new URL(stationUrl));
  const asked = members.filter(({ code }) => code === answering);
  const schema = buildSchema(`${exchangeTypeDefs} scalar StationCode`);
  const fields = schema.getQueryType()?.getFields() ?? {};
  if (fields['exchange'] !== undefined) {
    fields['exchange'].resolve = (_, args) => {
      const { question: body } = Question.parse(args);
      return exchange.ask(asked, { body, digest: digestOf(''), by: { request: '' }, requestId: 'bench' });
    };
  }
  const server = createGraphqlServer({
    ...{ schema, context: () => ({}), production: true, door: openDoor, authority: openAuthority },
    readiness: () => [],
    log,
  });
  return server.start({ host: '127.0.0.1', port: 0 });
}

reportToBench(await (mode === 'signed' ? startSigned() : startUnsigned()));
