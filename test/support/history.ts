/** Builders of a donor's history in the log: only what a test is about is written in it. */
import type { HistoryBody, HistoryEvent } from '#node/domain/history.ts';
import type { ReportedDonation } from '#schema/events.ts';
import { EventId } from '#schema/ids.ts';
import type { DonorToken, StationCode } from '#schema/ids.ts';
import { day, ruleSetNamed } from '#test/support/facts.ts';

/** The moment the histories of the tests begin: noon in Shanghai on the sample's day. */
export const noon = Date.parse('2026-11-21T04:00:00.000Z');
export const anHour = 3_600_000;
export const aDay = 24 * anHour;

export const someDonor = 'A'.repeat(43) as DonorToken;
export const china = ruleSetNamed('CN-2012');

/** The `number`-th event id. */
export const eventId = (number: number): EventId =>
  EventId.parse(`01900000-0000-7000-8000-${String(number).padStart(12, '0')}`);

export function draw(collectedAt: string | number, fact: Partial<ReportedDonation> = {}): ReportedDonation {
  return {
    procedure: 'WHOLE_BLOOD',
    collectedAt: new Date(collectedAt).toISOString(),
    volumeMl: 400,
    outcome: 'COMPLETE',
    ...fact,
  };
}

export const recorded = (donation: ReportedDonation, permit: EventId | null = null): HistoryBody => ({
  type: 'donation.recorded',
  donation,
  permit,
});
export const corrected = (of: EventId, donation: ReportedDonation | null): HistoryBody => ({
  type: 'donation.corrected',
  of,
  donation,
});
export const barred = (since: string): HistoryBody => ({ type: 'bar.set', since: day(since) });
export const lifted = (of: EventId, until: string): HistoryBody => ({ type: 'bar.lifted', of, until: day(until) });
export const home = (since: string): HistoryBody => ({ type: 'registration.claimed', since: day(since) });
export const left = (of: EventId, until: string): HistoryBody => ({
  type: 'registration.released',
  of,
  until: day(until),
});
export const parked: HistoryBody = { type: 'parked' };

type Claim = Extract<HistoryBody, { type: 'permit.claimed' }>;
export const claimed = (fact: Partial<Claim> = {}): Claim => ({
  type: 'permit.claimed',
  procedure: 'WHOLE_BLOOD',
  lifetimeMs: 4 * anHour,
  notAfter: Number.MAX_SAFE_INTEGER,
  ruleSet: { id: china.id, hash: china.hash },
  ...fact,
});
export const released = (of: EventId): HistoryBody => ({ type: 'permit.released', of });

/** A history that is told event by event: offsets and ids rise, and the log's time too unless it is said. */
export function createHistory() {
  const events: HistoryEvent[] = [];
  const tell = (origin: StationCode, body: HistoryBody, fact: Partial<HistoryEvent> = {}): EventId => {
    const offset = events.length;
    const appendedAt = events.at(-1)?.appendedAt ?? noon;
    const event = { id: eventId(offset), origin, offset, appendedAt, isOwn: false, body, claim: null, ...fact };
    events.push(event);
    return event.id;
  };
  return { events, tell };
}
