/**
 * Who is a member, in versions: an operator suspends and reinstates, with effect from some time before, since signatures have to
 * be gathered; each station hears of a version when chance has it. What it went by when is remembered for the checker.
 */
import type { Directory, Suspension } from '#schema/directory.ts';
import type { StationCode } from '#schema/ids.ts';
import type { DirectoryPort } from '#node/ports.ts';

import { directory as first, members } from './ids.ts';
import type { World } from './world.ts';

/** So many stay active. */
const leastActive = 3;

export interface Directories {
  /** What a station goes by; it outlives its process. */
  portOf(station: StationCode): DirectoryPort;
  /** Suspends a member, or reinstates one. */
  change(): void;
  reinstateAll(): void;
  /** A station hears of a version that is new to it, if there is one. */
  hear(station: StationCode): void;
  hearAll(): void;
  newest(): Directory;
  /** A station has judged again what a version changed. */
  judged(station: StationCode, by: Directory): void;
  isJudged(station: StationCode): boolean;
  /** What a station went by in a span of true time. */
  goneBy(station: StationCode, from: number, to: number): readonly Directory[];
  /** The same, with what its copy may still have been judged by. */
  judgedBy(station: StationCode, from: number, to: number): readonly Directory[];
}

interface Step {
  readonly at: number;
  readonly version: number;
}

/** The versions of one station, in order. */
interface Heard {
  readonly held: Step[];
  readonly judged: Step[];
}

const versionAt = (steps: readonly Step[], time: number): number =>
  steps.findLast(({ at }) => at < time)?.version ?? first.version;
const lastOf = (steps: readonly Step[]): number => versionAt(steps, Infinity);

/** When a decision takes effect that is published now. */
function effectOf({ random, now }: World, suspensions: readonly Suspension[]): string {
  const last = suspensions.at(-1);
  const earliest = last === undefined ? 0 : Date.parse(last.until ?? last.since);
  const ago = random.whole(0, random.pick([0, 5_000, 60_000, 3_600_000]));
  return new Date(Math.max(earliest, now() - ago)).toISOString();
}

export function createDirectories(world: World): Directories {
  const { random, now, trace } = world;
  const versions: Directory[] = [first];
  const stations = new Map<StationCode, Heard>(members.map(({ code }) => [code, { held: [], judged: [] }]));
  const newest = (): Directory => versions.at(-1) ?? first;
  const heardBy = (station: StationCode): Heard => stations.get(station) ?? { held: [], judged: [] };

  function turn(code: StationCode): void {
    const changed = newest().members.map((member) => {
      if (member.code !== code) return member;
      const { status, suspensions } = member;
      const effect = effectOf(world, suspensions);
      trace.note(`${code} is ${status === 'ACTIVE' ? 'suspended' : 'reinstated'} as of ${effect}`);
      if (status === 'ACTIVE') {
        return {
          ...member,
          status: 'SUSPENDED' as const,
          suspensions: [...suspensions, { since: effect, until: null }],
        };
      }
      const ended = suspensions.map((one) => (one.until === null ? { ...one, until: effect } : one));
      return { ...member, status: 'ACTIVE' as const, suspensions: ended };
    });
    versions.push({ ...newest(), version: versions.length + 1, members: changed });
  }

  function hold(station: StationCode, version: number): void {
    trace.note(`${station} takes version ${version} of the directory`);
    heardBy(station).held.push({ at: now(), version });
  }

  /** A version and those a station took after it. */
  function since(station: StationCode, least: number, to: number): Directory[] {
    const later = heardBy(station).held.filter(({ version, at }) => version > least && at <= to);
    return [{ version: least }, ...later].flatMap(({ version }) => versions[version - 1] ?? []);
  }

  return {
    portOf: (station) => ({ current: () => versions[lastOf(heardBy(station).held) - 1] ?? first }),
    change() {
      const active = newest().members.filter(({ status }) => status === 'ACTIVE');
      const suspended = newest().members.filter(({ status }) => status === 'SUSPENDED');
      const mayTurn = [...suspended, ...(active.length > leastActive ? active : [])];
      turn(random.pick(mayTurn).code);
    },
    reinstateAll() {
      for (const { code, status } of newest().members) if (status === 'SUSPENDED') turn(code);
    },
    hear(station) {
      const held = lastOf(heardBy(station).held);
      if (held < versions.length) hold(station, random.whole(held + 1, versions.length));
    },
    hearAll() {
      for (const [station, { held }] of stations) if (lastOf(held) < versions.length) hold(station, versions.length);
    },
    newest,
    judged(station, { version }) {
      const { judged } = heardBy(station);
      if (lastOf(judged) !== version) judged.push({ at: now(), version });
    },
    isJudged: (station) => lastOf(heardBy(station).judged) === versions.length,
    goneBy: (station, from, to) => since(station, versionAt(heardBy(station).held, from), to),
    judgedBy(station, from, to) {
      const { held, judged } = heardBy(station);
      return since(station, Math.min(versionAt(held, from), versionAt(judged, from)), to);
    },
  };
}
