/** The record of who asked what, as the parts of a station see it. What an entry says is in `schema/audit.ts`. */
import type { AuditHead, AuditPayload, AuditReference } from '#schema/audit.ts';
import type { Caller } from '#schema/caller.ts';
import type { Counted } from '#schema/count-families.ts';
import type { DonorToken, StationCode } from '#schema/ids.ts';

/** A statement of a transaction that is under way; answers its rows. */
export type Statement = (text: string, values: unknown[]) => Promise<readonly unknown[]>;

/** The id of something signed that counts once, and when it expires anyway. */
export interface Once {
  readonly id: string;
  readonly until: Date;
}

/** Who was turned away, by which code, from what. */
export interface TurnedAway {
  /** Null when it is not known who it was. */
  readonly caller: Caller | null;
  /** `Type.field`, or method and path; null when it did not come that far. */
  readonly field: string | null;
  readonly code: string;
}

/** The record of who asked what. What rejects here rejects with `DATABASE_UNAVAILABLE`: then the answer must not leave. */
export interface AuditPort {
  /**
   * Resolves once the entry is durable. Concurrent callers share one transaction.
   *
   * @param counted what it counts as in the station's figures, at the day of the entry: written with it or not at all.
   */
  record(payload: AuditPayload, counted?: readonly Counted[]): Promise<AuditReference>;
  /** The same, in one transaction with the note that these ids were used; nothing is written when one of them was used before. */
  recordOnce(payload: AuditPayload, ids: readonly Once[]): Promise<AuditReference | 'SEEN_BEFORE'>;
  /**
   * Writes an entry in the transaction of what it is about, as its last statement: from here to its end nobody else of this
   * member can write one.
   */
  recordIn(statement: Statement, payload: AuditPayload, counted?: readonly Counted[]): Promise<AuditReference>;
  /** False for some seconds after an entry could not be written, unless another one was. */
  isTaking(): boolean;
  /** Counts somebody who was turned away. The first of a kind in a minute is written at once, the rest as one entry at its end. */
  turnedAway(refused: TurnedAway): void;
  /** The last entry; null while there is none. */
  head(): Promise<AuditReference | null>;
  /** The entry the chain has at a place; null while it has none there. */
  at(seq: number): Promise<AuditReference | null>;
  /** Writes what is still to be written and ends. */
  stop(): Promise<void>;
}

/** What one field of a request leaves in the record. Written before its answer leaves, whatever the answer is. */
export interface Entry {
  /** Names donors the question is about. */
  about(...donors: readonly DonorToken[]): void;
  /** What is answered counts as this in the station's figures, together with the entry. */
  count(counted: readonly Counted[]): void;
  /** Writes down what was changed, as the last statement of the transaction that changes it. */
  changed(transaction: RawTransaction, change: Change): Promise<void>;
}

/** What was changed: the number of the record, and what became of it. */
export interface Change {
  readonly record: string | null;
  readonly outcome: string;
}

/** A transaction of Prisma. */
export interface RawTransaction {
  $queryRawUnsafe(text: string, ...values: unknown[]): PromiseLike<unknown>;
}

/** A head as its member signed it. */
export interface SignedHead extends AuditHead {
  readonly origin: StationCode;
  readonly jws: string;
}

/** What members have said of their chains, kept so that none of them can change its own later. Each rejects with `DATABASE_UNAVAILABLE`. */
export interface WitnessPort {
  /**
   * Keeps heads that were verified, with the time the log took each. Answers those that contradict what was kept of the same
   * member; they are kept as proof together.
   */
  keep(heads: readonly (SignedHead & { readonly appendedAt: number })[]): Promise<readonly Contradiction[]>;
  /** The heads kept of a member: the newest and one an hour, in order. */
  of(origin: StationCode): Promise<SignedHead[]>;
  /** What proves that a member has shown two histories; nothing for most of them. */
  proofsOf(origin: StationCode): Promise<Contradiction[]>;
}

/** Two signed heads of one member that cannot both be true. */
export interface Contradiction {
  readonly origin: StationCode;
  readonly one: string;
  readonly other: string;
}
