/**
 * Watermarks: up to which moment of the log's time this node knows everything an origin knew. A heartbeat promises "whoever has
 * applied these numbers knows all I knew at `asOf`"; the watermark is the newest promise that is kept (DESIGN section 4,
 * "Heartbeats").
 */
import type { Heartbeat } from '#schema/events.ts';
import type { StationCode } from '#schema/ids.ts';

import { isBroken, isCompleteTo, nothingHeard } from './sequence.ts';
import type { Heard } from './sequence.ts';

/** A heartbeat that says something. */
interface Promised {
  readonly asOf: number;
  readonly seqs: readonly number[];
}

interface Origin {
  readonly heard: Heard[];
  /** The newest promise that is kept; what was heard since may take it back (a fork, a replay). */
  kept: Promised | null;
  /** Promises not kept yet, oldest first. */
  readonly open: Promised[];
}

/** So many promises of one origin wait at most; when more come, every second of the old ones is forgotten. */
const mostOpen = 16;

/** What a node knows of the completeness of its copy, by origin. In memory only: rebuilt from progress and heartbeats. */
export interface Watermarks {
  /**
   * Notes a heartbeat; one without `asOf`, or for another number of partitions, proves nothing.
   *
   * @param appendedAt when the log took it: an honest `asOf` is not later.
   */
  observe(heartbeat: Heartbeat, appendedAt?: number): void;
  /** Notes what was applied of an origin in a partition; going back is allowed (a fork was seen, the copy is being rebuilt). */
  heard(origin: StationCode, partition: number, heard: Heard): void;
  /** Forgets what was applied, of everybody: the copy is being rebuilt. Promises stay. */
  forget(): void;
  /** Up to when everything this origin knew is applied, in log time; null while nothing proves anything. */
  watermarkOf(origin: StationCode): number | null;
  /** Whether anything of an origin is missing between what was heard, or in doubt. */
  isBroken(origin: StationCode): boolean;
  /** Rises whenever any watermark changes. */
  revision(): number;
}

function isKept({ seqs }: Promised, heard: readonly Heard[]): boolean {
  return seqs.every((seq, partition) => isCompleteTo(heard[partition] ?? nothingHeard, seq));
}

/** Forgets every second promise but the last. */
function thin(open: Promised[]): void {
  const last = open.length - 1;
  const left = open.filter((_, place) => place % 2 === 0 || place === last);
  open.splice(0, open.length, ...left);
}

/** Watermarks of a log with so many partitions. */
export function createWatermarks(partitions: number): Watermarks {
  const origins = new Map<StationCode, Origin>();
  let revision = 0;

  function originOf(code: StationCode): Origin {
    const known = origins.get(code);
    if (known !== undefined) return known;
    const fresh: Origin = { heard: Array.from({ length: partitions }, () => nothingHeard), kept: null, open: [] };
    origins.set(code, fresh);
    return fresh;
  }

  function keep(origin: Origin, promised: Promised): void {
    if (origin.kept !== null && origin.kept.asOf >= promised.asOf) return;
    origin.kept = promised;
    revision += 1;
  }

  /** Promises are kept in the order they were made, so the oldest tells whether there is anything to do. */
  function settle(origin: Origin): void {
    for (let next = origin.open[0]; next !== undefined && isKept(next, origin.heard); next = origin.open[0]) {
      origin.open.shift();
      keep(origin, next);
    }
  }

  function takeBack(origin: Origin): void {
    if (origin.kept === null || isKept(origin.kept, origin.heard)) return;
    origin.open.unshift(origin.kept);
    origin.kept = null;
    revision += 1;
  }

  return {
    observe({ origin: code, asOf, seqs }, appendedAt = Infinity) {
      if (asOf === null || seqs.length !== partitions) return;
      const origin = originOf(code);
      const promised = { asOf: Math.min(asOf, appendedAt), seqs };
      if (isKept(promised, origin.heard)) {
        origin.open.length = 0;
        keep(origin, promised);
        return;
      }
      origin.open.push(promised);
      if (origin.open.length > mostOpen) thin(origin.open);
    },

    heard(code, partition, heard) {
      if (partition < 0 || partition >= partitions) return;
      const origin = originOf(code);
      const before = origin.heard[partition] ?? nothingHeard;
      origin.heard[partition] = heard;
      if (heard.upTo < before.upTo || heard.forkedAt !== before.forkedAt) takeBack(origin);
      if (origin.open.length > 0) settle(origin);
    },

    forget() {
      for (const origin of origins.values()) {
        origin.heard.fill(nothingHeard);
        takeBack(origin);
      }
    },

    watermarkOf: (code) => origins.get(code)?.kept?.asOf ?? null,
    isBroken: (code) => origins.get(code)?.heard.some((heard) => isBroken(heard)) ?? false,
    revision: () => revision,
  };
}
