/** Markers of other stations through the gateway, which carries them sealed: a key for each question, forgotten with it. */
import { z } from 'zod';

import { SealedMarkers } from '#schema/markers.ts';
import type { HeldMarker } from '#schema/markers.ts';
import type { FaultCode } from '#schema/codes.ts';
import { createSeal } from '#server/keys/sealing.ts';
import type { Seal } from '#server/keys/sealing.ts';

import type { ExchangePort, MarkerPort, StationSaid } from '../ports.ts';

const Said = z.object({ data: z.object({ self: z.object({ markers: z.string() }) }) });

/** Of the one donor of a question; undefined when the answer is not exactly what was asked for. */
async function unseal(json: unknown, seal: Seal): Promise<readonly HeldMarker[] | undefined> {
  const sealed = Said.safeParse(json).data?.data.self.markers;
  const text = sealed === undefined ? null : await seal.open(sealed);
  if (text === null) return undefined;
  try {
    const donors = SealedMarkers.safeParse(JSON.parse(text)).data;
    return donors?.length === 1 ? donors[0] : undefined;
  } catch {
    return undefined;
  }
}

async function read(said: StationSaid, seal: Seal) {
  const { station } = said;
  const missing = (fault: FaultCode) =>
    ({ coverage: { station, state: 'MISSING', fault, asOf: null }, markers: [] }) as const;
  if ('fault' in said) return missing(said.fault);
  const markers = await unseal(said.json, seal);
  if (markers === undefined) return missing('STATION_BAD_ANSWER');
  return { coverage: { station, state: 'LIVE', fault: null, asOf: said.asOf }, markers } as const;
}

export function createGatewayMarkers({ exchange }: { readonly exchange: ExchangePort }): MarkerPort {
  return {
    async heldElsewhere(asker, token, stations) {
      if (stations.length === 0) return [];
      const seal = await createSeal();
      const question = { name: 'markers', variables: { tokens: [token] } } as const;
      const said = await exchange.ask({ asker, question, stations, only: true, seal: seal.key });
      return Promise.all(said.map((each) => read(each, seal)));
    },
  };
}
