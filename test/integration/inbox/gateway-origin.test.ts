/** Asking an origin through the gateway for what is missing of it. */
import { once } from 'node:events';
import { readFile } from 'node:fs/promises';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { text } from 'node:stream/consumers';

import { buildSchema, parse, validate } from 'graphql';
import { expect, test } from 'vitest';
import { z } from 'zod';

import { createGatewayOrigin } from '#node/adapters/gateway-origin.ts';
import { StationCode } from '#schema/ids.ts';
import { deadUrl } from '#test/support/station.ts';

const origin = StationCode.parse('320198B01');
const Asked = z.object({ query: z.string(), variables: z.record(z.string(), z.unknown()) });

/** A gateway that says whatever the test wants; with the origin port that asks it. */
async function asking(answer: unknown) {
  const asked: z.infer<typeof Asked>[] = [];
  const server = createServer((request, response) => {
    void text(request).then((body) => {
      asked.push(Asked.parse(JSON.parse(body)));
      if (answer !== undefined) response.end(typeof answer === 'string' ? answer : JSON.stringify(answer));
    });
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  const { port } = server.address() as AddressInfo;
  const origins = createGatewayOrigin({ gatewayUrl: `http://127.0.0.1:${port}`, deadlineMs: 300 });
  return {
    asked,
    origins,
    async [Symbol.asyncDispose]() {
      server.closeAllConnections();
      server.close();
      await origins.stop();
    },
  };
}

const event = { jws: 'a.b.c', offset: 12, appendedAt: '2026-11-20T00:00:00.123Z' };
const answering = (events: readonly unknown[]) => ({ data: { station: { eventsSince: events } } });

test('the question is one the gateway knows, and the answer has places as the applier takes them', async () => {
  await using gateway = await asking(answering([event]));
  const at = Date.parse(event.appendedAt);
  expect(await gateway.origins.eventsSince(origin, 3, 7)).toStrictEqual([{ ...event, appendedAt: at }]);
  const [question] = gateway.asked;
  expect(question?.variables).toMatchObject({ code: origin, partition: 3, seq: 7 });
  const schema = buildSchema(await readFile('schema/sdl/gateway.graphql', 'utf8'));
  expect(validate(schema, parse(question?.query ?? ''))).toStrictEqual([]);
});

test.each([
  ['not JSON', 'nonsense'],
  ['an error', { data: { station: { eventsSince: null } }, errors: [{ message: 'no' }] }],
  ['no such station', { data: { station: null } }],
  ['a place that is none', answering([{ ...event, offset: -1 }])],
  ['a time that is none', answering([{ ...event, appendedAt: 'yesterday' }])],
  ['more than was asked for', answering(Array.from({ length: 1_000 }, () => event))],
  ['nothing in time', undefined],
])('%s is a fault that names the station', async (_, answer) => {
  await using gateway = await asking(answer);
  await expect(gateway.origins.eventsSince(origin, 0, 1)).rejects.toMatchObject({
    code: 'STATION_UNREACHABLE',
    station: origin,
  });
});

test('so is a gateway that is not there', async () => {
  const origins = createGatewayOrigin({ gatewayUrl: deadUrl, deadlineMs: 300 });
  await expect(origins.eventsSince(origin, 0, 1)).rejects.toMatchObject({ code: 'STATION_UNREACHABLE' });
  await origins.stop();
});
