/** Corrections, and the permits donations name: what is recorded, what is flagged, and what is told of it. */
import { describe, expect, test } from 'vitest';

import type { Prisma } from '#node/db/generated/prisma/client.ts';
import { newEventId, tell } from '#node/db/outbox.ts';
import { EventBody } from '#schema/events.ts';
import type { EventId } from '#schema/ids.ts';

import { donorOf, draw, openTellingStation, partitions } from './telling-station.ts';

type Station = Awaited<ReturnType<typeof openTellingStation>>;

const recorded = { ...draw, donationNo: 'A1', token: donorOf(1) };
const correction = {
  donationNo: 'A1',
  token: null,
  procedure: 'PLATELETS',
  collectedAt: new Date('2026-11-02T01:00:00Z'),
  volumeMl: 250,
  outcome: 'PARTIAL',
  correctedBy: '王芳',
  reason: 'the form of the next donor',
} as const;

const bodyOf = (type: string, of?: string | null) =>
  expect.objectContaining({ type, ...(of ? { of } : {}) }) as unknown;

describe('a correction', () => {
  test('says what the donation was in truth, keeps what it said before, and is told once', async () => {
    await using station = await openTellingStation('330198B01');
    const { eventId } = await station.donations.record(recorded);
    const corrected = await station.donations.correct(correction);
    const again = await station.donations.correct(correction);
    expect(again).toEqual(corrected);
    expect(corrected).toMatchObject({
      donationNo: 'A1',
      procedure: 'PLATELETS',
      volumeMl: 250,
      outcome: 'PARTIAL',
      eventId,
    });
    expect(corrected.collectedOn.toISOString()).toBe('2026-11-02T00:00:00.000Z');
    const told = await station.prisma.outbox.findMany({ orderBy: { id: 'asc' } });
    expect(told.map(({ body }) => EventBody.parse(body))).toEqual([
      bodyOf('donation.recorded'),
      {
        type: 'donation.corrected',
        of: eventId,
        donation: {
          procedure: 'PLATELETS',
          collectedAt: '2026-11-02T01:00:00.000Z',
          volumeMl: 250,
          outcome: 'PARTIAL',
        },
      },
    ]);
    // Who and why stay here.
    expect(JSON.stringify(told, (_, value: unknown) => (typeof value === 'bigint' ? null : value))).not.toMatch(
      /王芳|next donor/,
    );
    expect(await station.prisma.correction.findMany()).toMatchObject([
      {
        eventId: told[1]?.id,
        donationNo: 'A1',
        correctedBy: '王芳',
        reason: 'the form of the next donor',
        procedure: 'WHOLE_BLOOD',
        collectedAt: draw.collectedAt,
        volumeMl: 400,
        outcome: 'COMPLETE',
      },
    ]);
    expect(station.wakes.count).toBe(2);
  });

  test('of the donor takes the donation from the one and gives it to the other', async () => {
    await using station = await openTellingStation('330198B01');
    const { eventId } = await station.donations.record(recorded);
    const corrected = await station.donations.correct({ ...correction, ...draw, token: donorOf(2) });
    const told = await station.prisma.outbox.findMany({ orderBy: { id: 'asc' } });
    expect(told.map(({ body }) => body)).toEqual([
      bodyOf('donation.recorded'),
      { type: 'donation.corrected', of: eventId, donation: null },
      { ...(told[0]?.body as object), permit: null },
    ]);
    expect(told.map(({ token }) => Buffer.from(token).toString('base64url'))).toEqual([
      donorOf(1),
      donorOf(1),
      donorOf(2),
    ]);
    expect(corrected.eventId).toBe(told[2]?.id);
    // The next correction is of the new event.
    await station.donations.correct({ ...correction, token: donorOf(2) });
    const [last] = await station.prisma.outbox.findMany({ orderBy: { id: 'desc' }, take: 1 });
    expect(last?.body).toEqual(bodyOf('donation.corrected', corrected.eventId));
  });

  test('of one of before the donor log tells first what it had said', async () => {
    await using station = await openTellingStation('330198B01');
    await station.donations.record(recorded);
    await station.pool.query('UPDATE donation SET event_id = NULL');
    await station.pool.query('DELETE FROM outbox');
    const { eventId } = await station.donations.correct(correction);
    expect(await station.told()).toEqual([bodyOf('donation.recorded'), bodyOf('donation.corrected', eventId)]);
    expect(await station.untold.left()).toBe(0);
  });

  test.each([
    ['of a number nobody gave', { donationNo: 'NONE' }, 'NOT_FOUND'],
    ['to the future', { collectedAt: new Date('2026-11-21T04:00:01Z') }, 'FUTURE_DATE'],
    ['to a negative volume', { volumeMl: -1 }, 'BAD_INPUT'],
    ['to a procedure of the other kind of station', { procedure: 'SOURCE_PLASMA' }, 'PROCEDURE_NOT_OFFERED'],
    ['by nobody', { correctedBy: ' ' }, 'BAD_INPUT'],
    ['by too long a name', { correctedBy: 'x'.repeat(101) }, 'BAD_INPUT'],
    ['without a reason', { reason: '' }, 'BAD_INPUT'],
    ['for too long a reason', { reason: 'x'.repeat(501) }, 'BAD_INPUT'],
  ] as const)('%s is refused, and nothing changes', async (_, fault, code) => {
    await using station = await openTellingStation('330198B01');
    await station.donations.record(recorded);
    await expect(station.donations.correct({ ...correction, ...fault })).rejects.toMatchObject({ code });
    expect(await station.told()).toHaveLength(1);
    expect(await station.prisma.donation.findFirst()).toMatchObject({ procedure: 'WHOLE_BLOOD', volumeMl: 400 });
  });

  test('made at the same moment as another comes before or after it, never between', async () => {
    await using station = await openTellingStation('330198B01');
    await station.donations.record(recorded);
    const tokens = [donorOf(2), donorOf(3), donorOf(4)];
    await Promise.all(tokens.map((token) => station.donations.correct({ ...correction, token })));
    const donation = await station.prisma.donation.findFirstOrThrow();
    const told = await station.prisma.outbox.findMany({ orderBy: { id: 'asc' } });
    // Each event of a donation but the last is taken back once.
    const taken = told.flatMap(({ body }) => {
      const parsed = EventBody.parse(body);
      return parsed.type === 'donation.corrected' ? [parsed.of] : [];
    });
    const standing = told.filter(
      ({ id, body }) => EventBody.parse(body).type === 'donation.recorded' && !taken.some((of) => of === id),
    );
    expect(new Set(taken).size).toBe(3);
    expect(standing.map(({ id }) => id)).toEqual([donation.eventId]);
  });
});

describe('the permit of a donation', () => {
  const granted = new Date('2026-11-01T00:30:30Z');
  const hour = 3_600_000;
  let seq = 0n;

  async function place(station: Station, fact: Partial<Prisma.EventUncheckedCreateInput>): Promise<EventId> {
    const id = newEventId();
    seq += 1n;
    const token = Buffer.from(donorOf(1), 'base64url');
    const known = { origin: '330198B01', partition: 0, seq, id, token, logOffset: seq, digest: Buffer.alloc(16) };
    await station.prisma.event.create({
      data: {
        ...known,
        isOwn: false,
        type: 'PERMIT_CLAIMED',
        appendedAt: granted,
        procedure: 'WHOLE_BLOOD',
        lifetimeMs: hour,
        claim: 'GRANTED',
        ...fact,
      },
    });
    return id;
  }

  const flagOf = async (station: Station, permit: string | null, fact: Partial<typeof recorded> = {}) => {
    const donation = await station.donations.record({ ...recorded, permit, ...fact });
    expect(donation.permit).toBe(permit);
    return donation.flag;
  };

  test('in force makes it regular, and is told', async () => {
    await using station = await openTellingStation('330198B01');
    const permit = await place(station, {});
    expect(await flagOf(station, permit)).toBeNull();
    expect(await station.told()).toMatchObject([{ permit }]);
  });

  test('that is missing is noted, and the donation is told all the same', async () => {
    await using station = await openTellingStation('330198B01');
    expect(await flagOf(station, null)).toBe('WITHOUT_PERMIT');
    expect(await station.told()).toMatchObject([{ type: 'donation.recorded', permit: null }]);
  });

  test.each<[string, Partial<Prisma.EventUncheckedCreateInput>, object]>([
    ['of another station', { origin: '310198B01' }, {}],
    ['of another donor', { token: Buffer.from(donorOf(2), 'base64url') }, {}],
    ['of another procedure', { procedure: 'PLATELETS' }, {}],
    ['that was not granted', { claim: 'TAKEN' }, {}],
    ['that is no permit', { type: 'DONATION_RECORDED', claim: null }, {}],
    ['granted after the draw', {}, { collectedAt: new Date('2026-11-01T00:29:59Z') }],
    ['that had lapsed', {}, { collectedAt: new Date('2026-11-01T01:30:30Z') }],
  ])('%s is noted', async (_, fact, donation) => {
    await using station = await openTellingStation('330198B01');
    const permit = await place(station, fact);
    expect(await flagOf(station, permit, donation)).toBe('PERMIT_NOT_IN_FORCE');
    expect(await station.told()).toHaveLength(1);
  });

  test('granted in the minute of the draw counts: desks write minutes', async () => {
    await using station = await openTellingStation('330198B01');
    const permit = await place(station, {});
    expect(await flagOf(station, permit, { collectedAt: new Date('2026-11-01T00:30:00Z') })).toBeNull();
  });

  test('that was given back before the draw is noted, and after it is not', async () => {
    await using station = await openTellingStation('330198B01');
    const permit = await place(station, {});
    const release = { type: 'PERMIT_RELEASED', about: permit, claim: null, lifetimeMs: null } as const;
    await place(station, { ...release, appendedAt: new Date('2026-11-01T01:00:00Z') });
    expect(await flagOf(station, permit, { donationNo: 'A1' })).toBe('PERMIT_NOT_IN_FORCE');
    const early = { donationNo: 'A2', collectedAt: new Date('2026-11-01T00:59:59Z') };
    expect(await station.donations.record({ ...recorded, ...early, permit })).toMatchObject({
      flag: 'PERMIT_NOT_IN_FORCE',
    });
    const other = await place(station, {});
    await place(station, { ...release, about: other, appendedAt: new Date('2026-11-01T01:00:00Z') });
    expect(await flagOf(station, other, { ...early, donationNo: 'A3' })).toBeNull();
  });

  test('is of one donation: the second that names it is noted', async () => {
    await using station = await openTellingStation('330198B01');
    const permit = await place(station, {});
    expect(await flagOf(station, permit)).toBeNull();
    expect(await flagOf(station, permit, { donationNo: 'A2' })).toBe('PERMIT_NOT_IN_FORCE');
  });

  test('that is known here and not shown by the log yet is believed', async () => {
    await using station = await openTellingStation('330198B01');
    const body = {
      type: 'permit.claimed',
      procedure: 'WHOLE_BLOOD',
      lifetimeMs: hour,
      notAfter: 0,
      ruleSet: { id: 'CN-2012', hash: '0'.repeat(64) },
    } as const;
    const permit = await tell(station.prisma, { token: donorOf(1), body, at: new Date(), partitions });
    expect(await flagOf(station, permit)).toBeNull();
    expect(await flagOf(station, permit, { donationNo: 'A2', token: donorOf(2) })).toBe('PERMIT_NOT_IN_FORCE');
    expect(await flagOf(station, newEventId(), { donationNo: 'A3' })).toBe('PERMIT_NOT_IN_FORCE');
  });

  test('that is no id at all is refused, and another one under the same number is a conflict', async () => {
    await using station = await openTellingStation('330198B01');
    await expect(station.donations.record({ ...recorded, permit: 'no id' })).rejects.toMatchObject({
      code: 'BAD_INPUT',
    });
    await station.donations.record(recorded);
    const other = station.donations.record({ ...recorded, permit: newEventId() });
    await expect(other).rejects.toMatchObject({ code: 'CONFLICT' });
  });

  test('does not go with a donation that was of another donor in truth', async () => {
    await using station = await openTellingStation('330198B01');
    const permit = await place(station, {});
    await station.donations.record({ ...recorded, permit });
    const corrected = await station.donations.correct({ ...correction, token: donorOf(2) });
    expect(corrected).toMatchObject({ permit: null, flag: 'WITHOUT_PERMIT' });
  });
});
