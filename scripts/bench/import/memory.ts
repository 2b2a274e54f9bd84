/**
 * How much memory an import takes at its peak, for files of different lengths: `node scripts/bench/import/memory.ts 10000
 * 1000000`. Each length runs in a process of its own; lines are made as they are asked for, so none of it is the file.
 */
import { execFile } from 'node:child_process';
import { Readable } from 'node:stream';
import { fileURLToPath } from 'node:url';
import { parseArgs, promisify } from 'node:util';

import { importFile } from '#node/modules/import/import.ts';

import { openBenchStation } from './bench-station.ts';
import { buffersOf, csvLine, heading } from './rows.ts';

const mebibytes = (bytes: number) => Math.round(bytes / 1024 / 1024);

/** Runs one import here, and says what it took. */
async function measure(rows: number): Promise<string> {
  const { deps, stop } = await openBenchStation();
  let heap = 0;
  const look = () => {
    const { heapUsed, external } = process.memoryUsage();
    heap = Math.max(heap, heapUsed + external);
  };
  const atStart = mebibytes(process.memoryUsage().rss);
  const timer = setInterval(look, 20);
  try {
    const began = performance.now();
    const input = Readable.from(buffersOf(rows, csvLine, heading));
    const { inserted } = await importFile({
      kind: 'donations',
      input,
      deps,
      entry: { changed: () => Promise.resolve() },
      onEvent: look,
    });
    const seconds = ((performance.now() - began) / 1000).toFixed(1);
    const peak = mebibytes(process.resourceUsage().maxRSS * 1024);
    return `${inserted} rows in ${seconds} s: RSS ${atStart} MiB before, ${peak} MiB at the peak; heap and buffers at most ${mebibytes(heap)} MiB`;
  } finally {
    clearInterval(timer);
    await stop();
  }
}

const { positionals, values } = parseArgs({ allowPositionals: true, options: { here: { type: 'boolean' } } });
const lengths = positionals.length > 0 ? positionals : ['10000', '100000', '1000000'];
for (const length of lengths) {
  if (values.here === true) {
    console.log(await measure(Number(length)));
  } else {
    const run = promisify(execFile);
    const { stdout } = await run(process.execPath, [
      ...process.execArgv,
      fileURLToPath(import.meta.url),
      '--here',
      length,
    ]);
    process.stdout.write(stdout);
  }
}
