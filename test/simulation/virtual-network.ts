/** The way between stations: live questions for what another holds, and for events that are missing. It can be cut, and swallow answers. */
import { Fault } from '#schema/errors.ts';
import type { FaultCode } from '#schema/codes.ts';
import type { StationCoverage } from '#schema/coverage.ts';
import type { DonorFacts, DonorHolding } from '#schema/facts.ts';
import type { DonorToken, StationCode } from '#schema/ids.ts';
import { partitionOf } from '#schema/partition.ts';
import { countedHolding, countedOf, suspendedNow, wasSuspended } from '#node/domain/suspension.ts';
import { payloadOf } from '#node/domain/telling.ts';
import type { DirectoryPort, FederationAnswer, FederationPort, OriginPort } from '#node/ports.ts';

import { holdingOf } from './disk.ts';
import type { Disk } from './disk.ts';
import type { Life } from './scheduler.ts';
import { sealed } from './signatures.ts';
import { historyOf } from './virtual-inbox.ts';
import type { World } from './world.ts';

/** A station as others reach it. */
export interface Neighbour {
  readonly code: StationCode;
  readonly disk: Disk;
  /** Whether its process runs and can be reached now. */
  readonly answers: (asker: string) => boolean;
  /** By whom it goes who is a member. */
  readonly directory: DirectoryPort;
  /** Its own idea of the time. */
  readonly now: () => Date;
}

export type Neighbours = ReadonlyMap<StationCode, Neighbour>;

const unreachable = (station: StationCode): Fault => new Fault('STATION_UNREACHABLE', { station });

/** What it holds, as its own app answers it. */
function heldBy({ code, disk, directory }: Neighbour, token: DonorToken): DonorHolding {
  const { members } = directory.current();
  const [held, copy] = [holdingOf(disk, token), disk.copies[partitionOf(token, disk.copies.length)]];
  if (copy === undefined || !wasSuspended(members, code)) return held;
  return countedHolding(held, countedOf(historyOf(copy, token), suspendedNow(() => members)()), code);
}

function partOf(neighbour: Neighbour, token: DonorToken): DonorFacts {
  const { code } = neighbour;
  const held = heldBy(neighbour, token);
  const here = <T extends object>(fact: T): T & { station: StationCode } => ({ ...fact, station: code });
  return {
    donations: held.donations.map(here),
    bars: held.bars.map(here),
    registrations: held.registrations.map(here),
  };
}

const isActive = (directory: DirectoryPort, station: string): boolean =>
  directory.current().members.some(({ code, status }) => code === station && status === 'ACTIVE');

/** The neighbour, if it can be reached and answers who asks. */
function answering(neighbours: Neighbours, code: StationCode, asker: string): Neighbour {
  const neighbour = neighbours.get(code);
  if (neighbour?.answers(asker) !== true) throw unreachable(code);
  if (!isActive(neighbour.directory, asker)) throw new Fault('STATION_REFUSED', { station: code });
  return neighbour;
}

const missing = (station: StationCode, fault: FaultCode): StationCoverage => ({
  station,
  state: 'MISSING',
  asOf: null,
  fault,
});

/** How long a station waits for another's answer. */
const deadlineMs = 2_500;

export function createVirtualFederation(
  { scheduler, now }: World,
  life: Life,
  neighbours: () => Neighbours,
  directory: DirectoryPort,
): FederationPort {
  /** Nobody waits longer than this for an answer. */
  const late = (since: number): Promise<null> =>
    scheduler.call(life, 'has waited for an answer', () => null, { ready: () => now() - since > deadlineMs });

  async function ask(token: DonorToken, code: StationCode): Promise<{ coverage: StationCoverage; facts: DonorFacts }> {
    const nothing: DonorFacts = { donations: [], bars: [], registrations: [] };
    try {
      const answer = scheduler.call(
        life,
        `asks ${code}`,
        () => {
          const neighbour = answering(neighbours(), code, life.station);
          const asOf = neighbour.now().toISOString();
          return {
            coverage: { station: code, state: 'LIVE' as const, asOf, fault: null },
            facts: partOf(neighbour, token),
          };
        },
        { fault: () => unreachable(code) },
      );
      answer.catch(() => undefined);
      const part = await Promise.race([answer, late(now())]);
      if (part !== null && !isActive(directory, code)) throw new Fault('STATION_NOT_PROVED', { station: code });
      return part ?? { coverage: missing(code, 'STATION_TIMEOUT'), facts: nothing };
    } catch (error) {
      if (!(error instanceof Fault)) throw error;
      return { coverage: missing(code, error.code), facts: nothing };
    }
  }

  async function held(token: DonorToken, stations: readonly StationCode[]): Promise<FederationAnswer> {
    const parts = await Promise.all(stations.map((code) => ask(token, code)));
    return {
      facts: {
        donations: parts.flatMap(({ facts }) => facts.donations),
        bars: parts.flatMap(({ facts }) => facts.bars),
        registrations: parts.flatMap(({ facts }) => facts.registrations),
      },
      coverage: parts.map(({ coverage }) => coverage),
    };
  }

  return {
    heldElsewhere: (_asker, token, stations) => held(token, stations),
    heldElsewhereOf: (_asker, tokens, stations) => Promise.all(tokens.map((token) => held(token, stations))),
  };
}

const pageSize = 4;

/** What a station sends again of its own: signed once more, at the place where its own copy found it. */
export function createVirtualOrigins({ scheduler }: World, life: Life, neighbours: () => Neighbours): OriginPort {
  return {
    eventsSince: (origin, partition, seq) =>
      scheduler.call(
        life,
        `asks ${origin} for ${partition} from ${seq}`,
        () => {
          const { outbox, copies } = answering(neighbours(), origin, life.station).disk;
          const rows = outbox
            .flatMap((row) =>
              row.partition === partition && row.seq !== null && row.seq >= seq ? [{ ...row, seq: row.seq }] : [],
            )
            .sort((a, b) => a.seq - b.seq)
            .slice(0, pageSize);
          return rows.flatMap((row) => {
            const placed = copies[partition]?.events.get(`${origin} ${row.seq}`);
            if (placed === undefined) return [];
            const { offset, appendedAt } = placed;
            return [{ jws: sealed('event', origin, payloadOf(origin, row)), offset, appendedAt }];
          });
        },
        { fault: () => unreachable(origin) },
      ),
  };
}
