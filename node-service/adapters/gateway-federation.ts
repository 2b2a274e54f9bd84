/**
 * What the other members hold, asked through the gateway. Questions of one asker in one turn of the event loop travel as one;
 * what each station answers is parsed here and merged, each fact with the station that says it.
 */
import DataLoader from 'dataloader';
import { z } from 'zod';

import type { Asker } from '#schema/caller.ts';
import type { StationCoverage } from '#schema/coverage.ts';
import { DonorHolding } from '#schema/facts.ts';
import type { DonorToken, StationCode } from '#schema/ids.ts';

import type { ExchangePort, FederationAnswer, FederationPort, StationSaid } from '../ports.ts';

const nothing = { donations: [], bars: [], registrations: [] };

/** What one station holds, one holding a donor in their order; none when it is missing. */
interface Heard {
  readonly coverage: StationCoverage;
  readonly holdings: readonly DonorHolding[];
}

const Said = z.object({ data: z.object({ self: z.object({ donors: z.array(DonorHolding) }) }) });

/** Whatever is not exactly what was asked for is not used at all. */
function read(said: StationSaid, tokens: readonly DonorToken[]): Heard {
  const { station } = said;
  const missing = (fault: StationCoverage['fault']): Heard => ({
    coverage: { station, state: 'MISSING', fault, asOf: null },
    holdings: [],
  });
  if ('fault' in said) return missing(said.fault);
  const holdings = Said.safeParse(said.json).data?.data.self.donors;
  if (holdings?.length !== tokens.length || holdings.some(({ token }, at) => token !== tokens[at])) {
    return missing('STATION_BAD_ANSWER');
  }
  return { coverage: { station, state: 'LIVE', fault: null, asOf: said.asOf }, holdings };
}

/** The donor at this place of the question. */
function mergeAt(place: number, heard: readonly Heard[], coverage: readonly StationCoverage[]): FederationAnswer {
  const of = heard.flatMap(({ coverage: { station }, holdings }) => {
    const holding = holdings[place];
    return holding === undefined ? [] : [{ station, holding }];
  });
  return {
    facts: {
      donations: of.flatMap(({ station, holding }) => holding.donations.map((fact) => ({ ...fact, station }))),
      bars: of.flatMap(({ station, holding }) => holding.bars.map((fact) => ({ ...fact, station }))),
      registrations: of.flatMap(({ station, holding }) => holding.registrations.map((fact) => ({ ...fact, station }))),
    },
    coverage,
  };
}

type AskMany = FederationPort['heldElsewhereOf'];

/** One loader for each asker and set of stations that are being asked in this turn of the event loop. */
function createLoaders(askMany: AskMany) {
  const loaders = new Map<string, DataLoader<DonorToken, FederationAnswer>>();
  return (asker: Asker, stations: readonly StationCode[]): DataLoader<DonorToken, FederationAnswer> => {
    const name = [asker.role, asker.subject, asker.purpose, asker.case, ...stations].join(' ');
    const known = loaders.get(name);
    if (known !== undefined) return known;
    const loader = new DataLoader<DonorToken, FederationAnswer>((tokens) => askMany(asker, tokens, stations), {
      cache: false,
      maxBatchSize: 200,
      batchScheduleFn: (dispatch) =>
        setImmediate(() => {
          loaders.delete(name);
          dispatch();
        }),
    });
    loaders.set(name, loader);
    return loader;
  };
}

export function createGatewayFederation({ exchange }: { readonly exchange: ExchangePort }): FederationPort {
  const heldElsewhereOf: AskMany = async (asker, tokens, stations) => {
    if (stations.length === 0) return tokens.map(() => ({ facts: nothing, coverage: [] }));
    const question = { name: 'holdings', variables: { tokens } } as const;
    const said = await exchange.ask({ asker, question, stations, only: false });
    const heard = said.map((each) => read(each, tokens));
    const coverage = heard.map((each) => each.coverage);
    return tokens.map((_, place) => mergeAt(place, heard, coverage));
  };

  const loaderFor = createLoaders(heldElsewhereOf);
  return {
    heldElsewhere: (asker, token, stations) =>
      stations.length === 0
        ? Promise.resolve({ facts: nothing, coverage: [] })
        : loaderFor(asker, stations).load(token),
    heldElsewhereOf,
  };
}
