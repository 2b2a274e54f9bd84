/** When a station of the region cannot be heard: the same for everybody who asks, and for everybody who simulates it. */
import type { Chance } from './chance.ts';
import { reporting } from './parameters.ts';
import type { Region } from './region.ts';
import { minuteOf } from './time.ts';

/** From a minute up to, and without, another. */
interface Outage {
  readonly from: number;
  until: number;
}

export interface Outages {
  /** The first minute from `minute` on at which every station is heard. */
  everybodyFrom(minute: number): number;
  /** The first minute from `minute` on at which one station is heard. */
  stationFrom(station: number, minute: number): number;
}

/** Outages that touch are one. */
function merged(outages: readonly Outage[]): Outage[] {
  const result: Outage[] = [];
  for (const { from, until } of outages.toSorted((one, other) => one.from - other.from)) {
    const last = result.at(-1);
    if (last !== undefined && from <= last.until) last.until = Math.max(last.until, until);
    else result.push({ from, until });
  }
  return result;
}

function firstHeard(outages: readonly Outage[], minute: number): number {
  let [low, high] = [0, outages.length];
  while (low < high) {
    const middle = (low + high) >> 1;
    if (minute < (outages[middle]?.until ?? 0)) high = middle;
    else low = middle + 1;
  }
  const next = outages[low];
  return next !== undefined && next.from <= minute ? next.until : minute;
}

/** Streams of chance beyond those of any person. */
const firstStream = 2 ** 40;

/** @param fromDay the outages of all days from this one up to, and without, `untilDay`. */
export function createOutages(
  seed: number,
  { stations }: Region,
  chance: Chance,
  [fromDay, untilDay]: readonly [fromDay: number, untilDay: number],
): Outages {
  const between = (365 * 1_440) / reporting.outagesAYear;
  const ofStation = stations.map(({ index }) => {
    chance.begin(seed, firstStream + index);
    const outages: Outage[] = [];
    for (let at = minuteOf(fromDay, 0); ;) {
      const from = at + Math.ceil(chance.wait(between));
      if (from >= minuteOf(untilDay, 0)) return merged(outages);
      at = from + Math.ceil(chance.wait(reporting.outageMinutes));
      outages.push({ from, until: at });
    }
  });
  const all = merged(ofStation.flat());
  return {
    everybodyFrom: (minute) => firstHeard(all, minute),
    stationFrom: (station, minute) => firstHeard(ofStation[station] ?? [], minute),
  };
}
