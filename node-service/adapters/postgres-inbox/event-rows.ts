/** Events as rows of the table `event`, and back. Times go as milliseconds, which neither side has to parse. */
import type { CivilDate } from '#schema/calendar.ts';
import type { DonorToken, EventId, StationCode } from '#schema/ids.ts';
import type { Outcome, Procedure } from '#schema/procedures.ts';

import type { ClaimOutcome, HistoryBody, HistoryEvent } from '../../domain/history.ts';
import type { PlacedEvent } from '../../ports.ts';

/** A token as PostgreSQL writes 32 bytes. */
export const bytesOf = (token: string): string => `\\x${Buffer.from(token, 'base64url').toString('hex')}`;

export const tokenOf = (bytes: Buffer): DonorToken => bytes.toString('base64url') as DonorToken;

/** The columns that differ between types of events; a column a type does not have is empty. */
interface BodyColumns {
  about?: string;
  procedure?: Procedure | null;
  collectedAt?: string | null;
  volumeMl?: number | null;
  outcome?: Outcome | null;
  permit?: string | null;
  since?: string;
  until?: string;
  lifetimeMs?: number;
  notAfter?: number;
  ruleSet?: string;
}

function columnsOf(body: HistoryBody): BodyColumns {
  switch (body.type) {
    case 'donation.recorded':
      return { ...body.donation, permit: body.permit };
    case 'donation.corrected':
      return { ...body.donation, about: body.of };
    case 'bar.set':
    case 'registration.claimed':
      return { since: body.since };
    case 'bar.lifted':
    case 'registration.released':
      return { about: body.of, until: body.until };
    case 'permit.claimed': {
      const { procedure, lifetimeMs, notAfter, ruleSet } = body;
      return { procedure, lifetimeMs, notAfter, ruleSet: `${ruleSet.id} ${ruleSet.hash}` };
    }
    case 'permit.released':
      return { about: body.of };
    case 'parked':
      return {};
  }
}

/** One array a column, in the order the statement that adds events names them; the partition and the own station apart. */
export function arraysOf(events: readonly PlacedEvent[]): unknown[][] {
  const columns: unknown[][] = Array.from({ length: 20 }, () => []);
  for (const { event, offset, appendedAt, digest, raw } of events) {
    const { origin, seq, id, token, body } = event;
    const { about, procedure, collectedAt, volumeMl, outcome, permit, ...rest } = columnsOf(body);
    const { since, until, lifetimeMs, notAfter, ruleSet } = rest;
    const place = [origin, seq, id, bytesOf(token), body.type, offset, appendedAt, bytesOf(digest)];
    const fact = [
      about,
      procedure,
      collectedAt,
      volumeMl,
      outcome,
      permit,
      since,
      until,
      lifetimeMs,
      notAfter,
      ruleSet,
    ];
    let column = 0;
    for (const value of place) columns[column++]?.push(value);
    for (const value of fact) columns[column++]?.push(value ?? null);
    columns[column]?.push(raw);
  }
  return columns;
}

/** What is selected of an event, in the order of `EventRow`. */
export const eventColumns = `
  origin, seq::float8, token, id, log_offset::float8, (extract(epoch FROM appended_at) * 1000)::float8, is_own, type::text,
  about, procedure::text, to_char(collected_at AT TIME ZONE 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS.MS"Z"'), volume_ml,
  outcome::text, permit, since::text, until::text, lifetime_ms, (extract(epoch FROM not_after) * 1000)::float8, rule_set,
  claim::text`;

export type EventRow = [
  origin: StationCode,
  seq: number,
  token: Buffer,
  id: EventId,
  offset: number,
  appendedAt: number,
  isOwn: boolean,
  type: HistoryBody['type'],
  about: EventId,
  procedure: Procedure | null,
  collectedAt: string,
  volumeMl: number,
  outcome: Outcome,
  permit: EventId | null,
  since: CivilDate,
  until: CivilDate,
  lifetimeMs: number,
  notAfter: number,
  ruleSet: string,
  claim: ClaimOutcome | null,
];

/** The database holds only what was parsed on its way in, so each type has the columns it was given. */
function bodyOf(row: EventRow): HistoryBody {
  const [, , , , , , , type, of, procedure, collectedAt, volumeMl, outcome, permit, since, until] = row;
  const donation = procedure === null ? null : { procedure, collectedAt, volumeMl, outcome };
  switch (type) {
    case 'donation.recorded':
      return donation === null ? { type: 'parked' } : { type, donation, permit };
    case 'donation.corrected':
      return { type, of, donation };
    case 'bar.set':
    case 'registration.claimed':
      return { type, since };
    case 'bar.lifted':
    case 'registration.released':
      return { type, of, until };
    case 'permit.claimed': {
      if (procedure === null) return { type: 'parked' };
      const [lifetimeMs, notAfter, ruleSet] = [row[16], row[17], row[18]];
      const [id = '', hash = ''] = ruleSet.split(' ');
      return { type, procedure, lifetimeMs, notAfter, ruleSet: { id, hash } };
    }
    case 'permit.released':
      return { type, of };
    case 'parked':
      return { type };
  }
}

export function eventOf(row: EventRow): HistoryEvent {
  const [origin, , , id, offset, appendedAt, isOwn] = row;
  return { id, origin, offset, appendedAt, isOwn, body: bodyOf(row), claim: row[19] };
}
