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
  readonly answeredAt: number;
}

export interface Ledger {
  readonly facts: readonly TrueFact[];
  readonly permits: readonly AnsweredPermit[];
  wrote(fact: Pick<TrueFact, 'id' | 'station' | 'token' | 'body' | 'committedAt'>): void;
  acknowledged(id: EventId, at: number): void;
  withdrew(id: EventId): void;
  answered(permit: AnsweredPermit): void;
}

export function createLedger(): Ledger {
  const facts: TrueFact[] = [];
  const permits: AnsweredPermit[] = [];
  const byId = new Map<EventId, TrueFact>();
  return {
    facts,
    permits,
    wrote(fact) {
      const kept: TrueFact = { ...fact, ackedAt: null, isWithdrawn: false };
      facts.push(kept);
      byId.set(fact.id, kept);
    },
    acknowledged(id, at) {
      const fact = byId.get(id);
      if (fact !== undefined) fact.ackedAt = at;
    },
    withdrew(id) {
      const fact = byId.get(id);
      if (fact !== undefined) fact.isWithdrawn = true;
    },
    answered(permit) {
      permits.push(permit);
    },
  };
}
