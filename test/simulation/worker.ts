/**
 * Runs seeds for scripts/simulate-log.ts, which begins one such process a core: `worker.ts <first> <count> <every> <steps>`.
 * Says one line of JSON a seed; with `trace` as a fifth word, every line of the trace before it.
 */
import { reportOf } from './report.ts';
import { simulate } from './simulate.ts';

const [first = 0, count = 1, every = 1, steps = 1_000] = process.argv.slice(2, 6).map(Number);
const isTraced = process.argv[6] === 'trace';

for (let place = 0; place < count; place += 1) {
  const seed = first + place * every;
  const onLine = (line: string): void => {
    console.log(line);
  };
  const result = await simulate({ seed, steps, ...(isTraced ? { onLine } : {}) });
  const report = result.violation === null ? null : reportOf(result, steps);
  console.log(JSON.stringify({ seed, report, counts: result.counts }));
}
