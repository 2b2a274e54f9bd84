/** The gateway's schema as text, as it is committed in `schema/sdl/gateway.graphql`. */
import { lexicographicSortSchema, printSchema } from 'graphql';

import { Fault } from '#schema/errors.ts';

import { stitch } from './stitch.ts';

/** Nobody is asked while the schema is printed. */
const nobody = {
  forwarding: { askForItself: () => Promise.reject(new Fault('STATION_UNREACHABLE')) },
  notes: { answered: () => undefined, failed: () => new Fault('STATION_UNREACHABLE') },
};

export async function printGatewaySdl(): Promise<string> {
  return `${printSchema(lexicographicSortSchema(await stitch(nobody)))}\n`;
}
