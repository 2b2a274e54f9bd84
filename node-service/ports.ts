/** The outside world as the node service sees it. Each port has one adapter, named after its technology. */
import type { Directory } from '#schema/directory.ts';
import type { StationCoverage } from '#schema/coverage.ts';
import type { NormalDocument } from '#schema/documents.ts';
import type { DonorFacts, DonorHolding } from '#schema/facts.ts';
import type { DonorToken } from '#schema/ids.ts';

/** Makes donor tokens. An HMAC for now; the oblivious tokens of DESIGN section 8 will take its place. */
export interface TokenPort {
  /** One token a document, in order. The documents are forgotten. */
  tokensOf(documents: readonly NormalDocument[]): Promise<DonorToken[]>;
}

/** What this station itself holds, read on the hot path. */
export interface HoldingPort {
  /** The holding of one donor; an empty one when nothing is held. Concurrent callers share one query. */
  holdingOf(token: DonorToken): Promise<DonorHolding>;
  /** The same for many donors, in order, in one query. */
  holdingsOf(tokens: readonly DonorToken[]): Promise<DonorHolding[]>;
}

/** What the other members hold of a donor, and which of them were heard. */
export interface FederationAnswer {
  readonly facts: DonorFacts;
  /** Every other active member once. */
  readonly coverage: readonly StationCoverage[];
}

/** The other members, asked live through the gateway. Never throws: who cannot be heard is `MISSING` in the coverage. */
export interface FederationPort {
  /** Concurrent callers share one question to the gateway. */
  heldElsewhere(token: DonorToken): Promise<FederationAnswer>;
  heldElsewhereOf(tokens: readonly DonorToken[]): Promise<FederationAnswer[]>;
}

/** Who is a member, as of now. */
export interface DirectoryPort {
  current(): Directory;
}

/** The time. A port, so that the day a decision is made on is never read in the middle of one. */
export interface ClockPort {
  now(): Date;
}

/** The two streams of the donor log: facts, a donor's always in one partition; and heartbeats, one partition. */
export type LogTopic = 'donors' | 'control';

/** What is to be appended. The key is the donor token (`donors`) or the station code (`control`); both are ASCII. */
export interface LogEntry {
  readonly partition: number;
  readonly key: string;
  readonly value: string;
}

/** One record as every reader finds it. */
export interface LogRecord extends LogEntry {
  /** Its place in the partition: 0, 1, 2 ..., rising, with gaps only where the log lost something. */
  readonly offset: number;
  /** When the log took it, by the log's own clock, in milliseconds since 1970; never falling within a partition. */
  readonly appendedAt: number;
}

/** Some records of one partition, in order, at least one. */
export interface LogBatch {
  readonly partition: number;
  readonly records: readonly LogRecord[];
  /** The offset after the last record that was in the partition when this was read: what is still to come is the difference. */
  readonly end: number;
}

/** What the log says of an append. */
export interface Appended {
  /** The latest time the log gave to any of the entries. */
  readonly appendedAt: number;
}

/** The first offset of a partition that can still be read, and the one the next record will get. */
export interface LogBounds {
  readonly start: number;
  readonly end: number;
}

export interface LogReading {
  readonly topic: LogTopic;
  /** For each partition the offset of the first record wanted. Where that is gone, reading begins at the first that is there. */
  readonly from: readonly number[];
  /**
   * Gets every record from there on, in order, at least once. Never called again for a partition before its promise is
   * settled, which is how a slow reader slows the reading; may be called for several partitions at once. When it
   * rejects, the same records come again after a pause.
   */
  readonly onBatch: (batch: LogBatch) => Promise<void>;
}

/** The donor log. Connects when first used, reconnects by itself for ever. */
export interface LogPort {
  /** How many partitions `donors` has. Rejects with the fault `LOG_UNAVAILABLE`, and `LOG_CHANGED` when it is not what the federation agreed on. */
  partitions(): Promise<number>;
  /**
   * Appends entries, in order within each partition. Resolves once they cannot be lost. Rejects with the fault
   * `LOG_UNAVAILABLE` within its deadline; then any of them may have been appended all the same, now or later.
   */
  append(topic: LogTopic, entries: readonly LogEntry[]): Promise<Appended>;
  /** The bounds of each partition of a topic. Rejects with `LOG_UNAVAILABLE`. */
  bounds(topic: LogTopic): Promise<LogBounds[]>;
  /** Reads until the signal fires; resolves when the last `onBatch` has settled. Survives restarts of the log. */
  read(reading: LogReading, signal: AbortSignal): Promise<void>;
  /** Whether the log was heard lately; for health and status, never for a decision. */
  isUp(): boolean;
  stop(): Promise<void>;
}
