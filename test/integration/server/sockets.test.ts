/** Connections that are there to do harm: too many, silent, slow, ahead of their turn, or without a reader. */
import { once } from 'node:events';
import { connect } from 'node:net';
import type { Socket } from 'node:net';
import { expect, onTestFinished, test, vi } from 'vitest';
import { createSmallSchema } from './small-schema.ts';
import { startSmallServer } from './small-server.ts';

const requestOf = (query: string) => {
  const body = JSON.stringify({ query });
  const head = `POST /graphql HTTP/1.1\r\nHost: x\r\nContent-Type: application/json\r\nContent-Length: ${body.length}\r\n\r\n`;
  return head + body;
};

/** A connection, and when it ends. */
const open = async (url: URL, localAddress = '127.0.0.1'): Promise<{ socket: Socket; closed: Promise<unknown> }> => {
  const socket = connect({ port: Number(url.port), host: url.hostname, localAddress });
  socket.on('error', () => undefined);
  const closed = new Promise((resolve) => socket.once('close', resolve));
  await once(socket, 'connect');
  onTestFinished(() => {
    socket.destroy();
  });
  return { socket, closed };
};

/** All that is said on a connection until it ends, also when a byte of ours comes too late for the other side. */
const saidOn = (socket: Socket): Promise<string> =>
  new Promise((resolve) => {
    let said = '';
    socket.on('data', (chunk: Buffer) => (said += chunk.toString()));
    socket.once('close', () => {
      resolve(said);
    });
  });

const answerOn = (socket: Socket): Promise<string> => {
  socket.write(requestOf('{ hello }'));
  return new Promise((resolve) => {
    socket.once('data', (chunk: Buffer) => {
      resolve(chunk.toString());
    });
  });
};

test('one address has so many connections and no more; those of others, and those given back, are still to be had', async () => {
  await using small = await startSmallServer({ limits: { connectionsPerAddress: 3 } });
  const kept = [await open(small.url), await open(small.url), await open(small.url)];
  const beyond = await open(small.url);
  beyond.socket.resume();
  await beyond.closed;
  for (const { socket } of kept) expect(await answerOn(socket)).toContain('200 OK');
  const other = await open(small.url, '127.0.0.2');
  expect(await answerOn(other.socket)).toContain('200 OK');
  kept[0]?.socket.destroy();
  await kept[0]?.closed;
  // The server may not have heard yet that one is free.
  let answer: unknown;
  while (typeof answer !== 'string') {
    const { socket, closed } = await open(small.url);
    answer = await Promise.race([answerOn(socket), closed]);
  }
  expect(answer).toContain('200 OK');
});

test('a connection on which nothing is ever asked is closed', async () => {
  await using small = await startSmallServer({ limits: { headersMs: 100 } });
  const { socket, closed } = await open(small.url);
  socket.resume();
  await closed;
});

test('a connection on which nothing more is asked is closed', async () => {
  await using small = await startSmallServer({ limits: { keepAliveMs: 50 } });
  const { socket, closed } = await open(small.url);
  expect(await answerOn(socket)).toContain('200 OK');
  socket.resume();
  await closed;
});

/** Sends a byte every few milliseconds, which keeps every timer of inactivity from running out. */
const drip = (socket: Socket, bytes: string) => {
  let sent = 0;
  const timer = setInterval(() => socket.write(bytes.charAt((sent += 1) % bytes.length)), 10);
  socket.once('close', () => {
    clearInterval(timer);
  });
};

test('headers that come byte by byte are given up', async () => {
  await using small = await startSmallServer({ limits: { headersMs: 200 } });
  const { socket } = await open(small.url);
  socket.write('POST /graphql HTTP/1.1\r\nHost: x\r\nx-slow: ');
  drip(socket, 'a');
  expect(await saidOn(socket)).toMatch(/^HTTP\/1.1 408 /);
});

test('a body that comes byte by byte is given up', async () => {
  await using small = await startSmallServer({ limits: { bodyMs: 200 } });
  const { socket } = await open(small.url);
  socket.write('POST /graphql HTTP/1.1\r\nHost: x\r\nContent-Type: application/json\r\nContent-Length: 100000\r\n\r\n');
  drip(socket, ' ');
  expect(await saidOn(socket)).toMatch(/^HTTP\/1.1 408 [^]*BODY_TIMEOUT/);
});

test('requests ahead of their turn are taken one after the other, and answered in order', async () => {
  let atWork = 0;
  let most = 0;
  const schema = createSmallSchema(async () => {
    most = Math.max(most, (atWork += 1));
    await new Promise(setImmediate);
    atWork -= 1;
    return 'waited';
  });
  await using small = await startSmallServer({ schema });
  const { socket } = await open(small.url);
  socket.write(Array.from({ length: 10 }, (_, index) => requestOf(`{ w${index}: wait }`)).join(''));
  let answers = '';
  for await (const chunk of socket as AsyncIterable<Buffer>) {
    answers += chunk.toString();
    if (answers.includes('w9')) break;
  }
  expect(answers.match(/w\d/g)).toEqual(Array.from({ length: 10 }, (_, index) => `w${index}`));
  expect(most).toBe(1);
});

test('too many requests ahead of their turn end the connection', async () => {
  const asked: string[] = [];
  const schema = createSmallSchema(() => {
    asked.push('');
    return new Promise(() => undefined);
  });
  await using small = await startSmallServer({ schema, limits: { pipelined: 16, drainMs: 50 } });
  const { socket, closed } = await open(small.url);
  socket.resume().write(requestOf('{ wait }').repeat(10_000));
  await closed;
  expect(asked).toHaveLength(1);
});

test('a connection is good for so many requests', async () => {
  await using small = await startSmallServer({ limits: { requestsPerConnection: 2 } });
  const { socket } = await open(small.url);
  expect(await answerOn(socket)).toMatch(/connection: keep-alive/i);
  expect(await answerOn(socket)).toMatch(/connection: close/i);
});

/** More than all buffers between two sockets hold. */
const long = 'x'.repeat(12_000_000);

test('whoever does not read an answer is cut off, and the server answers others meanwhile', async () => {
  const wait = () => Promise.resolve(long);
  await using small = await startSmallServer({ wait, limits: { stalledMs: 200 } });
  const { socket, closed } = await open(small.url);
  socket.pause().write(requestOf('{ wait }').replace('Host: x', 'Host: x\r\nX-Request-Id: unread'));
  expect((await small.ask('{ hello }')).data).toEqual({ hello: 'hello' });
  const ended = () => small.lines.some((line) => line.includes('"requestId":"unread"'));
  await vi.waitFor(() => {
    expect(ended()).toBe(true);
  }, 5_000);
  // What the buffers held is still to be had, and then no more.
  let length = 0;
  socket.on('data', (chunk: Buffer) => (length += chunk.length)).resume();
  await closed;
  expect(length).toBeLessThan(long.length);
});

test('whoever reads slowly, but reads, gets all of it', async () => {
  const wait = () => Promise.resolve(long);
  await using small = await startSmallServer({ wait, limits: { stalledMs: 2_000 } });
  const { socket } = await open(small.url);
  socket.write(requestOf('{ wait }'));
  let length = 0;
  for await (const chunk of socket as AsyncIterable<Buffer>) {
    length += chunk.length;
    if (length >= long.length) break;
    // Longer than the limit altogether, never at a stretch.
    await new Promise((resolve) => setTimeout(resolve, 15));
  }
  expect(length).toBeGreaterThan(long.length);
});

test('an answer that is too long is refused instead', async () => {
  const wait = () => Promise.resolve(long);
  await using small = await startSmallServer({ wait, limits: { answerCharacters: 1_000_000 } });
  expect((await small.ask('{ wait }')).errors?.[0]?.extensions['code']).toBe('DOCUMENT_TOO_COMPLEX');
});

test('there is nothing to subscribe to: no operation, neither events nor a web socket (B10, B11)', async () => {
  await using small = await startSmallServer();
  for (const query of ['subscription { hello }', 'subscription S { __typename }']) {
    const { data, errors } = await small.ask(query);
    expect([data, errors?.[0]?.extensions['code']]).toEqual([undefined, 'GRAPHQL_VALIDATION_FAILED']);
  }
  expect((await small.post({ query: '{ hello }' }, { accept: 'text/event-stream' })).status).toBe(406);
  const { socket } = await open(small.url);
  socket.write(
    'GET /graphql HTTP/1.1\r\nHost: x\r\nConnection: Upgrade\r\nUpgrade: websocket\r\nSec-WebSocket-Version: 13\r\nSec-WebSocket-Protocol: graphql-transport-ws\r\nSec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\n\r\n',
  );
  const [chunk] = (await once(socket, 'data')) as [Buffer];
  expect(chunk.toString()).toMatch(/^HTTP\/1.1 400 /);
});
