/** Thousands of callers who ask and never read cost a server what eight do, and the others do not notice (B10). */
import { fork } from 'node:child_process';
import { once } from 'node:events';
import { connect } from 'node:net';
import type { Socket } from 'node:net';
import { expect, onTestFinished, test } from 'vitest';
import { z } from 'zod';
import { Answer } from './small-server.ts';

const Started = z.tuple([z.object({ url: z.url() })]).rest(z.unknown());
const Used = z.tuple([z.object({ rss: z.number() })]).rest(z.unknown());

const callers = 2_000;
/** Fewer than the system lets wait to be accepted. */
const atOnce = 250;

const body = JSON.stringify({ query: '{ wait }' });
const request = `POST /graphql HTTP/1.1\r\nHost: x\r\nContent-Type: application/json\r\nContent-Length: ${body.length}\r\n\r\n${body}`;

/** Connects, asks, and reads nothing; resolves once it knows whether it was let in at all. */
const askAndNeverRead = (url: URL): Promise<Socket> =>
  new Promise((resolve) => {
    const socket = connect({ port: Number(url.port), host: url.hostname }).pause();
    const done = () => {
      resolve(socket);
    };
    socket.once('error', done).once('connect', () => socket.write(request, done));
  });

test('memory stays flat', async () => {
  const child = fork(new URL('unread-server.ts', import.meta.url), { execArgv: ['--expose-gc'] });
  onTestFinished(() => {
    child.kill();
  });
  const url = new URL(Started.parse(await once(child, 'message'))[0].url);
  const memory = async (): Promise<number> => {
    child.send('memory');
    return Used.parse(await once(child, 'message'))[0].rss / 1024 / 1024;
  };
  const answered = async () => {
    const response = await fetch(new URL('/graphql', url), {
      method: 'POST',
      headers: { 'content-type': 'application/json' },
      body: JSON.stringify({ query: '{ hello }' }),
    });
    return Answer.parse(await response.json()).data;
  };
  expect(await answered()).toEqual({ hello: 'hello' });
  const before = await memory();
  let most = before;
  for (let asked = 0; asked < callers; asked += atOnce) {
    const sockets = await Promise.all(Array.from({ length: atOnce }, () => askAndNeverRead(url)));
    most = Math.max(most, await memory());
    for (const socket of sockets) socket.destroy();
  }
  expect(await answered()).toEqual({ hello: 'hello' });
  // Eight answers of 4 MB, twice, since what is written is a copy, and room for what is not given back yet.
  expect(most - before).toBeLessThan(150);
}, 120_000);
