/** What the donor log says of one donor: the events of everybody, each with its place. Everything else is folded from it. */
import type { EventBody } from '#schema/events.ts';
import type { EventId, StationCode } from '#schema/ids.ts';

/**
 * What became of a claim at its place in the log. `GRANTED`: the chair was free and no rule stood in the way. `TAKEN`:
 * another permit was in force. `NOT_ELIGIBLE`: a rule stood in the way. `VOID`: the log took it after `notAfter`, or while its
 * origin was suspended.
 * `UNDECIDED`: this version does not know its rule set, or cannot tell of an earlier claim that may be in force.
 */
export type ClaimOutcome = 'GRANTED' | 'TAKEN' | 'NOT_ELIGIBLE' | 'VOID' | 'UNDECIDED';

/** What an event says; `parked` when this version does not know its type. */
export type HistoryBody = EventBody | { readonly type: 'parked' };

/** One event of a donor at its place in the log. */
export interface HistoryEvent {
  /** Its origin's name for it. Another origin may use the same: only both together name an event. */
  readonly id: EventId;
  readonly origin: StationCode;
  /** Its place in the donor's partition: of two events, the one with the lower offset came first for everybody. */
  readonly offset: number;
  /** When the log took it: milliseconds since 1970 by the log's clock. */
  readonly appendedAt: number;
  /** Whether the fact is in this station's own tables too. */
  readonly isOwn: boolean;
  readonly body: HistoryBody;
  /** What became of it, for a claim that was judged; null otherwise. */
  readonly claim: ClaimOutcome | null;
}

/** A donor's events in the order of the log. */
export type History = readonly HistoryEvent[];

/** What became of claims, by the very event of a history: who repeats the id of another's claim must not spoil its outcome. */
export type ClaimOutcomes = ReadonlyMap<HistoryEvent, ClaimOutcome>;
