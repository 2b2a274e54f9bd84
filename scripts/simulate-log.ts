/**
 * The whole simulation of the donor log on demand: `npm run proof -- --seeds 1000 --steps 1000`, or one seed again with its
 * whole history: `npm run proof -- --seed 42`. What is simulated, and what must hold, is in test/simulation.
 */
import { spawn } from 'node:child_process';
import { availableParallelism } from 'node:os';
import path from 'node:path';
import { createInterface } from 'node:readline';

import { Command } from '@commander-js/extra-typings';
import { z } from 'zod';

const Line = z.object({ seed: z.int(), report: z.string().nullable(), counts: z.record(z.string(), z.number()) });
type Line = z.infer<typeof Line>;

const worker = path.join(import.meta.dirname, '..', 'test', 'simulation', 'worker.ts');

const whole = (text: string): number => z.coerce.number().int().min(0).parse(text);

const options = new Command('proof')
  .description(
    'Simulates the donor log: crashes, cuts, duplicates and wrong clocks by the seed, and a checker that knows the truth.',
  )
  .option('--seeds <count>', 'how many seeds', whole, 1_000)
  .option('--from <seed>', 'the first seed', whole, 1)
  .option('--steps <count>', 'how many things happen in a run', whole, 1_000)
  .option('--workers <count>', 'how many processes', whole, availableParallelism())
  .option('--seed <seed>', 'runs this one seed and shows everything that happens', whole)
  .parse()
  .opts();

/** One process with its share of the seeds. Resolves to whether it ended well. */
function run(shares: readonly (string | number)[], onLine: (line: string) => void): Promise<boolean> {
  const child = spawn(process.execPath, [worker, ...shares.map(String)], { stdio: ['ignore', 'pipe', 'inherit'] });
  createInterface({ input: child.stdout }).on('line', onLine);
  return new Promise((resolve) => {
    child.on('close', (code) => {
      resolve(code === 0);
    });
  });
}

function findLine(text: string): Line | undefined {
  return text.startsWith('{') ? Line.parse(JSON.parse(text)) : undefined;
}

async function showOne(seed: number, steps: number): Promise<boolean> {
  let isRight = false;
  const hasEnded = await run([seed, 1, 1, steps, 'trace'], (text) => {
    const line = findLine(text);
    console.log(line?.report ?? (line === undefined ? text : `seed ${seed}: every invariant holds`));
    if (line !== undefined) isRight = line.report === null;
  });
  return hasEnded && isRight;
}

function createTally(seeds: number) {
  const began = performance.now();
  const counts = new Map<string, number>();
  let [done, broken] = [0, 0];
  const say = (): void => {
    const seconds = (performance.now() - began) / 1_000;
    const left = Math.ceil((seconds / done) * (seeds - done));
    console.log(
      `${done} of ${seeds} seeds, ${broken} broken, ${(done / seconds).toFixed(1)} a second, about ${left} s left`,
    );
  };
  return {
    add(line: Line): void {
      done += 1;
      if (line.report !== null) {
        broken += 1;
        console.error(line.report);
      }
      for (const [name, count] of Object.entries(line.counts)) counts.set(name, (counts.get(name) ?? 0) + count);
      if (done % 20 === 0) say();
    },
    end(): boolean {
      const what = [...counts].map(([name, count]) => `${name} ${count}`).join(', ');
      console.log(`${done} seeds, ${broken} broken an invariant. In them: ${what}.`);
      return broken === 0 && done === seeds;
    },
  };
}

async function runAll({ seeds, from, steps, workers }: typeof options): Promise<boolean> {
  const tally = createTally(seeds);
  const shares = Array.from({ length: Math.min(workers, seeds) }, (_, place) => {
    const count = Math.floor(seeds / workers) + (place < seeds % workers ? 1 : 0);
    return run([from + place, count, workers, steps], (text) => {
      const line = findLine(text);
      if (line !== undefined) tally.add(line);
    });
  });
  const ends = await Promise.all(shares);
  return tally.end() && ends.every(Boolean);
}

const isRight = options.seed === undefined ? await runAll(options) : await showOne(options.seed, options.steps);
process.exitCode = isRight ? 0 : 1;
