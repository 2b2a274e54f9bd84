/** What both engines of the donor log leave to the loop over their sessions. */
import { pino } from 'pino';
import { expect, test } from 'vitest';

import { createLogHealth } from '#node/adapters/log-health.ts';
import { createReadings } from '#node/adapters/log-reading.ts';
import type { Session } from '#node/adapters/log-reading.ts';

const log = pino({ level: 'silent' });
const batch = { partition: 0, records: [{ partition: 0, key: 'k', value: 'v', offset: 4, appendedAt: 1 }], end: 5 };

/** A reading whose first session breaks while its batch is held. */
function readBroken(second: (session: Session) => Promise<void>) {
  const ending = new AbortController();
  const held = Promise.withResolvers<null>();
  const handedOn = Promise.withResolvers<null>();
  const health = createLogHealth(log);
  const forgotten: string[] = [];
  let sessions = 0;
  const readSession = (session: Session): Promise<void> => {
    sessions += 1;
    session.heard();
    if (sessions > 1) return second(session);
    void session.deliveries.deliver(batch);
    return Promise.reject(new Error('the connection broke'));
  };
  const onBatch = async (): Promise<void> => {
    handedOn.resolve(null);
    await held.promise;
  };
  const reader = {
    ...{ ready: () => Promise.resolve(), forget: () => forgotten.push('all'), health, log },
    readSession,
  };
  const reading = createReadings(reader).read({ topic: 'donors', from: [0], onBatch }, ending.signal);
  return { reading, ending, held, handedOn, health, forgotten, sessions: () => sessions };
}

test('a session that breaks is followed by another one once its last batch is taken, and that goes on after it', async () => {
  const positions: number[] = [];
  const { reading, ending, held, handedOn, health, forgotten, sessions } = readBroken(({ deliveries }) => {
    positions.push(...deliveries.positions);
    ending.abort();
    return Promise.resolve();
  });
  await handedOn.promise;
  await new Promise(setImmediate);
  expect([sessions(), forgotten]).toEqual([1, []]);
  held.resolve(null);
  await reading;
  expect([sessions(), forgotten, positions]).toEqual([2, ['all'], [5]]);
  expect(health.isUp()).toBe(true);
});

test('a reading that is stopped while its session breaks ends once its last batch is taken', async () => {
  const { reading, ending, held, handedOn, sessions } = readBroken(() => Promise.resolve());
  let hasEnded = false;
  const ended = reading.then(() => {
    hasEnded = true;
  });
  await handedOn.promise;
  ending.abort();
  await new Promise(setImmediate);
  expect(hasEnded).toBe(false);
  held.resolve(null);
  await ended;
  expect(sessions()).toBe(1);
});
