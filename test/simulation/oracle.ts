/**
 * The serial oracle: reads the log once from its start, one record after the other, in the plainest way, and says what every
 * node must hold in the end. It shares with the nodes only `decide` and `findConflicts`, which have tests of their own.
 */
import { createHash } from 'node:crypto';

import { civilDateOf } from '#schema/calendar.ts';
import { coverageOf } from '#schema/coverage.ts';
import { DonorEvent } from '#schema/events.ts';
import type { EventBody, ReportedDonation } from '#schema/events.ts';
import type { DonorFacts } from '#schema/facts.ts';
import type { DonorToken, EventId, StationCode } from '#schema/ids.ts';
import { partitionOf } from '#schema/partition.ts';
import type { RuleSet } from '#schema/rule-set.ts';
import { decide } from '#node/domain/eligibility.ts';
import type { ClaimOutcome } from '#node/domain/history.ts';
import { memberStandingAt } from '#schema/directory.ts';
import type { Directory } from '#schema/directory.ts';
import type { LogRecord } from '#node/ports.ts';

/** An event with its place, and what became of it if it is a claim. */
export interface OracleEvent {
  readonly event: DonorEvent;
  readonly offset: number;
  readonly appendedAt: number;
  readonly digest: string;
  readonly claim: ClaimOutcome | null;
  /** Whether it was said by a member that was not suspended. */
  readonly counts: boolean;
}

/** A permit as the log shows it: in force from `grantedAt` up to, and without, `endsAt`. */
export interface OraclePermit {
  readonly id: EventId;
  readonly station: StationCode;
  readonly token: DonorToken;
  readonly grantedAt: number;
  endsAt: number;
}

export interface Oracle {
  /** By `origin partition seq`. */
  readonly events: ReadonlyMap<string, OracleEvent>;
  readonly permits: readonly OraclePermit[];
}

/** One thing somebody said of a donor. */
export interface Said {
  readonly id: EventId;
  readonly origin: StationCode;
  readonly body: EventBody;
}

/** What all that was said of a donor amounts to: the last correction stands, only its own station can take back what it said. */
export function factsOf(said: readonly Said[]): DonorFacts {
  const facts: DonorFacts = { donations: [], bars: [], registrations: [] };
  const laterOf = <T extends EventBody['type']>(type: T, first: Said): Extract<EventBody, { type: T }> | undefined =>
    said
      .filter(({ origin }) => origin === first.origin)
      .map(({ body }) => body)
      .findLast(
        (body): body is Extract<EventBody, { type: T }> => body.type === type && 'of' in body && body.of === first.id,
      );

  const draw = (station: StationCode, donation: ReportedDonation | null): void => {
    if (donation === null) return;
    const { procedure, collectedAt, volumeMl, outcome } = donation;
    const collectedOn = civilDateOf(new Date(collectedAt));
    facts.donations.push({ station, procedure, collectedOn, volumeMl, outcome });
  };

  for (const first of said) {
    const { origin: station, body } = first;
    if (body.type === 'donation.recorded') {
      const correction = laterOf('donation.corrected', first);
      draw(station, correction === undefined ? body.donation : correction.donation);
    } else if (body.type === 'donation.corrected') {
      // A correction whose donation was not heard of yet is believed like a donation.
      const isHeardOf = said.some(({ id, origin }) => id === body.of && origin === station);
      const last = laterOf('donation.corrected', { ...first, id: body.of });
      if (!isHeardOf && last === body) draw(station, body.donation);
    } else if (body.type === 'bar.set') {
      facts.bars.push({ station, since: body.since, until: laterOf('bar.lifted', first)?.until ?? null });
    } else if (body.type === 'registration.claimed') {
      const until = laterOf('registration.released', first)?.until ?? null;
      facts.registrations.push({ station, since: body.since, until });
    }
  }
  return facts;
}

/** What becomes of a claim after all that stands before it. */
function judge(
  { origin, token, body }: DonorEvent,
  appendedAt: number,
  before: readonly Said[],
  permits: readonly OraclePermit[],
  ruleSet: RuleSet,
): ClaimOutcome {
  if (body.type !== 'permit.claimed') throw new RangeError('not a claim');
  if (appendedAt > body.notAfter) return 'VOID';
  if (permits.some((permit) => permit.token === token && appendedAt < permit.endsAt)) return 'TAKEN';
  const known = { ...factsOf(before), askedBy: origin, coverage: coverageOf([]), permitElsewhere: false };
  const day = civilDateOf(new Date(appendedAt));
  return decide(known, ruleSet, body.procedure, day).verdict === 'ELIGIBLE' ? 'GRANTED' : 'NOT_ELIGIBLE';
}

function readEvent(record: LogRecord, partitions: number, open: (jws: string) => string | null): DonorEvent | null {
  const payload = open(record.value);
  if (payload === null) return null;
  const parsed = DonorEvent.safeParse(JSON.parse(payload));
  if (!parsed.success) return null;
  const { token, partition } = parsed.data;
  const isInPlace =
    token === record.key && partition === record.partition && partitionOf(token, partitions) === partition;
  return isInPlace ? parsed.data : null;
}

const digestOf = (payload: string): string =>
  createHash('sha256').update(payload).digest().subarray(0, 16).toString('base64url');

/**
 * @param open gives the payload of a genuine event, and null for anything else.
 * @param members who was suspended when: what is said then is kept and counts for nothing.
 */
export function foldLog(
  log: readonly (readonly LogRecord[])[],
  open: (record: LogRecord) => string | null,
  ruleSet: RuleSet,
  { members }: Pick<Directory, 'members'>,
): Oracle {
  const events = new Map<string, OracleEvent>();
  const permits: OraclePermit[] = [];
  for (const records of log) {
    const said = new Map<DonorToken, Said[]>();
    for (const record of records) {
      const event = readEvent(record, log.length, () => open(record));
      if (event === null) continue;
      const key = `${event.origin} ${event.partition} ${event.seq}`;
      if (events.has(key)) continue;
      const { id, origin, token, body } = event;
      const { offset, appendedAt } = record;
      const digest = digestOf(open(record) ?? '');
      const member = members.find(({ code }) => code === origin);
      if (member === undefined || memberStandingAt(member, appendedAt) === 'SUSPENDED') {
        const claim = body.type === 'permit.claimed' ? 'VOID' : null;
        events.set(key, { event, offset, appendedAt, digest, claim, counts: false });
        continue;
      }
      const before = said.get(token) ?? [];
      said.set(token, [...before, { id, origin, body }]);

      const ended = body.type === 'permit.released' ? body.of : body.type === 'donation.recorded' ? body.permit : null;
      const permit = permits.find((each) => each.id === ended && each.station === origin && each.token === token);
      if (permit !== undefined) permit.endsAt = Math.min(permit.endsAt, appendedAt);

      const claim = body.type === 'permit.claimed' ? judge(event, appendedAt, before, permits, ruleSet) : null;
      if (claim === 'GRANTED' && body.type === 'permit.claimed') {
        permits.push({ id, station: origin, token, grantedAt: appendedAt, endsAt: appendedAt + body.lifetimeMs });
      }
      events.set(key, { event, offset, appendedAt, digest, claim, counts: true });
    }
  }
  return { events, permits };
}
