/** What an answer rests on: which stations were heard, how fresh what they said is, and which are missing and why. */
import { z } from 'zod';

import { faults } from './codes.ts';
import type { FaultCode } from './codes.ts';
import { StationCode } from './ids.ts';

/** The code of a fault, as it is read from others. */
export const AnyFaultCode = z.enum(Object.keys(faults) as [FaultCode, ...FaultCode[]]);

/**
 * One station's part in an answer. `OWN`: the asking station's own records. `REPLICATED`: the asking station's copy of the
 * donor log is complete for it up to its watermark. `LIVE`: it answered just now. `MISSING`: neither, and `fault` says why; the
 * asking station itself is, while the directory gives no ground to rely on it: its records count all the same.
 * `asOf` is the instant (ISO 8601, UTC) up to which what it said is complete: the watermark, where there is one.
 */
export const StationCoverage = z.object({
  station: StationCode,
  state: z.enum(['OWN', 'REPLICATED', 'LIVE', 'MISSING']),
  asOf: z.iso.datetime().nullable(),
  fault: AnyFaultCode.nullable(),
});
export type StationCoverage = z.infer<typeof StationCoverage>;

/** The asking station and every other active member once. `complete` exactly when none is `MISSING`. */
export const Coverage = z.object({ complete: z.boolean(), stations: z.array(StationCoverage) });
export type Coverage = z.infer<typeof Coverage>;

/** The coverage these stations make. */
export function coverageOf(stations: readonly StationCoverage[]): Coverage {
  return { complete: stations.every((station) => station.state !== 'MISSING'), stations: [...stations] };
}
