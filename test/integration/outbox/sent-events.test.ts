/** What a station sends again to whoever missed it: the bytes that are in the log, at their place. */
import { generateKeyPairSync } from 'node:crypto';

import { graphql } from 'graphql';
import { expect, test } from 'vitest';

import { createJoseSigner } from '#node/adapters/jose-keys.ts';
import { stationSchema } from '#node/graphql/schema.ts';
import { createSentEvents } from '#node/modules/station/sent-events.ts';
import type { SigningJwk } from '#server/keys/signing-jwk.ts';
import { callerOf } from '#test/support/entry.ts';

import { createRecorder, donorOf, drain, draw, openTellingStation } from './telling-station.ts';

const signer = createJoseSigner(generateKeyPairSync('ed25519').privateKey.export({ format: 'jwk' }) as SigningJwk);

/** Three events of one donor in the log, of which the station has found the first two there, and one that is not counted. */
async function openStation() {
  const station = await openTellingStation('330198B01');
  const recorder = createRecorder();
  const record = (number: number) => station.donations.record({ ...draw, donationNo: `A${number}`, token: donorOf(1) });
  for (const number of [1, 2, 3]) await record(number);
  await drain(station.relayInto(recorder, { signer }));
  await record(4);
  await station.pool.query(`
    INSERT INTO event (origin, partition, seq, id, token, type, log_offset, appended_at, digest, is_own)
    SELECT '330198B01', partition, seq, id, token, 'donation.recorded', 6000000000 + seq, '2026-11-21T04:00:00.5Z', '', true
    FROM outbox WHERE seq <= 2`);
  const { partition } = await station.prisma.outbox.findFirstOrThrow();
  return { ...station, recorder, partition, sentEvents: createSentEvents({ ...station, signer }) };
}

test('it is byte for byte what was sent, with the place it was found at; what was not found is left out', async () => {
  await using station = await openStation();
  const { sentEvents, partition, recorder } = station;
  const sent = await sentEvents.since(partition, 1, 500);
  expect(sent.map(({ jws }) => jws)).toEqual(recorder.entries.slice(0, 2).map(({ value }) => value));
  expect(sent.map(({ offset }) => offset)).toEqual([6_000_000_001, 6_000_000_002]);
  expect((await sentEvents.since(partition, 2, 500)).map(({ offset }) => offset)).toEqual([6_000_000_002]);
  expect((await sentEvents.since(partition, 1, 1)).map(({ offset }) => offset)).toEqual([6_000_000_001]);
  for (const [strange, seq, first] of [
    [-1, 1, 5],
    [70_000, 1, 5],
    [partition, 1, -1],
    [partition, 9, 5],
  ] as const) {
    expect(await sentEvents.since(strange, seq, first)).toEqual([]);
  }
});

test('the merged station answers it', async () => {
  await using station = await openStation();
  const ask = (contextValue: object) =>
    graphql({
      schema: stationSchema,
      contextValue,
      source: `{ _stations(codes: ["330198B01"]) { eventsSince(partition: ${station.partition}, seq: 1) { jws offset appendedAt } } }`,
    });
  const { data, errors } = await ask({
    caller: callerOf('330198B01', { from: 'GATEWAY' }),
    station: station.station,
    sentEvents: station.sentEvents,
  });
  expect(errors).toBeUndefined();
  const [first, second] = station.recorder.entries;
  expect(JSON.parse(JSON.stringify(data))).toEqual({
    _stations: [
      {
        eventsSince: [
          { jws: first?.value, offset: 6_000_000_001, appendedAt: '2026-11-21T04:00:00.500Z' },
          { jws: second?.value, offset: 6_000_000_002, appendedAt: '2026-11-21T04:00:00.500Z' },
        ],
      },
    ],
  });
});
