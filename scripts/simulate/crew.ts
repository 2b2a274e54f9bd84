/** Several threads at one simulation. Each leads every n-th person, so the counts are the same however many there are. */
import { Worker } from 'node:worker_threads';

import { z } from 'zod';

import { CivilDate } from '#schema/calendar.ts';
import { Problem } from '#scripts/lookout/problem.ts';

import { createRegion } from './region.ts';
import { createSimulation } from './simulation.ts';
import { addTo, counts, createTally } from './tally.ts';
import type { Tally } from './tally.ts';
import { variants } from './variants.ts';
import type { VariantName } from './variants.ts';

const Wanted = z.object({
  seed: z.int(),
  stations: z.int(),
  until: CivilDate,
  years: z.number(),
  scale: z.number(),
});
export type Wanted = z.infer<typeof Wanted>;

/** What one thread is told. */
export const Share = Wanted.extend({ first: z.int(), step: z.int() });
type Share = z.infer<typeof Share>;

/** What one thread says: people and presentations since it last said something; the tallies at the end. */
const Message = z.object({
  people: z.int(),
  led: z.int(),
  tallies: z.array(z.record(z.enum(counts), z.number())).nullable(),
});
export type Message = z.infer<typeof Message>;

/** What came of it, a tally for each variant. */
export type Results = Readonly<Record<VariantName, Tally>>;

function work(share: Share, onMessage: (message: Message) => void): Promise<void> {
  const worker = new Worker(new URL('worker.ts', import.meta.url), { workerData: share });
  return new Promise((resolve, reject) => {
    worker.on('message', (said: unknown) => {
      onMessage(Message.parse(said));
    });
    worker.on('error', reject);
    worker.on('exit', (code) => {
      if (code === 0) resolve();
      else reject(new Problem(`A thread of the simulation ended with ${code}.`, 'failed'));
    });
  });
}

/** How far a simulation is: people led, of how many, and how often they came. */
export interface Progressed {
  readonly people: number;
  readonly size: number;
  readonly led: number;
}

export async function simulate(
  wanted: Wanted,
  workers: number,
  onProgress: (progressed: Progressed) => void,
): Promise<Results> {
  const region = createRegion(wanted.stations);
  const { size } = createSimulation({ ...wanted, region, variants: [], withPast: true }).population;
  const results = variants.map(() => createTally());
  let [people, led] = [0, 0];
  const hear = (message: Message): void => {
    people += message.people;
    led += message.led;
    onProgress({ people, size, led });
    for (const [place, tally] of (message.tallies ?? []).entries()) addTo(results[place] ?? createTally(), tally);
  };
  await Promise.all(Array.from({ length: workers }, (_, first) => work({ ...wanted, first, step: workers }, hear)));
  const named = variants.map(({ name }, place) => [name, results[place] ?? createTally()] as const);
  return Object.fromEntries(named) as Results;
}
