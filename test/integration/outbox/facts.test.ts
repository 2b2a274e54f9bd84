/** What a station records, it tells: in one transaction, once, and in words the shared language has. */
import { describe, expect, test } from 'vitest';

import { newEventId, tell } from '#node/db/outbox.ts';
import { CivilDate } from '#schema/calendar.ts';
import { EventBody } from '#schema/events.ts';

import { donorOf, draw, openTellingStation, partitions } from './telling-station.ts';

const day = (text: string) => CivilDate.parse(text);

describe('a donation', () => {
  test('is told once, however often it is recorded, also at the same moment', async () => {
    await using station = await openTellingStation('330198B01');
    const donation = { ...draw, donationNo: 'A1', token: donorOf(1) };
    await Promise.all([1, 2, 3].map(() => station.donations.record(donation)));
    const recorded = await station.donations.record(donation);
    const told = await station.prisma.outbox.findMany();
    expect(told).toHaveLength(1);
    expect(told[0]).toMatchObject({ id: recorded.eventId, seq: null });
    expect(EventBody.parse(told[0]?.body)).toEqual({
      type: 'donation.recorded',
      donation: {
        procedure: 'WHOLE_BLOOD',
        collectedAt: '2026-11-01T01:00:00.000Z',
        volumeMl: 400,
        outcome: 'COMPLETE',
      },
      permit: null,
    });
    expect(station.wakes.count).toBe(1);
  });

  test('under a number that says something else is refused, and nothing is told', async () => {
    await using station = await openTellingStation('330198B01');
    await station.donations.record({ ...draw, donationNo: 'A1', token: donorOf(1) });
    const other = station.donations.record({ ...draw, donationNo: 'A1', token: donorOf(1), volumeMl: 200 });
    await expect(other).rejects.toMatchObject({ code: 'CONFLICT' });
    expect(await station.told()).toHaveLength(1);
  });

  test('and what is told of it stand and fall together', async () => {
    await using station = await openTellingStation('330198B01');
    // The outbox refuses: the donation before it in the transaction must go too.
    await station.pool.query('ALTER TABLE outbox ADD CONSTRAINT closed CHECK (false)');
    await expect(station.donations.record({ ...draw, donationNo: 'A1', token: donorOf(1) })).rejects.toThrow();
    expect(await station.prisma.donation.count()).toBe(0);
    await station.pool.query('ALTER TABLE outbox DROP CONSTRAINT closed');

    // And the other way round: what comes after the telling fails.
    const body = { type: 'bar.set', since: day('2026-01-01') } as const;
    const undone = station.prisma.$transaction(async (transaction) => {
      await tell(transaction, { token: donorOf(1), body, at: new Date(), partitions, id: newEventId() });
      throw new RangeError('undone');
    });
    await expect(undone).rejects.toThrow('undone');
    expect(await station.told()).toEqual([]);
    expect(station.wakes.count).toBe(0);
  });
});

describe('a lookout', () => {
  const lookout = {
    lookoutNo: 'L1',
    token: donorOf(1),
    marker: 'HBV',
    confirmedOn: day('2026-10-01'),
    laboratory: 'a laboratory',
  } as const;

  test('is told as a neutral bar, and its lifting once', async () => {
    await using station = await openTellingStation('330198B01');
    const { eventId } = await station.lookouts.report(lookout);
    await station.lookouts.report(lookout);
    await Promise.all([1, 2].map(() => station.lookouts.clear('L1', day('2026-11-01'))));
    expect(await station.told()).toEqual([
      { type: 'bar.set', since: '2026-10-01' },
      { type: 'bar.lifted', of: eventId, until: '2026-11-01' },
    ]);
    await expect(station.lookouts.clear('L1', day('2026-11-02'))).rejects.toMatchObject({ code: 'CONFLICT' });
    expect(await station.told()).toHaveLength(2);
    expect(station.wakes.count).toBe(2);
  });

  test('of before the donor log is told first when it is lifted', async () => {
    await using station = await openTellingStation('330198B01');
    await station.lookouts.report(lookout);
    await station.pool.query('UPDATE lookout SET event_id = NULL');
    await station.pool.query('DELETE FROM outbox');
    const { lookoutNo } = await station.lookouts.clear('L1', null);
    const { eventId } = await station.prisma.lookout.findUniqueOrThrow({ where: { lookoutNo } });
    expect(await station.told()).toEqual([
      { type: 'bar.set', since: '2026-10-01' },
      { type: 'bar.lifted', of: eventId, until: '2026-11-21' },
    ]);
  });
});

describe('a registration', () => {
  test('is told, and its end', async () => {
    await using station = await openTellingStation('330798P01');
    const registration = { registrationNo: 'R1', token: donorOf(1), registeredOn: day('2026-01-01') };
    const { eventId } = await station.registrations.register(registration);
    await station.registrations.register(registration);
    await expect(station.registrations.release('R1', day('2025-12-31'))).rejects.toMatchObject({ code: 'BAD_INPUT' });
    await expect(station.registrations.release('R1', day('2026-11-22'))).rejects.toMatchObject({ code: 'FUTURE_DATE' });
    await expect(station.registrations.release('R2', null)).rejects.toMatchObject({ code: 'NOT_FOUND' });
    await Promise.all([1, 2].map(() => station.registrations.release('R1', day('2026-11-01'))));
    await expect(station.registrations.release('R1', null)).rejects.toMatchObject({ code: 'CONFLICT' });
    expect(await station.told()).toEqual([
      { type: 'registration.claimed', since: '2026-01-01' },
      { type: 'registration.released', of: eventId, until: '2026-11-01' },
    ]);
  });
});
