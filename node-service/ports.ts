/** The outside world as the node service sees it. Each port has one adapter, named after its technology. */
import type { Asker } from '#schema/caller.ts';
import type { FaultCode, QuarantineReason } from '#schema/codes.ts';
import type { Directory, Member, Suspension } from '#schema/directory.ts';
import type { StationCoverage } from '#schema/coverage.ts';
import type { HeldMarker } from '#schema/markers.ts';
import type { NormalDocument } from '#schema/documents.ts';
import type { DonorEvent, EventBody } from '#schema/events.ts';
import type { JwsKind } from '#schema/jws.ts';
import type { DonorFacts, DonorHolding } from '#schema/facts.ts';
import type { SealingKey } from '#schema/exchange.ts';
import type { DonorToken, EventId, StationCode } from '#schema/ids.ts';
import type { Question } from '#schema/questions.ts';

import type { Conflict } from './domain/conflict.ts';
import type { ClaimOutcome, ClaimOutcomes, History, HistoryBody } from './domain/history.ts';
import type { Moment } from './domain/log-clock.ts';
import type { Heard } from './domain/sequence.ts';

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
  /** Every station that was to be asked, once. */
  readonly coverage: readonly StationCoverage[];
}

/**
 * The other members, asked live through the gateway on behalf of somebody. Who cannot be heard, or has not proved what it says,
 * is `MISSING` in the coverage. Rejects with `DATABASE_UNAVAILABLE` only: then it could not be written down who asked.
 */
export interface FederationPort {
  /** Concurrent questions of one asker to the same stations travel as one. */
  heldElsewhere(asker: Asker, token: DonorToken, stations: readonly StationCode[]): Promise<FederationAnswer>;
  /** @param stations the members to ask: all others, or those of which the own copy of the log is not fresh. */
  heldElsewhereOf(
    asker: Asker,
    tokens: readonly DonorToken[],
    stations: readonly StationCode[],
  ): Promise<FederationAnswer[]>;
}

/** The lookouts in force of a donor at one other station; none when it is `MISSING`. */
export interface MarkersHeard {
  readonly coverage: StationCoverage;
  readonly markers: readonly HeldMarker[];
}

/** What stands behind the bars of others, asked live of their owners. Rejects with `DATABASE_UNAVAILABLE` only. */
export interface MarkerPort {
  /** Every station that was asked, once. */
  heldElsewhere(asker: Asker, token: DonorToken, stations: readonly StationCode[]): Promise<readonly MarkersHeard[]>;
}

/** A question to other members, and who asks it. */
export interface ExchangeQuestion {
  readonly asker: Asker;
  readonly question: Question;
  readonly stations: readonly StationCode[];
  /** Whether these and no others are asked; otherwise a member that only the gateway knows of yet is asked as well. */
  readonly only: boolean;
  /** Under which key the answers are to be sealed, where a gateway must not read them. */
  readonly seal?: SealingKey;
}

/** What one station said, proved to be its own, and since when it holds; or why nothing of it can be used. */
export type StationSaid =
  | { readonly station: StationCode; readonly json: unknown; readonly asOf: string }
  | { readonly station: StationCode; readonly fault: FaultCode };

/** Questions to other members: signed, verified and written down. Rejects with `DATABASE_UNAVAILABLE` only. */
export interface ExchangePort {
  /** Every station that was asked, once. `json` is `{ data: { self: { code ... } } }` of that very station, without errors. */
  ask(question: ExchangeQuestion): Promise<StationSaid[]>;
}

/** What a station knows of a donor without asking anybody. */
export interface DonorKnowledge {
  /** Its own records. */
  readonly own: DonorHolding;
  /** What the donor log says, in its order, as far as it is applied here; with the station's own events among it. */
  readonly history: History;
}

/** The hot read of a check: own records and the copy of the donor log in one statement. */
export interface KnowledgePort {
  /** Concurrent callers share one query. Rejects with `STATION_NOT_READY` and `DATABASE_UNAVAILABLE`. */
  knowledgeOf(token: DonorToken): Promise<DonorKnowledge>;
  /** The same for many donors, in order, in one query. */
  knowledgeOfMany(tokens: readonly DonorToken[]): Promise<DonorKnowledge[]>;
}

/** How complete this station's copy of the donor log is, by station. Asked before the copy is read, so that it never promises too much. */
export interface FreshnessPort {
  /**
   * Every active member but the own station once: `REPLICATED` with its watermark while that is younger than the policy
   * allows, `MISSING` otherwise. The same value while nothing changes, so that seven hundred members cost a check nothing.
   */
  current(): readonly StationCoverage[];
}

/** Whether this station may itself be relied on. Asked by every check. */
export interface OwnStandingPort {
  /**
   * Why no answer may rest on it: it is suspended, no member, or its directory is past the hard expiry, so that it may be either
   * without knowing. Null while it may. What stands in a donor's way by its records is said in any case.
   */
  fault(): FaultCode | null;
}

/** Who is a member, as of now. */
export interface DirectoryPort {
  current(): Directory;
}

/** The time. A port, so that the day a decision is made on is never read in the middle of one. */
export interface ClockPort {
  now(): Date;
}

/** Durations: only the difference between two moments means anything. */
export interface StopwatchPort {
  moment(): Moment;
}

/** The log's time as bounds that hold whatever the clocks say; null until the log was heard. */
export interface LogTimePort {
  latest(): number | null;
  earliest(): number | null;
}

/** Signs what this station says in the log, with its newest key. */
export interface SignerPort {
  /** A compact JWS (EdDSA) with the `typ` of its kind and the `kid` of the key. The same payload gives the same JWS. */
  sign(kind: JwsKind, payload: string): Promise<string>;
}

/** A JWS of a member, found genuine. */
export interface Signed {
  readonly signer: Member;
  readonly payload: string;
}

/** Checks what members say in the log: form, type, key of the directory at the time the log took it, signature. Never rejects. */
export interface VerifierPort {
  /** @param appendedAt when the log took it, in milliseconds; infinite to ask for a key that is still in use. */
  verify(kind: JwsKind, jws: string, appendedAt: number): Promise<Signed | QuarantineReason>;
}

/** An event that is on its way out. */
export interface OutboxEvent {
  readonly id: EventId;
  readonly partition: number;
  readonly seq: number;
  readonly token: DonorToken;
  readonly at: Date;
  readonly body: EventBody;
}

/** What this station has told and has still to tell. Every method is one transaction. Each rejects with `DATABASE_UNAVAILABLE`. */
export interface OutboxPort {
  /**
   * What is to be sent next: gives events that have none their `seq`, the next of their partition, in the order of their ids, some
   * at a time, and answers events that have one and are not known to be in the log, in order within each partition, at most
   * `limit`; none when nothing is left.
   *
   * @param published notes before that every `seq` up to these is in the log, by partition. Never goes back.
   */
  next(limit: number, published: ReadonlyMap<number, number>): Promise<OutboxEvent[]>;
  /**
   * Puts an event into the outbox under the next `seq` of its partition; null, and nothing is done, where something of that
   * partition waits already to be counted or sent.
   */
  addNext(event: Omit<OutboxEvent, 'seq'>): Promise<OutboxEvent | null>;
  /** Notes that every `seq` up to this one of a partition is in the log. Never goes back. May be forgotten when the database dies. */
  noteSent(partition: number, seq: number): Promise<void>;
  /** In one snapshot: whether nothing waits, and the last published `seq` of each of so many partitions. */
  state(partitions: number): Promise<{ readonly isDrained: boolean; readonly seqs: readonly number[] }>;
  /** Events from `seq` on in a partition, in order, at most `limit`; what others ask for when they miss some. */
  since(partition: number, seq: number, limit: number): Promise<OutboxEvent[]>;
  /** Sends what comes after this `seq` of a partition again: the log has lost it. */
  resend(partition: number, seq: number): Promise<void>;
  /** Goes on counting after these, by partition, where it is behind: a database restored from a backup must not use a number twice. */
  advance(highest: ReadonlyMap<number, number>): Promise<void>;
  /** Takes back an event that was never counted; answers whether it did. */
  withdraw(id: EventId): Promise<boolean>;
}

/** The station's own facts of before the donor log, of which the federation has not been told. Each rejects with `DATABASE_UNAVAILABLE`. */
export interface UntoldPort {
  /** How many facts there are. Looks at all of them. */
  left(): Promise<number>;
  /** Puts some of them into the outbox, about `limit`, in one transaction; answers of how many it told, 0 when none was left. */
  tell(limit: number): Promise<number>;
}

/** An event that was verified, at its place in the log. */
export interface PlacedEvent {
  readonly event: Omit<DonorEvent, 'body'> & { readonly body: HistoryBody };
  readonly offset: number;
  readonly appendedAt: number;
  /** The first 16 bytes of the SHA-256 of the payload, in base64url. */
  readonly digest: string;
  /** The JWS of a parked event; null otherwise. */
  readonly raw: string | null;
}

/** A record that was not applied. */
export interface QuarantinedRecord {
  readonly partition: number;
  readonly offset: number;
  readonly appendedAt: number;
  readonly reason: QuarantineReason;
  readonly origin: string | null;
  readonly key: string;
  readonly value: string;
}

/** What is there under an origin and `seq`: enough to see a fork, and to know the right place of two. */
export interface KnownEvent {
  readonly token: DonorToken;
  readonly offset: number;
  readonly appendedAt: number;
  readonly digest: string;
}

/** What is there of some donors. */
export interface Standing {
  /** Those of whom this station itself has said something in the log. */
  readonly own: ReadonlySet<DonorToken>;
  /** Those with a claim after a place. */
  readonly claimedAfter: ReadonlySet<DonorToken>;
}

/** What became of a claim. */
export interface JudgedClaim {
  readonly outcome: ClaimOutcome;
  /** When the log took the claim, by its clock. */
  readonly appendedAt: number;
}

/**
 * One transaction on the copy of the log, alone in its partition. All or nothing is kept. What writes answers nothing: it is done
 * in its turn, before what is asked after it, and when it fails the transaction fails.
 */
export interface InboxTransaction {
  /** The next offset wanted, as it was when the transaction began. */
  readonly position: number;
  /** What was heard of the origins the transaction was begun for. */
  readonly heard: ReadonlyMap<StationCode, Heard>;
  /** Those of these events that are there already, by `origin seq`. */
  knownOf(events: readonly { readonly origin: StationCode; readonly seq: number }[]): Promise<Map<string, KnownEvent>>;
  /** The `seq`s of an origin beyond `upTo`, in order. */
  seqsBeyond(origin: StationCode, upTo: number): Promise<number[]>;
  /** Adds events; one under the same origin and `seq` is replaced. `isOwn` is found by the outbox. */
  add(events: readonly PlacedEvent[]): void;
  /** What is there of these donors; `after` is a place. */
  standingOf(tokens: readonly DonorToken[], after: number): Promise<Standing>;
  historiesOf(tokens: readonly DonorToken[]): Promise<Map<DonorToken, History>>;
  /** The donors an origin said something of since a time, in an order of their own, those after one of them. */
  donorsOf(
    origin: StationCode,
    page: { readonly since: number; readonly after: DonorToken | null; readonly limit: number },
  ): Promise<DonorToken[]>;
  /** Notes what became of claims, which are events of the histories that were read in this transaction. */
  settle(claims: ClaimOutcomes): void;
  /** Makes the conflicts of these donors what is given: opens new ones, withdraws those that are gone, leaves resolved ones. */
  setConflicts(conflicts: ReadonlyMap<DonorToken, readonly Conflict[]>): void;
  quarantine(records: readonly QuarantinedRecord[]): void;
  /** Takes records out of quarantine. */
  release(offsets: readonly number[]): void;
  /** Notes what is heard now, and the next offset wanted. */
  moveOn(heard: ReadonlyMap<StationCode, Heard>, next: number): void;
}

/** What was heard of one origin in one partition. */
export interface OriginProgress {
  readonly origin: StationCode;
  readonly partition: number;
  readonly heard: Heard;
}

/** What a transaction on the copy of the log changed that others wait for. */
export interface Applied {
  readonly heard: readonly OriginProgress[];
  /** What became of claims of this station. */
  readonly claims: ReadonlyMap<EventId, JudgedClaim>;
}

/** This station's copy of the donor log. Each method rejects with `DATABASE_UNAVAILABLE`. */
export interface InboxPort {
  /** The next offset of each of so many partitions. */
  positions(partitions: number): Promise<number[]>;
  progress(): Promise<OriginProgress[]>;
  /**
   * Resolves when what was done outlasts a crash of the database.
   *
   * @param origins of whom it has to be known what was heard.
   * @param onVisible hears the answer of `work` as soon as everybody sees what was done, which may be earlier.
   */
  transact<T>(
    partition: number,
    origins: readonly StationCode[],
    work: (transaction: InboxTransaction) => Promise<T>,
    onVisible?: (answer: T) => void,
  ): Promise<T>;
  /** Records in quarantine for one of these reasons, in the order of the log, at most `limit` after a place. */
  quarantined(
    partition: number,
    reasons: readonly QuarantineReason[],
    after: number,
    limit: number,
  ): Promise<QuarantinedRecord[]>;
  /** The suspensions the copy was last judged under, of members that had any. */
  suspensions(): Promise<ReadonlyMap<StationCode, readonly Suspension[]>>;
  /** Notes that the copy is judged under these. */
  noteSuspensions(origin: StationCode, suspensions: readonly Suspension[]): Promise<void>;
  /** Parked events of a partition, in the order of the log, at most `limit` after a place. */
  parked(partition: number, after: number, limit: number): Promise<PlacedEvent[]>;
  /**
   * Forgets the whole copy, positions and all; what the station itself recorded stays. Conflicts keep how they were resolved. May
   * be done while the station runs: its instances hear of it before, and their readers begin again.
   */
  forget(): Promise<void>;
}

/** An event as its origin sends it again, with the place the origin found it at. */
export interface ResentEvent {
  readonly jws: string;
  readonly offset: number;
  readonly appendedAt: number;
}

/** The origins of events, asked for what is missing here. */
export interface OriginPort {
  /** Events of an origin from `seq` on in a partition, in order. Rejects with a `Fault` that names the station. */
  eventsSince(origin: StationCode, partition: number, seq: number): Promise<ResentEvent[]>;
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
