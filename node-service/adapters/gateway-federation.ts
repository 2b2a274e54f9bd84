/**
 * What the other members hold, asked through the gateway. Questions of one turn of the event loop travel as one. The
 * answer is parsed here; whoever it does not account for is missing, and so is everybody when there is no answer.
 */
import DataLoader from 'dataloader';
import { Pool } from 'undici';
import { z } from 'zod';

import type { FaultCode } from '#schema/codes.ts';
import { StationCoverage } from '#schema/coverage.ts';
import { DonorFacts } from '#schema/facts.ts';
import { DonorToken } from '#schema/ids.ts';
import type { StationCode } from '#schema/ids.ts';

import type { DirectoryPort, FederationAnswer, FederationPort } from '../ports.ts';

const question = `query HeldElsewhere($tokens: [DonorToken!]!, $except: [StationCode!]!) {
  donors(tokens: $tokens, except: $except) {
    token
    donations { station procedure collectedOn volumeMl outcome }
    bars { station since until }
    registrations { station since until }
    coverage { stations { station state fault asOf } }
  }
}`;

const Answer = z.object({
  data: z.object({
    donors: z.array(
      DonorFacts.extend({
        token: DonorToken,
        coverage: z.object({ stations: z.array(StationCoverage) }),
      }),
    ),
  }),
});

const nothing = { donations: [], bars: [], registrations: [] };

interface Options {
  readonly gatewayUrl: string;
  readonly station: StationCode;
  readonly directory: DirectoryPort;
  /** How long the gateway may take, in milliseconds; longer than it gives the stations. */
  readonly deadlineMs: number;
}

const missing = (code: StationCode, fault: FaultCode): StationCoverage => ({
  station: code,
  state: 'MISSING',
  fault,
  asOf: null,
});

const silence = (asked: readonly StationCode[]): FederationAnswer => ({
  facts: nothing,
  coverage: asked.map((code) => missing(code, 'GATEWAY_UNREACHABLE')),
});

/** A member the gateway does not know of, though the own directory does, was not heard. */
function complete(heard: readonly StationCoverage[], asked: readonly StationCode[]): StationCoverage[] {
  const known = new Set(heard.map((coverage) => coverage.station));
  const unheard = asked.filter((code) => !known.has(code));
  return [...heard, ...unheard.map((code) => missing(code, 'STATION_UNKNOWN'))];
}

type AskMany = (tokens: readonly DonorToken[], stations: readonly StationCode[]) => Promise<FederationAnswer[]>;

/** One loader for each set of stations that is being asked in this turn of the event loop. */
function createLoaders(askMany: AskMany) {
  const loaders = new Map<string, DataLoader<DonorToken, FederationAnswer>>();
  return (stations: readonly StationCode[]): DataLoader<DonorToken, FederationAnswer> => {
    const name = stations.join(' ');
    const known = loaders.get(name);
    if (known !== undefined) return known;
    const loader = new DataLoader<DonorToken, FederationAnswer>((tokens) => askMany(tokens, stations), {
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

export function createGatewayFederation(options: Options): FederationPort & { stop(): Promise<void> } {
  const { station, directory, deadlineMs } = options;
  const { origin, pathname } = new URL('graphql', `${options.gatewayUrl.replace(/\/$/, '')}/`);
  const pool = new Pool(origin, { connections: 16, connect: { timeout: deadlineMs } });

  // The gateway asks everybody but these, so that it is the directory it has that says who everybody is.
  const exceptions = (stations: readonly StationCode[]): StationCode[] => {
    const asked = new Set(stations);
    const active = directory.current().members.filter(({ status }) => status === 'ACTIVE');
    return [...new Set([station, ...active.map(({ code }) => code)])].filter((code) => !asked.has(code));
  };

  async function ask(tokens: readonly DonorToken[], stations: readonly StationCode[]): Promise<z.infer<typeof Answer>> {
    const { body } = await pool.request({
      method: 'POST',
      path: pathname,
      headers: { 'content-type': 'application/json', accept: 'application/json' },
      body: JSON.stringify({ query: question, variables: { tokens, except: exceptions(stations) } }),
      signal: AbortSignal.timeout(deadlineMs),
    });
    return Answer.parse(await body.json());
  }

  const heldElsewhereOf: AskMany = async (tokens, stations) => {
    if (stations.length === 0) return tokens.map(() => ({ facts: nothing, coverage: [] }));
    const donors = await ask(tokens, stations).then(
      (answer) => answer.data.donors,
      () => [],
    );
    return tokens.map((token, place) => {
      const donor = donors[place];
      if (donor?.token !== token) return silence(stations);
      return { facts: donor, coverage: complete(donor.coverage.stations, stations) };
    });
  };

  const loaderFor = createLoaders(heldElsewhereOf);
  return {
    heldElsewhere: (token, stations) =>
      stations.length === 0 ? Promise.resolve({ facts: nothing, coverage: [] }) : loaderFor(stations).load(token),
    heldElsewhereOf,
    stop: () => pool.close(),
  };
}
