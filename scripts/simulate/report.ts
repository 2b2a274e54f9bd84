/** What came of a simulation, as a table for a person and as an object for a program. */
import Table from 'cli-table3';

import type { Results, Wanted } from './crew.ts';
import type { Count, Tally } from './tally.ts';
import { variants } from './variants.ts';

/** How often something happened among something else. */
interface Rate {
  readonly name: string;
  readonly title: string;
  readonly count: Count;
  readonly among: (tally: Tally) => number;
  readonly per: number;
}

const ofBlood = ({ bloodDonations }: Tally): number => bloodDonations;
const ofPlasma = ({ plasmaDonations }: Tally): number => plasmaDonations;
const ofPresentations = ({ presentations }: Tally): number => presentations;

const broken: readonly Rate[] = [
  {
    name: 'wholeBloodWithin30DaysPer10k',
    title: 'whole blood twice in 30 days, per 10,000',
    count: 'wholeBloodWithin30Days',
    among: ofBlood,
    per: 10_000,
  },
  {
    name: 'shieldedGaveElsewherePer100k',
    title: 'shielded gave elsewhere, per 100,000',
    count: 'shieldedGaveElsewhere',
    among: ofBlood,
    per: 100_000,
  },
  {
    name: 'plasmaAtTwoStationsPer100k',
    title: 'plasma at two stations, per 100,000',
    count: 'plasmaAtTwoStations',
    among: ofPlasma,
    per: 100_000,
  },
];

const price: readonly Rate[] = [
  {
    name: 'deferredPer10k',
    title: 'deferred, per 10,000 who came',
    count: 'deferred',
    among: ofPresentations,
    per: 10_000,
  },
  { name: 'referredPer10k', title: 'referred, per 10,000', count: 'referred', among: ofPresentations, per: 10_000 },
  {
    name: 'unheardPer10k',
    title: 'held, a station not heard, per 10,000',
    count: 'unheard',
    among: ofPresentations,
    per: 10_000,
  },
  {
    name: 'chairTakenPer10k',
    title: 'chair taken elsewhere, per 10,000',
    count: 'chairTaken',
    among: ofPresentations,
    per: 10_000,
  },
];

/** Why something broken remained, for the table. */
const causes: readonly (readonly [Count, string])[] = [
  ['notShared', 'nobody told the other station'],
  ['lateUpload', 'told too late'],
  ['alternativeDocument', 'another document of the same person'],
  ['mistypedDocument', 'a number typed wrong'],
  ['borrowedDocument', "somebody else's document"],
  ['sameMoment', 'in two chairs at once'],
  ['heldAtRelease', 'of these, held before the unit left'],
];

const rateOf = ({ count, among, per }: Rate, tally: Tally): number => {
  const all = among(tally);
  return all === 0 ? 0 : (tally[count] * per) / all;
};

/** Everything that was counted, with the rates made of it. No time of day and no machine: the same seed says the same. */
export function objectOf(wanted: Wanted, results: Results): object {
  return {
    ...wanted,
    variants: variants.map(({ name, title }) => {
      const tally = results[name];
      const rates = [...broken, ...price].map((rate) => [rate.name, Number(rateOf(rate, tally).toFixed(4))] as const);
      return { name, title, counts: tally, rates: Object.fromEntries(rates) };
    }),
  };
}

const figure = (value: number): string => value.toLocaleString('en', { maximumFractionDigits: 2 });

export function tableOf(results: Results): string {
  const table = new Table({
    head: ['', ...variants.map(({ title }) => title)],
    colAligns: ['left', ...variants.map(() => 'right' as const)],
    style: { head: [], border: [], compact: true },
  });
  const row = (title: string, value: (tally: Tally) => string): void => {
    table.push([title, ...variants.map(({ name }) => value(results[name]))]);
  };
  row('came', ({ presentations }) => figure(presentations));
  row('blood donations', ({ bloodDonations }) => figure(bloodDonations));
  row('came too soon', ({ hastyPresentations }) => figure(hastyPresentations));
  row('came while shielded elsewhere', ({ shieldedPresentations }) => figure(shieldedPresentations));
  row('plasma sittings', ({ plasmaDonations }) => figure(plasmaDonations));
  for (const rate of broken) {
    row(rate.title, (tally) => `${figure(rateOf(rate, tally))} (${figure(tally[rate.count])})`);
  }
  row('given against a rule, all in all', (tally) => figure(tally.broken));
  for (const [count, title] of causes) row(`  ${title}`, (tally) => figure(tally[count]));
  for (const rate of price) row(rate.title, (tally) => figure(rateOf(rate, tally)));
  row('turned away though allowed', ({ turnedAwayWrongly }) => figure(turnedAwayWrongly));
  const legend = variants.map(({ title, meaning }) => `${title}: ${meaning}`).join('; ');
  return [table.toString(), `${legend}.`, comparison].join('\n');
}

const comparison = `Published: Colombia, whole blood twice in 30 days per 10,000 donations, 28.8 before its register and 0.9 with it;
Zhejiang, shielded people at another station, 4.7 per 100,000 donors. How often people try is put in; what comes of it is not.`;
