/** What a station's database holds in a simulation; outlives its process. Every effect on it is one transaction. */
import { civilDateOf } from '#schema/calendar.ts';
import type { CivilDate } from '#schema/calendar.ts';
import type { Suspension } from '#schema/directory.ts';
import type { EventBody, ReportedDonation } from '#schema/events.ts';
import type { DonorHolding } from '#schema/facts.ts';
import type { DonorToken, EventId, StationCode } from '#schema/ids.ts';
import type { Conflict } from '#node/domain/conflict.ts';
import type { ClaimOutcome } from '#node/domain/history.ts';
import type { Heard } from '#node/domain/sequence.ts';
import type { PlacedEvent, QuarantinedRecord } from '#node/ports.ts';

export interface OutboxRow {
  readonly id: EventId;
  readonly partition: number;
  seq: number | null;
  readonly token: DonorToken;
  readonly at: Date;
  readonly body: EventBody;
}

interface Fact {
  readonly token: DonorToken;
  /** The event that told it. */
  readonly eventId: EventId;
}

export interface OwnDonation extends Fact {
  readonly donation: ReportedDonation;
}

export interface OwnSpan extends Fact {
  readonly since: CivilDate;
  readonly until: CivilDate | null;
}

/** An event of the copy, with what was found out of it. */
export interface StoredEvent extends PlacedEvent {
  readonly isOwn: boolean;
  readonly claim: ClaimOutcome | null;
}

export interface StoredConflict {
  readonly conflict: Conflict;
  readonly state: 'OPEN' | 'WITHDRAWN';
}

/** The copy of one partition of the log. A transaction works on a copy of its maps and puts them in place at its end. */
export interface Copy {
  position: number;
  /** By `origin seq`. */
  events: Map<string, StoredEvent>;
  heard: Map<StationCode, Heard>;
  quarantine: Map<number, QuarantinedRecord>;
  conflicts: Map<string, StoredConflict>;
}

export interface Disk {
  readonly outbox: OutboxRow[];
  readonly counted: number[];
  readonly published: number[];
  readonly donations: Map<EventId, OwnDonation>;
  readonly bars: Map<EventId, OwnSpan>;
  readonly registrations: Map<EventId, OwnSpan>;
  readonly copies: Copy[];
  /** The suspensions the copies are judged under. */
  readonly judged: Map<StationCode, readonly Suspension[]>;
}

const emptyCopy = (): Copy => ({
  position: 0,
  events: new Map(),
  heard: new Map(),
  quarantine: new Map(),
  conflicts: new Map(),
});

export function createDisk(partitions: number): Disk {
  return {
    outbox: [],
    counted: Array.from({ length: partitions }, () => 0),
    published: Array.from({ length: partitions }, () => 0),
    donations: new Map(),
    bars: new Map(),
    registrations: new Map(),
    copies: Array.from({ length: partitions }, emptyCopy),
    judged: new Map(),
  };
}

/** Forgets the copy of the log. */
export function forgetCopies(disk: Disk): void {
  for (const [partition] of disk.copies.entries()) disk.copies[partition] = emptyCopy();
}

/** What the own tables hold of a donor. */
export function holdingOf(disk: Disk, token: DonorToken): DonorHolding {
  const about = <T extends Fact>(facts: Iterable<T>): T[] => [...facts].filter((fact) => fact.token === token);
  const span = ({ since, until }: OwnSpan): { since: CivilDate; until: CivilDate | null } => ({ since, until });
  return {
    token,
    donations: about(disk.donations.values()).map(({ donation }) => ({
      procedure: donation.procedure,
      collectedOn: civilDateOf(new Date(donation.collectedAt)),
      volumeMl: donation.volumeMl,
      outcome: donation.outcome,
    })),
    bars: about(disk.bars.values()).map(span),
    registrations: about(disk.registrations.values()).map(span),
  };
}
