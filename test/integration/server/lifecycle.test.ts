/** Starting, stopping, and what happens to requests in between. */
import { once } from 'node:events';
import { connect } from 'node:net';
import { expect, test } from 'vitest';
import { startSmallServer } from './small-server.ts';

test('a request in flight is answered when the server stops, and new ones are not taken', async () => {
  const arrived = Promise.withResolvers<undefined>();
  const released = Promise.withResolvers<string>();
  const small = await startSmallServer({
    wait: () => {
      arrived.resolve(undefined);
      return released.promise;
    },
  });
  const asked = small.ask('{ wait }');
  await arrived.promise;
  const stopped = small.server.stop();
  await expect(fetch(small.endpoint)).rejects.toThrow();
  released.resolve('at last');
  expect((await asked).data).toEqual({ wait: 'at last' });
  await stopped;
});

test('idle connections do not keep it from stopping', async () => {
  const small = await startSmallServer();
  const socket = connect(Number(small.url.port), small.url.hostname);
  await once(socket, 'connect');
  const closed = once(socket.resume(), 'close');
  await small.ask('{ hello }');
  await small.server.stop();
  await closed;
});

test('a request that never ends is cut when its time is over', async () => {
  const small = await startSmallServer({ wait: () => new Promise(() => undefined), limits: { drainMs: 50 } });
  const asked = small.ask('{ wait }');
  const failed = expect(asked).rejects.toThrow();
  await small.ask('{ hello }');
  await small.server.stop();
  await failed;
});

test('a port in use is said', async () => {
  await using small = await startSmallServer();
  await using other = await startSmallServer();
  await expect(other.server.start({ host: '127.0.0.1', port: Number(small.url.port) })).rejects.toThrow();
});

test('stopping twice, or before starting, is no harm', async () => {
  const small = await startSmallServer();
  await Promise.all([small.server.stop(), small.server.stop()]);
  await small.server.stop();
});
