/**
 * The servers of the HTTP benches of a station, each in a process of its own: the floor, and the station's own server and
 * subgraph over a copy of the log that is fresh for so many members, with the record (`recorded`) or without.
 */
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';

import { pino } from 'pino';

import { createPostgresAudit } from '#node/adapters/postgres-audit.ts';
import { createDatabase } from '#node/db/client.ts';
import type { Context } from '#node/graphql/context.ts';
import { stationSchema } from '#node/graphql/schema.ts';
import type { AuditReference } from '#schema/audit.ts';
import { digestOf } from '#schema/digest.ts';
import type { DonorToken } from '#schema/ids.ts';
import { openAuthority, openDoor } from '#scripts/bench/open-door.ts';
import { createGraphqlServer } from '#server/server.ts';

import { reportToBench } from '../child-server.ts';
import { station } from './data.ts';
import { queryOne } from './floor.ts';
import { createFreshStation } from './fresh-station.ts';

const [which, databaseUrl = '', members = '10'] = process.argv.slice(2);
const database = createDatabase(databaseUrl, { poolSize: 8 });

function startFloor(): void {
  const server = createServer((request, response) => {
    let body = '';
    request.setEncoding('utf8');
    request.on('data', (chunk: string) => (body += chunk));
    request.on('end', () => {
      const { variables } = JSON.parse(body) as { variables: { token: string } };
      void queryOne(database.pool, variables.token as DonorToken).then(({ rows }) => {
        response.writeHead(200, { 'content-type': 'application/json' }).end(JSON.stringify({ data: rows }));
      });
    });
  });
  server.listen(0, '127.0.0.1', () => {
    reportToBench(new URL(`http://127.0.0.1:${(server.address() as AddressInfo).port}`));
  });
}

async function startStation(): Promise<void> {
  const { eligibility } = createFreshStation(database, Number(members));
  const { prisma, pool } = database;
  const clock = { now: () => new Date() };
  const log = pino({ level: 'warn' });
  const written = createPostgresAudit({ pool, member: station.code, clock, log });
  const reference: AuditReference = { seq: 1, hash: digestOf('an entry') };
  const audit = which === 'recorded' ? written : { ...written, record: () => Promise.resolve(reference) };
  // The question asked names a token: of the context only this is looked at.
  const asked: Partial<Context> = { station, eligibility, prisma, audit, clock };
  const server = createGraphqlServer({
    schema: stationSchema,
    context: ({ caller }) => ({ ...asked, caller }) as Context,
    production: true,
    door: openDoor,
    authority: openAuthority,
    readiness: () => [],
    log,
  });
  reportToBench(new URL('graphql', await server.start({ host: '127.0.0.1', port: 0 })));
}

if (which === 'floor') startFloor();
else await startStation();
