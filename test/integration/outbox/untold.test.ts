/** Facts of before the donor log: told at the start, all of them, once, and before any heartbeat. */
import { expect, test } from 'vitest';

import { EventBody } from '#schema/events.ts';

import { createRecorder, drain, openTellingStation, partitions } from './telling-station.ts';

type Station = Awaited<ReturnType<typeof openTellingStation>>;

/** What migration 0002 finds: rows without an event. 2,500 donations, a lookout in force and one lifted, two registrations. */
async function fill({ pool }: Station): Promise<void> {
  await pool.query(`
    INSERT INTO donation (donation_no, token, procedure, collected_at, collected_on, volume_ml, outcome, recorded_at)
    SELECT 'D' || n, sha256(n::text::bytea), 'PLATELETS', timestamptz '2025-12-31 16:30:00.25Z', '2026-01-01', n, 'PARTIAL',
           timestamptz '2026-01-02 03:04:05.678Z'
    FROM generate_series(1, 2500) n`);
  await pool.query(`
    INSERT INTO lookout (lookout_no, token, marker, confirmed_on, cleared_on, laboratory)
    VALUES ('L1', sha256('1'), 'HIV', '2026-01-05', NULL, 'x'), ('L2', sha256('2'), 'HBV', '2026-01-05', '2026-02-06', 'x')`);
  await pool.query(`
    INSERT INTO registration (registration_no, token, registered_on, released_on)
    VALUES ('R1', sha256('1'), '2026-01-05', NULL), ('R2', sha256('2'), '2026-01-05', '2026-02-06')`);
}

test('they become events with everything they say, a lifted bar with its lifting', async () => {
  await using station = await openTellingStation('330198B01');
  await fill(station);
  expect(await station.untold.left()).toBe(2504);
  expect(await station.outbox.state(partitions)).toMatchObject({ isDrained: false });
  const recorder = createRecorder();
  const progress: number[] = [];
  await drain(station.relayInto(recorder, { onUntold: ({ left }) => progress.push(left) }));

  expect(progress.at(-1)).toBe(0);
  expect(progress).toEqual(progress.toSorted((one, other) => other - one));
  expect(await station.outbox.state(partitions)).toMatchObject({ isDrained: true });
  const events = recorder.events();
  expect(events).toHaveLength(2506);
  const told = Map.groupBy(events, ({ body }) => body.type);
  expect([...told.keys()].sort()).toEqual([
    'bar.lifted',
    'bar.set',
    'donation.recorded',
    'registration.claimed',
    'registration.released',
  ]);
  const volumes = (told.get('donation.recorded') ?? []).map(({ body }) =>
    body.type === 'donation.recorded' ? body.donation.volumeMl : 0,
  );
  expect(volumes.toSorted((one, other) => one - other)).toEqual(Array.from({ length: 2500 }, (_, n) => n + 1));
  expect(told.get('donation.recorded')?.[0]).toMatchObject({
    at: '2026-01-02T03:04:05.678Z',
    body: {
      donation: { procedure: 'PLATELETS', collectedAt: '2025-12-31T16:30:00.250Z', outcome: 'PARTIAL' },
      permit: null,
    },
  });
  const second = await station.prisma.lookout.findUniqueOrThrow({ where: { lookoutNo: 'L2' } });
  expect(told.get('bar.lifted')?.map(({ body }) => body)).toEqual([
    { type: 'bar.lifted', of: second.eventId, until: '2026-02-06' },
  ]);
  // Every record knows its event, and every event is of one record.
  const { rows } = await station.pool.query(`
    SELECT count(*)::int AS facts, count(DISTINCT o.id)::int AS events FROM (
      SELECT event_id, token FROM donation UNION ALL SELECT event_id, token FROM lookout
      UNION ALL SELECT event_id, token FROM registration) f
    JOIN outbox o ON o.id = f.event_id AND o.token = f.token`);
  expect(rows).toEqual([{ facts: 2504, events: 2504 }]);
});

test('a start that is cut off goes on where it was', async () => {
  await using station = await openTellingStation('330198B01');
  await fill(station);
  const recorder = createRecorder();
  const first = station.relayInto(recorder);
  for (let step = 0; step < 3; step += 1) await first.step();
  expect(await station.untold.left()).toBeGreaterThan(0);
  await drain(station.relayInto(recorder));
  expect(new Set(recorder.events().map(({ id }) => id)).size).toBe(2506);
  for (const body of await station.told()) EventBody.parse(body);
  expect(await station.told()).toHaveLength(2506);
});

test('one that is corrected or closed meanwhile is told once', async () => {
  await using station = await openTellingStation('330198B01');
  await fill(station);
  const recorder = createRecorder();
  const correction = {
    donationNo: 'D1',
    token: null,
    procedure: 'WHOLE_BLOOD',
    collectedAt: new Date('2026-01-03T00:00:00Z'),
    volumeMl: 200,
    outcome: 'COMPLETE',
    correctedBy: 'somebody',
    reason: 'the wrong bag',
  } as const;
  await Promise.all([
    drain(station.relayInto(recorder)),
    station.donations.correct(correction),
    station.lookouts.clear('L1', null),
    station.registrations.release('R1', null),
  ]);
  await drain(station.relayInto(recorder));
  const { rows } = await station.pool.query(
    `SELECT body ->> 'type' AS type, count(*)::int FROM outbox GROUP BY 1 ORDER BY 1`,
  );
  expect(rows).toEqual([
    { type: 'bar.lifted', count: 2 },
    { type: 'bar.set', count: 2 },
    { type: 'donation.corrected', count: 1 },
    { type: 'donation.recorded', count: 2500 },
    { type: 'registration.claimed', count: 2 },
    { type: 'registration.released', count: 2 },
  ]);
});
