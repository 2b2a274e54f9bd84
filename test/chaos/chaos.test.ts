/**
 * The invariants of the donor log on real PostgreSQL and real Kafka: three stations under load while their processes and the
 * broker are killed and held still; then every station is held against a serial reading of the topic. In small here; whole
 * with `CHAOS_FACTS=10000 npx vitest run --project chaos`, another history with `CHAOS_SEED`.
 */
import { describe, expect, inject, test } from 'vitest';

import { createRandom } from '#test/simulation/random.ts';

import { strike } from './blows.ts';
import { startFederation } from './federation.ts';
import { work } from './load.ts';
import { drain, problemsOf, readOracle } from './verdict.ts';

const facts = Number(process.env['CHAOS_FACTS'] ?? 400);
const seed = Number(process.env['CHAOS_SEED'] ?? 1);
const isWhole = facts > 1_000;
const isTold = process.env['CHAOS_SEED'] !== undefined;
const fewestBlows = 6;

/** One line a while, with the time left, in the whole run. */
function createProgress(): (done: number) => void {
  const began = performance.now();
  return (done) => {
    if (!isWhole || done % 250 !== 0) return;
    const seconds = (performance.now() - began) / 1_000;
    const left = Math.ceil((seconds / done) * (facts - done));
    console.log(`${done} of ${facts} facts, ${(done / seconds).toFixed(0)} a second, about ${left} s left`);
  };
}

describe.skipIf(!inject('ownKafka'))('under load, with processes killed and held still', () => {
  test('every copy is what a serial reading gives, nothing acknowledged is lost, no chair is given twice', async () => {
    await using federation = await startFederation();
    const ending = new AbortController();
    const struck = new Map<string, number>();
    let isStriking = true;
    const blows = strike(federation, createRandom(seed), ending.signal, struck).finally(() => {
      isStriking = false;
    });
    const countBlows = (): number => [...struck.values()].reduce((sum, times) => sum + times, 0);
    const working = work({
      stations: federation.stations,
      random: createRandom(seed + 1),
      facts,
      goesOn: (count) => count < facts || (isStriking && countBlows() < fewestBlows),
      restMs: isWhole ? 0 : 200,
      onProgress: createProgress(),
    }).finally(() => {
      ending.abort();
    });
    const [done] = await Promise.all([working, blows]);
    await drain(federation, 120_000);

    const { oracle, log } = await readOracle(federation);
    const summary = { seed, records: log.flat().length, events: oracle.events.size, ...Object.fromEntries(struck) };
    const told = Object.fromEntries(done.told);
    if (isWhole || isTold) console.log(summary, told, `${oracle.permits.length} permits granted`);
    expect(await problemsOf(federation, done, oracle), JSON.stringify(summary)).toEqual([]);
    expect(done.permits.length, JSON.stringify(told)).toBeGreaterThan(0);
  });
});
