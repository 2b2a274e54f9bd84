/** Conflicts: facts that together show that a rule was broken, found when the last of them arrives, however late. */
import type { DonorToken, EventId, StationCode } from '#schema/ids.ts';

/**
 * What was broken. `INTERVAL`: two donations too close. `CAP`: too many, or too much, in the window. `BARRED`: a donation
 * on a day a bar was in force. `TWO_HOMES`: registered at two plasma stations on one day. `AGAINST_PERMIT`: a donation while
 * another station held the donor's permit.
 */
export type ConflictKind = 'INTERVAL' | 'CAP' | 'BARRED' | 'TWO_HOMES' | 'AGAINST_PERMIT';

/** A conflict as every station concerned finds it by itself. */
export interface Conflict {
  /** The first 32 hexadecimal characters of the SHA-256 over kind and events: the same everywhere. */
  readonly id: string;
  readonly kind: ConflictKind;
  readonly token: DonorToken;
  /** The stations concerned, in order of their codes. */
  readonly stations: readonly StationCode[];
  /** The events that show it, in the order of the log. */
  readonly events: readonly EventId[];
  /** The rule of the rule set, such as `WHOLE_BLOOD>PLATELETS`; null where none is named. */
  readonly rule: string | null;
  /** When the log took the last of the events, in milliseconds. */
  readonly shownAt: number;
}
