/** `npm run simulate -- write`: data in the form of the import, from ten donations to ten million. */
import { writeFile } from 'node:fs/promises';
import path from 'node:path';

import type { CivilDate } from '#schema/calendar.ts';
import { bar } from '#scripts/lookout/terminal.ts';
import type { Progress } from '#scripts/lookout/terminal.ts';

import { createRegion } from '../region.ts';
import { usualRuleSet } from '../simulation.ts';
import { dayNamed } from '../time.ts';
import { checksHeading, createChecks } from './checks.ts';
import { openFolder, writeStation, writeStations } from './folder.ts';
import { createHoldings } from './holdings.ts';
import type { Led } from './holdings.ts';

export interface WriteOptions {
  readonly folder: string;
  readonly seed: number;
  readonly stations: number;
  readonly until: CivilDate;
  readonly years: number;
  readonly donations: number;
  /** How many questions with expected answers are written beside; none when 0. */
  readonly checks: number;
  readonly progress: Progress;
}

/** What was written. */
export interface Written {
  readonly people: number;
  readonly donations: number;
  readonly lookouts: number;
  readonly registrations: number;
  readonly checks: number;
}

export async function writeRegion(options: WriteOptions): Promise<Written> {
  const { folder, seed, until, donations, progress } = options;
  const region = createRegion(options.stations);
  await openFolder(folder);
  const checkOf = createChecks({ seed, region, ruleSet: usualRuleSet(), endsOn: dayNamed(until) });
  const checks: string[] = [];
  const onPerson = (led: Led): void => {
    if (checks.length < options.checks) checks.push(checkOf(led, checks.length + 1));
  };
  const onProgress = (count: number): void => {
    progress.update(`Simulating ${bar(count, donations)} ${count} donations`);
  };
  const holdings = createHoldings({ ...options, region, onPerson, onProgress });
  await writeStations(folder, region);
  let written = 0;
  for (const holding of holdings.stations) {
    await writeStation(folder, holding);
    written += holding.draws.length;
    progress.update(`Writing ${bar(written, donations)} ${holding.station.code}`);
  }
  if (options.checks > 0) {
    await writeFile(path.join(folder, 'checks.csv'), [checksHeading, ...checks].join(''));
  }
  const sum = (count: (holding: (typeof holdings.stations)[number]) => number): number =>
    holdings.stations.reduce((total, holding) => total + count(holding), 0);
  return {
    people: holdings.people,
    donations: written,
    lookouts: sum(({ listings }) => listings.length),
    registrations: sum(({ registrations }) => registrations.length),
    checks: checks.length,
  };
}
