/** The two servers of the HTTP bench of a station, each in a process of its own: the floor, and a whole node service. */
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';

import { pino } from 'pino';

import { createNodeService } from '#node/app.ts';
import { parseNodeConfig } from '#node/config.ts';
import { createDatabase } from '#node/db/client.ts';
import type { DonorToken } from '#schema/ids.ts';

import { reportToBench } from '../child-server.ts';
import { station } from './data.ts';
import { queryOne } from './floor.ts';

const [which, databaseUrl = '', directoryFile = ''] = process.argv.slice(2);
const poolSize = 8;

function startFloor(): void {
  const { pool } = createDatabase(databaseUrl, { poolSize });
  const server = createServer((request, response) => {
    let body = '';
    request.setEncoding('utf8');
    request.on('data', (chunk: string) => (body += chunk));
    request.on('end', () => {
      const { variables } = JSON.parse(body) as { variables: { token: string } };
      void queryOne(pool, variables.token as DonorToken).then(({ rows }) => {
        response.writeHead(200, { 'content-type': 'application/json' }).end(JSON.stringify({ data: rows }));
      });
    });
  });
  server.listen(0, '127.0.0.1', () => {
    reportToBench(new URL(`http://127.0.0.1:${(server.address() as AddressInfo).port}`));
  });
}

async function startStation(): Promise<void> {
  const config = parseNodeConfig({
    LOOKOUT_STATION: station.code,
    LOOKOUT_PORT: '0',
    LOOKOUT_DIRECTORY: directoryFile,
    LOOKOUT_GATEWAY_URL: 'http://127.0.0.1:9',
    LOOKOUT_TOKEN_KEY: '00'.repeat(32),
    DATABASE_URL: databaseUrl,
    DATABASE_POOL_SIZE: String(poolSize),
  });
  const service = await createNodeService(config, pino({ level: 'warn' }));
  reportToBench(new URL('graphql', await service.start()));
}

if (which === 'floor') startFloor();
else await startStation();
