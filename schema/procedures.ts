/** What a station can collect, and which kind of station does which. */
import { z } from 'zod';

/** A station's kind: blood stations collect for transfusion, plasma stations collect source plasma and nothing else. */
export const StationKind = z.enum(['BLOOD', 'PLASMA']);
export type StationKind = z.infer<typeof StationKind>;

/** A collection procedure. `SOURCE_PLASMA` is plasma for fractionation; `APHERESIS_PLASMA` is plasma for transfusion. */
export const Procedure = z.enum([
  'WHOLE_BLOOD',
  'PLATELETS',
  'APHERESIS_PLASMA',
  'DOUBLE_RED_CELLS',
  'GRANULOCYTES',
  'SOURCE_PLASMA',
]);
export type Procedure = z.infer<typeof Procedure>;

/** How a draw ended. `NO_BLOOD` counts for no interval and no cap; `PARTIAL` counts like `COMPLETE`. */
export const Outcome = z.enum(['COMPLETE', 'PARTIAL', 'NO_BLOOD']);
export type Outcome = z.infer<typeof Outcome>;

/** The infections whose confirmed result puts a donor on a station's lookout list. Never leaves the station. */
export const Marker = z.enum(['HIV', 'HBV', 'HCV', 'SYPHILIS', 'HTLV']);
export type Marker = z.infer<typeof Marker>;

/** Whether a station of this kind does this procedure. */
export function offers(kind: StationKind, procedure: Procedure): boolean {
  return (kind === 'PLASMA') === (procedure === 'SOURCE_PLASMA');
}
