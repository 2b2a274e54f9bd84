/** One run: a seed, so many steps, then everything is mended and drained, and the checker looks at what is left. */
import { defaultRuleSetId, ruleSets } from '#schema/rule-sets.ts';
import type { StationCode } from '#schema/ids.ts';

import { act, passTime } from './actions.ts';
import type { Faults } from './actions.ts';
import { createChecker } from './checker.ts';
import { createDirectories } from './directories.ts';
import type { Breakage } from './faulty.ts';
import { checkFinally } from './final-check.ts';
import { directory, members, partitions, tokens } from './ids.ts';
import { createLedger } from './ledger.ts';
import { createPlaces } from './places.ts';
import { createSealChecker, sealed } from './signatures.ts';
import { createStation } from './station.ts';
import type { Station } from './station.ts';
import { Violation } from './violation.ts';
import { createVirtualLog } from './virtual-log.ts';
import type { Neighbour } from './virtual-network.ts';
import { createWorld } from './world.ts';
import type { World } from './world.ts';

export interface RunOptions {
  readonly seed: number;
  readonly steps: number;
  readonly breakage?: Breakage;
  /** The probability that a station never gets a record; by default 0 in most seeds, and some in the others. */
  readonly lossRate?: number;
  /** Sees each line of the trace. */
  readonly onLine?: (line: string) => void;
}

export interface RunResult {
  readonly seed: number;
  readonly violation: Violation | null;
  /** The end of the trace. */
  readonly last: readonly string[];
  /** Of the whole trace: two runs of a seed have the same. */
  readonly digest: string;
  readonly counts: Readonly<Record<string, number>>;
}

const ruleSet = ruleSets.get(defaultRuleSetId);

/** How often something small happens (a call goes on, a batch arrives, a loop turns) between two steps. */
const smallPerStep = 12;

/** So many small things at most until everything has settled. */
const longestDrain = 60_000;

/** So many small things after everything is drained are enough for a round of heartbeats and repairs. */
const longestCalm = 1_500;

function createSituation(world: World, options: RunOptions) {
  if (ruleSet === undefined) throw new RangeError('no rule set');
  const { random } = world;
  const { breakage = {} } = options;
  const cutFromLog = new Set<string>();
  const cut = new Set<string>();
  let isBrokerUp = true;
  const bugs: Error[] = [];
  const counts: Record<string, number> = {};

  const pair = (one: string, other: string): string => [one, other].sort().join(' ');
  const canTalk = (one: string, other: string): boolean => !cut.has(pair(one, other));

  // Most runs are of a log that loses nothing; some of a mirror that does.
  const lossRate = options.lossRate ?? (random.chance(0.3) ? 0.02 : 0);
  const log = createVirtualLog(world, {
    partitions,
    lossRate,
    isReachable: (station) => isBrokerUp && !cutFromLog.has(station),
  });
  const ledger = createLedger();
  const directories = createDirectories(world);
  const places = createPlaces(log, world.now);
  const verifier = createSealChecker(directory);
  const neighbours = new Map<StationCode, Neighbour>();
  const stations: Station[] = [];
  const checked = members.map(({ code }) => ({
    code,
    get disk() {
      return stationOf(code).disk;
    },
  }));
  const stationOf = (code: string): Station => {
    const found = stations.find(({ member }) => member.code === code);
    if (found === undefined) throw new RangeError(`no station ${code}`);
    return found;
  };
  const checker = createChecker({ ledger, ruleSet, stations: checked, directories, places });

  for (const member of members) {
    const station = createStation({
      world,
      member,
      ruleSet,
      directory: directories.portOf(member.code),
      log,
      ledger,
      verifier,
      neighbours: () => neighbours,
      breakage,
      onAnswer: (answer) => {
        counts[answer.decision.verdict] = (counts[answer.decision.verdict] ?? 0) + 1;
        try {
          checker.answered({ ...answer, station: member.code });
        } catch (error) {
          // Thrown in the middle of a station's work it would look like a failure of the station.
          bugs.push(error as Error);
        }
      },
      onBug: (error) => bugs.push(error),
      onJudged: (by) => {
        directories.judged(member.code, by);
      },
      onEnd: (life) => {
        log.end(life);
      },
    });
    stations.push(station);
    neighbours.set(member.code, {
      code: member.code,
      disk: station.disk,
      directory: directories.portOf(member.code),
      answers: (asker) => station.isUp() && !station.isPaused() && canTalk(asker, member.code),
      now: () => station.clock.clock.now(),
    });
  }

  const flip = (set: Set<string>, name: string, what: string): void => {
    if (!set.delete(name)) set.add(name);
    world.trace.note(`${what} ${name} ${set.has(name) ? 'cut' : 'healed'}`);
  };
  const faults: Faults = {
    flapNetwork() {
      const [one, other] = [random.pick(members).code, random.pick(members).code];
      if (one !== other) flip(cut, pair(one, other), 'network');
    },
    flapLog(station) {
      flip(cutFromLog, station.member.code, 'log of');
    },
    flapBroker() {
      isBrokerUp = !isBrokerUp;
      world.trace.note(`the log is ${isBrokerUp ? 'up' : 'down'}`);
    },
    forge() {
      const token = random.pick(tokens);
      const [partition, { code }] = [random.whole(0, partitions - 1), random.pick(members)];
      const value = random.pick([
        '',
        'garbage',
        'a.b.c',
        sealed('event', code, 'no json'),
        sealed('event', '999999B99', '{}'),
        sealed('heartbeat', code, '{}'),
      ]);
      log.inject('donors', { partition, key: token, value });
    },
    changeDirectory() {
      directories.change();
    },
  };

  return {
    stations,
    log,
    ledger,
    verifier,
    checker,
    directories,
    ruleSet,
    faults,
    bugs,
    counts,
    heal() {
      cut.clear();
      cutFromLog.clear();
      isBrokerUp = true;
      log.heal();
      // A suspended member is asked nothing, also not for what a mirror has lost of it.
      if (lossRate > 0) directories.reinstateAll();
      directories.hearAll();
      world.scheduler.faultRate = 0;
      for (const station of stations) {
        station.resume();
        station.start();
      }
    },
  };
}

type Situation = ReturnType<typeof createSituation>;

/** Something small: a call goes on, a batch arrives, a loop turns. */
async function small(world: World, { stations, log }: Situation): Promise<void> {
  const { random, scheduler } = world;
  if (random.chance(0.3)) world.pass(random.whole(0, 20));
  const kind = random.next();
  if (kind < 0.01 && log.land()) return;
  if (kind < 0.65 && (await scheduler.step())) return;
  if (kind < 0.85 && log.deliver()) {
    await scheduler.settled();
    return;
  }
  if (random.pick(stations).turn()) await scheduler.settled();
}

/** What is still to be done before everybody has everything. */
function undone({ stations, log, directories }: Situation): string[] {
  return stations.flatMap((station) => {
    const { disk } = station;
    const { code } = station.member;
    const isTold =
      disk.outbox.every(({ seq }) => seq !== null) &&
      disk.counted.every((seq, partition) => seq === disk.published[partition]);
    const others = station
      .running()
      .filter((name) => !/ (relay|heartbeat|repair|probe|retry|judging|reading|control|progress) /.test(name));
    return [
      ...(isTold ? [] : [`${code} has to tell`]),
      ...(log.isRead(code) ? [] : [`${code} has to read`]),
      ...(directories.isJudged(code) ? [] : [`${code} has to judge again`]),
      ...others,
    ];
  });
}

async function drain(world: World, situation: Situation): Promise<void> {
  const { log } = situation;
  let calm = 0;
  for (let round = 0; round < longestDrain; round += 1) {
    for (const bug of situation.bugs) throw bug;
    await small(world, situation);
    world.pass(world.random.whole(0, 30));
    // Drained for a while: heartbeats of after the last fact have come round, and repair has seen them.
    calm = !log.land() && undone(situation).length === 0 ? calm + 1 : 0;
    if (calm > longestCalm) return;
  }
  throw new Violation('it settles', [...undone(situation), ...world.scheduler.waiting()].join('; '));
}

async function play(world: World, situation: Situation, steps: number): Promise<void> {
  const { random, scheduler } = world;
  const faultWeight = random.pick([0.02, 0.08, 0.2]);
  scheduler.faultRate = random.pick([0, 0.01, 0.05]);
  for (const station of situation.stations) station.start();
  for (let step = 0; step < steps; step += 1) {
    passTime(world);
    act(world, situation.stations, situation.faults, faultWeight);
    if (random.chance(0.03)) situation.directories.hear(random.pick(situation.stations).member.code);
    await scheduler.settled();
    for (let count = random.whole(0, 2 * smallPerStep); count > 0; count -= 1) await small(world, situation);
    for (const bug of situation.bugs) throw bug;
  }
  situation.heal();
  await drain(world, situation);
  await checkFinally(situation);
}

/** Runs one seed. Rejects only on a mistake of the simulation or of a station's code; a broken invariant is in the result. */
export async function simulate(options: RunOptions): Promise<RunResult> {
  const world = createWorld(options.seed, options.onLine);
  const situation = createSituation(world, options);
  let violation: Violation | null = null;
  try {
    await play(world, situation, options.steps);
  } catch (error) {
    if (!(error instanceof Violation)) throw new Error(`seed ${options.seed}`, { cause: error });
    violation = error;
  }
  const { last, digest } = world.trace;
  return { seed: options.seed, violation, last: last(), digest: digest(), counts: situation.counts };
}
