/**
 * The answering station, `node station.ts signed|unsigned <folder> <database>`: its own server, subgraph and holdings, behind
 * the door of the exchange or behind one that lets everybody in and writes nothing down.
 */
import { pino } from 'pino';

import { createExchangeDoor } from '#node/adapters/exchange-door.ts';
import { createPostgresAudit } from '#node/adapters/postgres-audit.ts';
import { createPostgresHoldings } from '#node/adapters/postgres-holdings.ts';
import { createDatabase } from '#node/db/client.ts';
import type { Context } from '#node/graphql/context.ts';
import { stationSchema } from '#node/graphql/schema.ts';
import { stationDisclosure } from '#schema/disclosure.ts';
import { createAuthority } from '#server/graphql/authority.ts';
import type { Door } from '#server/http/door.ts';
import { createExchangeVerifier } from '#server/keys/exchange-jwt.ts';
import { createMemberSigner, createMemberVerifier } from '#server/keys/member-keys.ts';
import { createGraphqlServer } from '#server/server.ts';

import { asker } from '../asker.ts';
import { reportToBench } from '../child-server.ts';
import { answering, asking, directoryIn, keyOf } from './federation.ts';

const [mode, folder = '', databaseUrl = ''] = process.argv.slice(2);
const log = pino({ level: 'warn' });
const { pool } = createDatabase(databaseUrl, { poolSize: 8 });
const clock = { now: () => new Date() };
const station = { code: answering, kind: 'BLOOD' } as const;
const audit = createPostgresAudit({ pool, member: answering, clock, log });

async function signedDoor(): Promise<Door> {
  const directory = await directoryIn(folder);
  const verifier = createMemberVerifier({ directory });
  return createExchangeDoor({
    station,
    verifier: createExchangeVerifier({ directory, verifier, now: () => Date.now() }),
    signer: createMemberSigner(await keyOf(folder, answering)),
    audit,
  });
}

const anybody = { caller: { ...asker, from: 'MEMBER', member: asking, rights: ['OPEN_DOCUMENTS'] } } as const;
const openDoor: Door = { admit: () => Promise.resolve(anybody) };

const holdings = createPostgresHoldings({ pool, isLoaded: () => Promise.resolve(true) });
const asked: Pick<Context, 'station' | 'holdings' | 'audit' | 'clock'> = { station, holdings, audit, clock };
const server = createGraphqlServer({
  schema: stationSchema,
  context: ({ caller }) => ({ ...asked, caller }) as Context,
  production: true,
  door: mode === 'signed' ? await signedDoor() : openDoor,
  authority: createAuthority({ table: stationDisclosure, kind: 'BLOOD' }),
  readiness: () => [],
  log,
});
reportToBench(await server.start({ host: '127.0.0.1', port: 0 }));
