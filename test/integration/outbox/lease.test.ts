/** One instance of a station runs the relay, and when it dies another does. */
import { once, EventEmitter } from 'node:events';
import { createServer, connect } from 'node:net';
import type { AddressInfo, Socket } from 'node:net';

import pg from 'pg';
import { expect, test } from 'vitest';

import { createLease } from '#node/adapters/postgres-lease.ts';
import { createTestDatabase } from '#test/support/postgres.ts';

/** An instance, and what happened to it. */
function instanceOn(databaseUrl: string, events: EventEmitter, instance: string) {
  const lease = createLease({
    databaseUrl,
    name: 'donor log relay',
    intervalMs: 20,
    onHeld: () => events.emit('held', instance),
    onLost: () => events.emit('lost', instance),
    channel: 'lookout_outbox',
    onNotice: () => events.emit('notice', instance),
  });
  return { ...lease, [Symbol.asyncDispose]: () => lease.stop() };
}

/** A way to the database that can be cut without a word, as a cable is. */
async function openCable(databaseUrl: string) {
  const url = new URL(databaseUrl);
  const { hostname, port } = url;
  const sockets = new Set<Socket>();
  const server = createServer((near) => {
    const far = connect(Number(port), hostname);
    for (const socket of [near, far]) {
      sockets.add(socket);
      socket.on('error', () => undefined);
    }
    near.pipe(far).pipe(near);
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  url.host = `127.0.0.1:${(server.address() as AddressInfo).port}`;
  return {
    url: url.href,
    /** Nothing arrives any more, and nobody is told. */
    cut() {
      for (const socket of sockets) {
        socket.unpipe();
        socket.pause();
      }
    },
    [Symbol.asyncDispose]: async () => {
      for (const socket of sockets) socket.destroy();
      server.close();
      await once(server, 'close');
    },
  };
}

test('one of two instances holds the lease, and the other takes it when the first is killed', async () => {
  await using database = await createTestDatabase();
  const events = new EventEmitter();
  const log: string[] = [];
  for (const name of ['held', 'lost']) events.on(name, (instance: string) => log.push(`${instance} ${name}`));

  await using one = instanceOn(database.url, events, 'one');
  const oneHeld = once(events, 'held');
  one.start();
  await oneHeld;
  await using two = instanceOn(database.url, events, 'two');
  two.start();

  // What a kill does to a connection.
  const admin = new pg.Client({ connectionString: database.url });
  await admin.connect();
  const changed = once(events, 'held');
  await admin.query(
    `SELECT pg_terminate_backend(pid) FROM pg_locks WHERE locktype = 'advisory' AND granted
     AND database = (SELECT oid FROM pg_database WHERE datname = current_database())`,
  );
  await changed;
  expect(log.slice(0, 2)).toEqual(['one held', 'one lost']);
  expect([one.isHeld(), two.isHeld()].filter(Boolean)).toHaveLength(1);
  await admin.end();
});

test('an instance that stops gives the lease up at once, and says so before', async () => {
  await using database = await createTestDatabase();
  const events = new EventEmitter();
  const one = instanceOn(database.url, events, 'one');
  const held = once(events, 'held');
  one.start();
  await held;
  const lost = once(events, 'lost');
  await one.stop();
  expect(await lost).toEqual(['one']);

  await using two = instanceOn(database.url, events, 'two');
  const taken = once(events, 'held');
  two.start();
  expect(await taken).toEqual(['two']);
});

test('a holder whose connection goes silent stops by itself', async () => {
  await using database = await createTestDatabase();
  await using cable = await openCable(database.url);
  const events = new EventEmitter();
  const one = instanceOn(cable.url, events, 'one');
  const held = once(events, 'held');
  one.start();
  await held;
  const lost = once(events, 'lost');
  cable.cut();
  await lost;
  expect(one.isHeld()).toBe(false);
  await one.stop();
});

test('the holder hears of what other processes tell, and waiting holds no snapshot', async () => {
  await using database = await createTestDatabase();
  const events = new EventEmitter();
  await using one = instanceOn(database.url, events, 'one');
  const held = once(events, 'held');
  one.start();
  await held;
  await using two = instanceOn(database.url, events, 'two');
  two.start();
  const client = new pg.Client({ connectionString: database.url });
  await client.connect();
  const noticed = once(events, 'notice');
  await client.query(`SELECT pg_notify('lookout_outbox', '')`);
  expect(await noticed).toEqual(['one']);
  const { rows } = await client.query(
    `SELECT count(*)::int FROM pg_stat_activity WHERE application_name = 'lookout lease' AND state <> 'idle' AND wait_event_type = 'Lock'`,
  );
  expect(rows).toEqual([{ count: 0 }]);
  await client.end();
});
