/**
 * What stands behind a bar, as its owner says it to a physician of another station: sealed for that station, so that the gateway
 * which carries it cannot read it.
 */
import { z } from 'zod';

import { CivilDate } from './calendar.ts';
import { Marker } from './procedures.ts';

/** A lookout in force: what was confirmed, and on which day. */
export const HeldMarker = z.object({ marker: Marker, confirmedOn: CivilDate });
export type HeldMarker = z.infer<typeof HeldMarker>;

/** What is sealed: the lookouts in force of each donor, in the order of the question. */
export const SealedMarkers = z.array(z.array(HeldMarker).max(100)).max(1_000);
export type SealedMarkers = z.infer<typeof SealedMarkers>;
