/** One station of a run: a disk that lasts, a clock, and lives of a process that run the real replication code. */
import type { Member } from '#schema/directory.ts';
import type { StationCode } from '#schema/ids.ts';

import { createDisk } from './disk.ts';
import type { Disk } from './disk.ts';
import { partitions } from './ids.ts';
import type { HeldPermit, Operations } from './operations.ts';
import { createParts } from './parts.ts';
import type { LoopRound, Parts, PartsOptions } from './parts.ts';
import type { Life } from './scheduler.ts';
import { createVirtualClock } from './virtual-clock.ts';
import type { VirtualClock } from './virtual-clock.ts';

export interface Station {
  readonly member: Member;
  readonly disk: Disk;
  readonly clock: VirtualClock;
  /** Permits its chairs hold; known to people, so a crash does not lose them. */
  readonly held: HeldPermit[];
  readonly operations: Operations;
  isUp(): boolean;
  isPaused(): boolean;
  start(): void;
  crash(): void;
  pause(): void;
  resume(): void;
  /** Runs something somebody does here; failures are noted, and are nobody's fault. */
  run(label: string, work: () => Promise<unknown>): void;
  /** Begins one round of one of the loops that is not running; answers whether it did. */
  turn(): boolean;
  /** The others of whom it does not know enough to answer from its copy. */
  behindOn(): StationCode[];
  /** What still runs. */
  running(): string[];
}

interface Setup extends Omit<PartsOptions, 'life' | 'disk' | 'clock' | 'onTold'> {
  readonly member: Member;
  readonly onEnd: (life: Life) => void;
}

export function createStation(setup: Setup): Station {
  const { world, member, onEnd } = setup;
  const { random, scheduler, trace } = world;
  const disk = createDisk(partitions);
  const clock = createVirtualClock(world, (random.next() - 0.5) * 0.0004);
  clock.turn(random.whole(-3_000, 3_000));
  const held: HeldPermit[] = [];
  let life: Life = { station: member.code, isAlive: false, isPaused: false };
  let parts: Parts | undefined;
  let running = new Set<string>();
  let runs = 0;

  function run(label: string, work: () => Promise<unknown>): void {
    const current = running;
    runs += 1;
    const name = `${label} ${runs}`;
    current.add(name);
    work().then(
      () => current.delete(name),
      (error: unknown) => {
        current.delete(name);
        trace.note(`${member.code} ${label} failed: ${String(error)}`);
        if (error instanceof TypeError || error instanceof RangeError || error instanceof ReferenceError)
          setup.onBug(error);
      },
    );
  }

  function needParts(): Parts {
    if (parts === undefined) throw new RangeError(`${member.code} does not run`);
    return parts;
  }

  /** Begins a round of one of these loops that is not running. */
  function begin(isMeant: (loop: LoopRound) => boolean): boolean {
    if (!life.isAlive || life.isPaused || parts === undefined) return false;
    const isRunning = ({ name }: LoopRound): boolean => [...running].some((each) => each.startsWith(`${name} `));
    const idle = parts.loops.filter((loop) => isMeant(loop) && !isRunning(loop));
    if (idle.length === 0) return false;
    const { name, step } = random.weighted(idle.map((loop) => [loop.weight, loop] as const));
    run(name, step);
    return true;
  }

  return {
    member,
    disk,
    clock,
    held,
    get operations() {
      return needParts().operations;
    },
    isUp: () => life.isAlive,
    isPaused: () => life.isPaused,
    start() {
      if (life.isAlive) return;
      life = { station: member.code, isAlive: true, isPaused: false };
      running = new Set();
      trace.note(`${member.code} starts`);
      // The relay is woken by what is told; now and then nobody hears the bell.
      const onTold = (): void => {
        if (random.chance(0.8)) begin(({ name }) => name === 'relay');
      };
      parts = createParts({ ...setup, life, disk, clock, onTold });
    },
    crash() {
      trace.note(`${member.code} is killed`);
      scheduler.end(life);
      onEnd(life);
      parts = undefined;
      running = new Set();
    },
    pause() {
      life.isPaused = !life.isPaused;
      trace.note(`${member.code} ${life.isPaused ? 'is stopped' : 'goes on'}`);
    },
    resume() {
      life.isPaused = false;
    },
    run,
    turn: () => begin(() => true),
    behindOn: () =>
      needParts()
        .freshness.current()
        .filter(({ state }) => state !== 'REPLICATED')
        .map(({ station }) => station),
    running: () => [...running].map((name) => `${member.code} ${name}`),
  };
}
