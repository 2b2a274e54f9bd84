import { describe, expect, test } from 'vitest';

import { createWatermarks } from '#node/domain/watermark.ts';
import type { Heartbeat } from '#schema/events.ts';
import { jiangsu, shanghai } from '#test/support/facts.ts';

const beat = (asOf: number | null, seqs: number[]): Heartbeat => ({ origin: jiangsu, asOf, seqs });
const upTo = (seq: number, highest = seq) => ({ upTo: seq, highest, forkedAt: null });

describe('a watermark', () => {
  test('is there once all the heartbeat promised is applied, in every partition', () => {
    const marks = createWatermarks(2);
    marks.observe(beat(1000, [2, 1]));
    marks.heard(jiangsu, 0, upTo(2));
    expect(marks.watermarkOf(jiangsu)).toBeNull();
    marks.heard(jiangsu, 1, upTo(1));
    expect(marks.watermarkOf(jiangsu)).toBe(1000);
    expect(marks.watermarkOf(shanghai)).toBeNull();
  });

  test('moves with each heartbeat that is kept, and never back', () => {
    const marks = createWatermarks(1);
    marks.observe(beat(1000, [0]));
    marks.observe(beat(2000, [0]));
    marks.observe(beat(1500, [0]));
    expect(marks.watermarkOf(jiangsu)).toBe(2000);
  });

  test('waits for what is missing in between', () => {
    const marks = createWatermarks(1);
    marks.observe(beat(1000, [3]));
    marks.heard(jiangsu, 0, upTo(1, 3));
    expect([marks.watermarkOf(jiangsu), marks.isBroken(jiangsu)]).toEqual([null, true]);
    marks.heard(jiangsu, 0, upTo(3));
    expect([marks.watermarkOf(jiangsu), marks.isBroken(jiangsu)]).toEqual([1000, false]);
  });

  test('is taken back by a fork below it, and there again when the fork is settled', () => {
    const marks = createWatermarks(1);
    marks.heard(jiangsu, 0, upTo(5));
    marks.observe(beat(1000, [5]));
    const before = marks.revision();
    marks.heard(jiangsu, 0, { upTo: 5, highest: 5, forkedAt: 4 });
    expect(marks.watermarkOf(jiangsu)).toBeNull();
    expect(marks.revision()).toBeGreaterThan(before);
    marks.heard(jiangsu, 0, upTo(5));
    expect(marks.watermarkOf(jiangsu)).toBe(1000);
  });

  test('is taken back while the copy is being built again', () => {
    const marks = createWatermarks(1);
    marks.heard(jiangsu, 0, upTo(5));
    marks.observe(beat(1000, [5]));
    marks.forget();
    expect(marks.watermarkOf(jiangsu)).toBeNull();
    marks.heard(jiangsu, 0, upTo(4));
    expect(marks.watermarkOf(jiangsu)).toBeNull();
    marks.heard(jiangsu, 0, upTo(5));
    expect(marks.watermarkOf(jiangsu)).toBe(1000);
  });

  test('is not made of a heartbeat without a time, for other partitions, or of the future', () => {
    const marks = createWatermarks(2);
    marks.observe(beat(null, [0, 0]));
    marks.observe(beat(1000, [0]));
    marks.observe(beat(1000, [0, 0, 0]));
    expect(marks.watermarkOf(jiangsu)).toBeNull();
    marks.observe(beat(9_999_999, [0, 0]), 5000);
    expect(marks.watermarkOf(jiangsu)).toBe(5000);
  });

  test('comes at last however many heartbeats were ahead of what is applied', () => {
    const marks = createWatermarks(1);
    for (let number = 1; number <= 10_000; number += 1) marks.observe(beat(number, [number]));
    marks.heard(jiangsu, 0, upTo(9_999));
    expect(marks.watermarkOf(jiangsu)).toBeGreaterThan(0);
    marks.heard(jiangsu, 0, upTo(10_000));
    expect(marks.watermarkOf(jiangsu)).toBe(10_000);
  });
});
