/** The import over HTTP: what the caller hears, and what happens when one of the two goes away. */
import { once } from 'node:events';
import { createServer, request as httpRequest } from 'node:http';
import type { AddressInfo } from 'node:net';
import { Readable } from 'node:stream';

import { pino } from 'pino';
import { Pool } from 'undici';
import { describe, expect, test } from 'vitest';

import { createImportRoute } from '#node/modules/import/import.http.ts';
import { ImportEvent } from '#schema/import.ts';
import { callerOf } from '#test/support/entry.ts';

import { openStation } from './station-under-test.ts';

const heading = 'donation_no,document_type,document_number,procedure,collected_at,volume_ml,outcome';
const row = (number: number | string, volume = '400') =>
  `A${number},01,330598198908257048,WHOLE_BLOOD,2026-01-05T09:00:00+08:00,${volume},COMPLETE`;
const rows = (from: number, to: number) =>
  Array.from({ length: to - from }, (_, index) => row(from + index)).join('\n');

const eventsOf = (text: string) =>
  text
    .trimEnd()
    .split('\n')
    .map((line) => ImportEvent.parse(JSON.parse(line)));

async function openHttpStation() {
  const station = await openStation('330198B01');
  const logged: string[] = [];
  const log = pino({ level: 'debug' }, { write: (line: string) => logged.push(line) });
  const route = createImportRoute({ ...station, log });
  const handled: Promise<void>[] = [];
  const server = createServer((request, response) => {
    const kind = (request.url ?? '').split('/').at(-1);
    handled.push(route.handle({ id: 'test', caller: callerOf('330198B01'), request, response, parameters: { kind } }));
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  const { port } = server.address() as AddressInfo;
  const client = new Pool(`http://127.0.0.1:${port}`);
  const upload = async (kind: string, body: string | Readable) => {
    const answer = await client.request({ method: 'POST', path: `/import/${kind}`, body });
    return {
      status: answer.statusCode,
      type: answer.headers['content-type'],
      events: eventsOf(await answer.body.text()),
    };
  };
  return {
    ...station,
    port,
    upload,
    logged,
    /** Everything that was asked so far has come to its end. */
    settled: () => Promise.all(handled),
    async [Symbol.asyncDispose]() {
      await client.destroy();
      server.closeAllConnections();
      server.close();
      await once(server, 'close');
      await Promise.all(handled);
      await station[Symbol.asyncDispose]();
    },
  };
}

describe('POST /import/:kind', () => {
  test('answers progress, rejected rows and a summary, one JSON a line', async () => {
    await using station = await openHttpStation();
    const body = [heading, row(1), row(2, 'much'), row(1, '300')].join('\r\n');
    const { status, type, events } = await station.upload('donations', body);
    expect(status).toBe(200);
    expect(type).toMatch(/^application\/x-ndjson/);
    expect(events).toEqual([
      { type: 'rejected', line: 3, code: 'BAD_VOLUME' },
      { type: 'rejected', line: 4, code: 'CONFLICT' },
      { type: 'progress', bytes: Buffer.byteLength(body), rows: 3 },
      { type: 'summary', rows: 3, inserted: 1, updated: 0, duplicates: 0, rejected: 2 },
    ]);
  });

  test('answers a fault with a failing status when nothing was said before', async () => {
    await using station = await openHttpStation();
    const { status, events } = await station.upload('donations', 'PK\u0003\u0004');
    expect(status).toBe(422);
    expect(events).toMatchObject([{ type: 'fault', code: 'NOT_CSV' }]);
  });

  test('answers a fault as the last line when much was said before', async () => {
    await using station = await openHttpStation();
    const body = Readable.from([heading, '\n', rows(0, 25_000), '\n"']);
    const { status, events } = await station.upload('donations', body);
    expect(status).toBe(200);
    expect(events[0]).toMatchObject({ type: 'progress' });
    expect(events.at(-1)).toMatchObject({ type: 'fault', code: 'BROKEN_QUOTE' });
    expect(await station.dumpOf('donation')).toEqual([]);
  });

  test('refuses an upload without reading it to its end, and the caller still hears why', async () => {
    await using station = await openHttpStation();
    let asked = 0;
    function* endless() {
      yield Buffer.from('donation_no\n');
      for (; asked < 16_384; asked += 1) yield Buffer.alloc(65_536, 'x');
    }
    const { status, events } = await station.upload('donations', Readable.from(endless()));
    expect(status).toBe(422);
    expect(events).toMatchObject([{ type: 'fault', code: 'MISSING_COLUMN' }]);
    expect(asked).toBeLessThan(16_384);
  });

  test('keeps nothing of an upload whose caller goes away half-way', async () => {
    await using station = await openHttpStation();
    const request = httpRequest({ port: station.port, method: 'POST', path: '/import/donations' });
    request.on('error', () => undefined);
    request.write(`${heading}\n${rows(0, 25_000)}\n`);
    const [response] = (await once(request, 'response')) as [Readable];
    // Some of it is stored, so the first progress is said.
    await once(response, 'data');
    request.destroy();
    await station.settled();
    expect(await station.dumpOf('donation')).toEqual([]);
    expect(await station.dumpOf('import')).toEqual([]);
    expect(station.pool.idleCount).toBe(station.pool.totalCount);
  });

  test('says no more than INTERNAL of an error of its own, and logs it without the row', async () => {
    await using station = await openHttpStation();
    await station.pool.query('ALTER TABLE donation ADD CONSTRAINT unlucky CHECK (volume_ml <> 77)');
    const { status, events } = await station.upload('donations', [heading, row('1', '77')].join('\n'));
    expect(status).toBe(500);
    expect(events).toMatchObject([{ type: 'fault', code: 'INTERNAL' }]);
    const log = station.logged.join('');
    expect(log).toContain('unlucky');
    expect(log).not.toContain('330598198908257048');
    expect(log).not.toContain('\\x');
  });
});
