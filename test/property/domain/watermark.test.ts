import fc from 'fast-check';
import { expect, test } from 'vitest';

import { isCompleteTo, nothingHeard } from '#node/domain/sequence.ts';
import type { Heard } from '#node/domain/sequence.ts';
import { createWatermarks } from '#node/domain/watermark.ts';
import { jiangsu } from '#test/support/facts.ts';

const partitions = 3;
const seqs = fc.array(fc.nat(20), { minLength: partitions, maxLength: partitions });
const steps = fc.oneof(
  fc.record({ asOf: fc.nat(1000), seqs }),
  fc.record({
    partition: fc.nat(partitions - 1),
    heard: fc
      .tuple(fc.nat(20), fc.nat(3), fc.option(fc.integer({ min: 1, max: 20 }), { freq: 6 }))
      .map(([upTo, more, forkedAt]): Heard => ({ upTo, highest: upTo + more, forkedAt })),
  }),
);

test('a watermark is always the time of some heartbeat of which everything is applied now', () => {
  fc.assert(
    fc.property(fc.array(steps, { maxLength: 60 }), (history) => {
      const marks = createWatermarks(partitions);
      const heard: Heard[] = Array.from({ length: partitions }, () => nothingHeard);
      const promised: { asOf: number; seqs: number[] }[] = [];
      for (const step of history) {
        if ('asOf' in step) {
          promised.push(step);
          marks.observe({ origin: jiangsu, ...step });
        } else {
          heard[step.partition] = step.heard;
          marks.heard(jiangsu, step.partition, step.heard);
        }
        const isKept = (each: { seqs: number[] }): boolean =>
          each.seqs.every((seq, partition) => isCompleteTo(heard[partition] ?? nothingHeard, seq));
        const mark = marks.watermarkOf(jiangsu);
        if (mark !== null) expect(promised.some((each) => each.asOf === mark && isKept(each))).toBe(true);
        const last = promised.at(-1);
        if (last !== undefined && 'asOf' in step && isKept(last)) expect(mark ?? -1).toBeGreaterThanOrEqual(last.asOf);
      }
    }),
    { numRuns: 1000 },
  );
});
