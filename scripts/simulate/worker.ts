/** One thread with its share of the people: counts, and says now and then how far it is. */
import { parentPort, workerData } from 'node:worker_threads';

import { Share } from './crew.ts';
import type { Message } from './crew.ts';
import { createRegion } from './region.ts';
import { createSimulation } from './simulation.ts';
import { variants } from './variants.ts';

const reportEvery = 2_000;

const { first, step, stations, ...options } = Share.parse(workerData);
const simulation = createSimulation({ ...options, region: createRegion(stations), variants, withPast: true });
const say = (message: Message): void => {
  parentPort?.postMessage(message);
};

let [people, led] = [0, 0];
for (let index = first; index < simulation.population.size; index += step) {
  led += simulation.lead(index)?.presentations.length ?? 0;
  people += 1;
  if (people % reportEvery !== 0) continue;
  say({ people, led, tallies: null });
  [people, led] = [0, 0];
}
say({ people, led, tallies: simulation.results.map(({ tally }) => tally) });
