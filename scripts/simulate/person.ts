/** One person of the simulated region: when they come, where, as whom. What comes of it is decided elsewhere. */
import type { Marker, Outcome } from '#schema/procedures.ts';

import type { Station } from './region.ts';

/** What people of the region give. */
export type SimulatedProcedure = 'WHOLE_BLOOD' | 'PLATELETS' | 'SOURCE_PLASMA';

/** `DUE`: as the rules allow. `HASTY`: too soon. `CONCEALED`: shielded, and silent about it. */
export type Intent = 'DUE' | 'HASTY' | 'CONCEALED';

/** What a person is identified by: the own number, another document of theirs, a number typed wrong, somebody else's. */
export type DocumentUse = 'OWN' | 'ALTERNATIVE' | 'MISTYPED' | 'BORROWED';

/** What the laboratory will find in a draw. Days are counted since 1970. */
export interface Confirmation {
  readonly marker: Marker;
  /** The local day of the confirmed result. */
  readonly confirmedOn: number;
  /** The minute the desk of the station knows it, and the one the federation is told. */
  readonly knownAt: number;
  readonly toldAt: number;
  /** The local day the person is readmitted; null when that never happens. */
  readonly clearedOn: number | null;
}

/** Once before a desk. */
export interface Presentation {
  /** The minute since 1970. */
  readonly at: number;
  readonly station: Station;
  readonly procedure: SimulatedProcedure;
  readonly volumeMl: number;
  /** How the draw ends when it is made. */
  readonly outcome: Outcome;
  readonly intent: Intent;
  readonly document: DocumentUse;
  /** Whether the examination before the needle finds nothing. */
  readonly isFit: boolean;
  /** Whether the person gave, or tried to, for the first time. */
  readonly isFirst: boolean;
  /** Minutes from the end of the draw until the federation is told of it. */
  readonly uploadMinutes: number;
  /** Null while the person is not infected. */
  readonly confirmation: Confirmation | null;
}

/** A life as the simulation sees it, in order of time. */
export interface Person {
  /** Unique in the region. */
  readonly index: number;
  /** The local day a plasma donor was registered at the home station; null for others. */
  readonly registeredOn: number | null;
  readonly home: Station;
  readonly presentations: readonly Presentation[];
}
