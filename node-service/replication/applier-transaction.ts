/** One transaction of the applier: from what was read to what is kept, heard, concluded and put aside. */
import type { DonorToken, EventId, StationCode } from '#schema/ids.ts';

import { nothingHeard } from '../domain/sequence.ts';
import type { Heard } from '../domain/sequence.ts';
import type { InboxTransaction, JudgedClaim, KnownEvent, QuarantinedRecord } from '../ports.ts';
import { settle } from './applier-settling.ts';
import type { Conclusions } from './applier-settling.ts';
import type { Reading, Saying } from './events.ts';
import { sequence, settled } from './sequencing.ts';
import type { Sequenced, Source } from './sequencing.ts';

/** Readings on their way into the copy. */
export interface Work {
  readonly partition: number;
  readonly source: Source;
  readonly readings: readonly Reading[];
  /** Places in quarantine that are to be given free. */
  readonly released?: readonly number[];
  /** Where what was read ends. */
  readonly next?: number;
  /** The origin has said again everything from one number to another. */
  readonly again?: { readonly origin: StationCode; readonly from: number; readonly to: number };
}

export interface Done {
  /** The next offset wanted. */
  readonly position: number;
  readonly heard: ReadonlyMap<StationCode, Heard>;
  /** What became of claims of this station, as far as that is new. */
  readonly claims: ReadonlyMap<EventId, JudgedClaim>;
}

interface Found {
  readonly heard: ReadonlyMap<StationCode, Heard>;
  readonly known: ReadonlyMap<string, KnownEvent>;
  readonly beyond: ReadonlyMap<StationCode, readonly number[]>;
}

/** Whose progress the work is about. */
export function originsOf({ readings, again }: Work): StationCode[] {
  const origins = new Set(readings.flatMap(({ saying }) => (saying === null ? [] : [saying.origin])));
  if (again !== undefined) origins.add(again.origin);
  return [...origins];
}

/** What is there of these numbers. Beyond the highest that was heard there is nothing. */
async function lookUp(transaction: InboxTransaction, sayings: readonly Saying[]): Promise<Found> {
  const { heard } = transaction;
  const asked = sayings.filter(({ origin, seq }) => seq <= (heard.get(origin) ?? nothingHeard).highest);
  const known = asked.length === 0 ? new Map<string, never>() : await transaction.knownOf(asked);
  const beyond = new Map<StationCode, number[]>();
  for (const [origin, { upTo, highest }] of heard) {
    if (highest > upTo) beyond.set(origin, await transaction.seqsBeyond(origin, upTo));
  }
  return { heard, known, beyond };
}

/** Words that do not count. Of those that were taken out again the JWS is not at hand: it is in the log, at their place. */
function forksOf(partition: number, { forked, replaced }: Sequenced): QuarantinedRecord[] {
  const reason = 'FORKED' as const;
  return [
    ...forked.map(({ origin, offset, appendedAt, event, value }) => {
      return { partition, offset, appendedAt, reason, origin, key: event?.event.token ?? '', value };
    }),
    ...replaced
      .filter(({ isFork }) => isFork)
      .map(({ origin, offset, appendedAt, token }) => {
        return { partition, offset, appendedAt, reason, origin, key: token, value: '' };
      }),
  ];
}

function concernedBy({ kept, replaced }: Sequenced, source: Source) {
  const tokens = new Set<DonorToken>();
  const toJudge = new Set<DonorToken>();
  for (const { event } of kept) {
    tokens.add(event.token);
    // What was read in order changes nothing for the claims before it.
    if (source !== 'log' || event.body.type === 'permit.claimed') toJudge.add(event.token);
  }
  for (const { token } of replaced) {
    tokens.add(token);
    toJudge.add(token);
  }
  return { tokens, toJudge, from: Math.min(...kept.map(({ offset }) => offset)) };
}

function heardAfter(sequenced: Sequenced, found: Found, again: Work['again']): Map<StationCode, Heard> {
  const heard = new Map(sequenced.heard);
  if (again === undefined) return heard;
  const before = heard.get(again.origin) ?? found.heard.get(again.origin);
  return before === undefined ? heard : heard.set(again.origin, settled(before, again.from, again.to));
}

export interface TakeOptions extends Conclusions {
  readonly station: StationCode;
}

/** Takes what is new of the readings. */
export async function take(transaction: InboxTransaction, work: Work, options: TakeOptions): Promise<Done> {
  const { partition, source, again } = work;
  // Another applier may have been here: what it has applied is not looked at again.
  const readings =
    source === 'log' ? work.readings.filter(({ offset }) => offset >= transaction.position) : work.readings;
  const sayings = readings.flatMap(({ saying }) => (saying === null ? [] : [saying]));
  const found = await lookUp(transaction, sayings);
  const sequenced = sequence({ source, sayings, station: options.station, ...found });
  transaction.add(sequenced.kept);
  const claims = await settle(transaction, options, concernedBy(sequenced, source));
  const free = source === 'origin' ? sequenced.kept.map(({ offset }) => offset) : [];
  transaction.release([...(work.released ?? []), ...free]);
  const problems = readings.flatMap(({ quarantined }) => (quarantined === null ? [] : [quarantined]));
  transaction.quarantine([...problems, ...forksOf(partition, sequenced)]);
  const heard = heardAfter(sequenced, found, again);
  const position = Math.max(work.next ?? 0, transaction.position);
  transaction.moveOn(heard, position);
  return { position, heard, claims };
}
