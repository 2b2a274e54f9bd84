/** Memory while a long file is imported: that of a few chunks, however long the file is. */
import { setFlagsFromString } from 'node:v8';
import { runInNewContext } from 'node:vm';

import { expect, test } from 'vitest';

import { openStation } from './station-under-test.ts';

const heading = 'donation_no,document_type,document_number,procedure,collected_at,volume_ml,outcome\n';
const rows = 200_000;

// The collector at hand, so that what is measured is what is held, not what waits to be swept.
setFlagsFromString('--expose-gc');
const collect = runInNewContext('gc') as () => void;

const held = () => {
  collect();
  const { heapUsed, external, arrayBuffers } = process.memoryUsage();
  return (heapUsed + external + arrayBuffers) / 1024 / 1024;
};

test('a long file takes no more memory at its end than at its beginning', async () => {
  await using station = await openStation('330198B01');
  const samples: number[] = [];
  async function* input() {
    let text = heading;
    for (let index = 0; index < rows; index += 1) {
      text += `M${index},01,330598198908257048,WHOLE_BLOOD,2026-01-05T09:00:00+08:00,400,COMPLETE\n`;
      if (text.length > 65_536) {
        yield Buffer.from(text);
        text = '';
      }
      if (index % 20_000 === 10_000) samples.push(held());
    }
    await Promise.resolve();
    yield Buffer.from(text);
  }
  const { summary } = await station.import('donations', input());
  expect(summary.inserted).toBe(rows);
  const [, second = 0] = samples;
  // The file is 17 MiB; what is held at its end is what was held at its beginning.
  expect(Math.max(...samples) - second).toBeLessThan(8);
});
