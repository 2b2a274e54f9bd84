/** Asking an origin through the gateway for what is missing of it. */
import { readFile } from 'node:fs/promises';

import { buildSchema, parse, validate } from 'graphql';
import { expect, test } from 'vitest';

import { createGatewayOrigin } from '#node/adapters/gateway-origin.ts';
import { questions } from '#schema/questions.ts';
import {
  exchangeAt,
  jiangsu,
  self,
  signedAnswer,
  startForeignGateway,
} from '#test/integration/node-service/foreign-gateway.ts';
import { deadUrl } from '#test/support/station.ts';

/** An origin that says this, behind a gateway that carries it. */
async function asking(events: unknown) {
  const gateway = await startForeignGateway((carried) =>
    events === undefined
      ? undefined
      : [signedAnswer(carried, jiangsu, { data: { self: { code: jiangsu, eventsSince: events } } })],
  );
  return Object.assign(gateway, { origins: createGatewayOrigin({ exchange: gateway.exchange, station: self }) });
}

const event = { jws: 'a.b.c', offset: 12, appendedAt: '2026-11-20T00:00:00.123Z' };

test('the node asks for itself, and the answer has places as the applier takes them', async () => {
  await using gateway = await asking([event]);
  const at = Date.parse(event.appendedAt);
  expect(await gateway.origins.eventsSince(jiangsu, 3, 7)).toStrictEqual([{ ...event, appendedAt: at }]);
  const [asked] = gateway.carried;
  expect(asked?.variables).toMatchObject({ partition: 3, seq: 7 });
  expect(asked?.to).toEqual([jiangsu]);
  expect(asked?.request).toMatchObject({ role: 'NODE', sub: self, purpose: 'REPLICATION', donors: null });
});

test('every question is one that stations know', async () => {
  const schema = buildSchema(await readFile('schema/sdl/station.graphql', 'utf8'));
  for (const { document } of Object.values(questions)) {
    expect(validate(schema, parse(document))).toStrictEqual([]);
  }
});

test.each([
  ['no list', null],
  ['a place that is none', [{ ...event, offset: -1 }]],
  ['a time that is none', [{ ...event, appendedAt: 'yesterday' }]],
  ['more than was asked for', Array.from({ length: 1_000 }, () => event)],
  ['nothing in time', undefined],
])('%s is a fault that names the station', async (_, answer) => {
  await using gateway = await asking(answer);
  await expect(gateway.origins.eventsSince(jiangsu, 0, 1)).rejects.toMatchObject({
    code: 'STATION_UNREACHABLE',
    station: jiangsu,
  });
});

test('so is a gateway that is not there', async () => {
  const { exchange } = exchangeAt(deadUrl);
  const origins = createGatewayOrigin({ exchange, station: self });
  await expect(origins.eventsSince(jiangsu, 0, 1)).rejects.toMatchObject({ code: 'STATION_UNREACHABLE' });
  await exchange.stop();
});
