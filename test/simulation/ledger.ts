/** The truth no station sees whole: every fact that was ever written down, when, and every permit that was answered. */
import type { EventBody } from '#schema/events.ts';
import type { DonorToken, EventId, StationCode } from '#schema/ids.ts';

/** A fact of a station, in the true order of writing. */
export interface TrueFact {
  readonly id: EventId;
  readonly station: StationCode;
  readonly token: DonorToken;
  readonly body: EventBody;
  /** When its transaction was there for good, in true time. */
  readonly committedAt: number;
  /** When its station was told so; null while it was not. */
  ackedAt: number | null;
  /** It was taken back before it was told to anybody. */
  isWithdrawn: boolean;
}

/** A permit as a station answered it to a chair. */
export interface AnsweredPermit {
  readonly id: EventId;
  readonly station: StationCode;
  readonly token: DonorToken;
  readonly claimedAt: number;
  readonly answeredAt: number;
}

export interface Ledger {
  readonly facts: readonly TrueFact[];
  readonly permits: readonly AnsweredPermit[];
  wrote(fact: Pick<TrueFact, 'id' | 'station' | 'token' | 'body' | 'committedAt'>): void;
  acknowledged(station: StationCode, id: EventId, at: number): void;
  withdrew(station: StationCode, id: EventId): void;
  answered(permit: AnsweredPermit): void;
}

export function createLedger(): Ledger {
  const facts: TrueFact[] = [];
  const permits: AnsweredPermit[] = [];
  /** By `station id`: a lying one may repeat the id of another. */
  const byName = new Map<string, TrueFact>();
  return {
    facts,
    permits,
    wrote(fact) {
      const kept: TrueFact = { ...fact, ackedAt: null, isWithdrawn: false };
      facts.push(kept);
      byName.set(`${fact.station} ${fact.id}`, kept);
    },
    acknowledged(station, id, at) {
      const fact = byName.get(`${station} ${id}`);
      if (fact !== undefined) fact.ackedAt = at;
    },
    withdrew(station, id) {
      const fact = byName.get(`${station} ${id}`);
      if (fact !== undefined) fact.isWithdrawn = true;
    },
    answered(permit) {
      permits.push(permit);
    },
  };
}
