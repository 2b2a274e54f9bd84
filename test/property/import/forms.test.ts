/** However a system writes the same table, the records are the same, to the byte that goes to the database. */
import fc from 'fast-check';
import { expect, test } from 'vitest';

import { createHmacTokens } from '#node/adapters/hmac-tokens.ts';
import { readChunks } from '#node/modules/import/chunks.ts';
import { createLookoutReader } from '#node/modules/import/lookouts.ts';
import { readProfile } from '#node/modules/import/profile.ts';
import { readRows } from '#node/modules/import/rows.ts';
import { readText } from '#node/modules/import/text.ts';
import { CivilDate } from '#schema/calendar.ts';
import { StationCode } from '#schema/ids.ts';
import { Marker } from '#schema/procedures.ts';

const { lookouts: form } = await readProfile(StationCode.parse('330198B01'));
const today = CivilDate.parse('2026-11-21');
const circumstances = { kind: 'BLOOD', now: new Date('2026-11-21T20:00:00+08:00'), today } as const;
const tokens = createHmacTokens(Buffer.alloc(32, 7));

const day = fc
  .date({ min: new Date('2020-01-01'), max: new Date('2026-11-21'), noInvalidDate: true })
  .map((date) => date.toISOString().slice(0, 10));

/** A row by its headings; some make no sense. */
const row = fc.record({
  lookout_no: fc.stringMatching(/^[A-Z0-9]{1,12}$/),
  document_type: fc.constantFrom('01', '03', '07', '99'),
  document_number: fc.constantFrom('11010519491231002X', '110105491231002', 'E12345678', '12345678', ''),
  marker: fc.constantFrom(...Marker.options, '乙肝'),
  confirmed_on: day,
  cleared_on: fc.oneof(fc.constant(''), day),
  laboratory: fc.string({
    unit: fc.constantFrom('a', '"', ',', ' ', '\n', '\r', '实', '=', '\t', "'", '😀'),
    maxLength: 12,
  }),
  remark: fc.string({ unit: fc.constantFrom('x', '"', ',', '\n'), maxLength: 5 }),
});
type Line = typeof row extends fc.Arbitrary<infer Value> ? Value : never;

/** One way to write a table. */
const style = fc.record({
  order: fc.shuffledSubarray(
    [
      'lookout_no',
      'document_type',
      'document_number',
      'marker',
      'confirmed_on',
      'cleared_on',
      'laboratory',
      'remark',
    ] as const,
    { minLength: 8 },
  ),
  end: fc.constantFrom('\n', '\r\n', '\r'),
  lastEnd: fc.boolean(),
  mark: fc.boolean(),
  quoteAll: fc.boolean(),
  pieceLength: fc.integer({ min: 1, max: 400 }),
});
type Style = typeof style extends fc.Arbitrary<infer Value> ? Value : never;

function written(lines: readonly Line[], { order, end, lastEnd, mark, quoteAll }: Style): Buffer {
  const field = (text: string) => (quoteAll || /[",\r\n]/.test(text) ? `"${text.replaceAll('"', '""')}"` : text);
  const table = [order.map(field), ...lines.map((line) => order.map((name) => field(line[name])))];
  return Buffer.from((mark ? '\ufeff' : '') + table.map((cells) => cells.join(',')).join(end) + (lastEnd ? end : ''));
}

/** A field that is a UUID version 7: new for every row. */
const eventId = /00000010[0-9a-f]{12}7[0-9a-f]{3}[89ab][0-9a-f]{15}/g;

async function recordsOf(lines: readonly Line[], how: Style) {
  const bytes = written(lines, how);
  async function* input() {
    for (let from = 0; from < bytes.length; from += how.pieceLength) {
      await Promise.resolve();
      yield bytes.subarray(from, from + how.pieceLength);
    }
  }
  const chunks = [];
  const reader = createLookoutReader(form, circumstances);
  for await (const chunk of readChunks(readRows(readText(input(), form.encoding)), reader, tokens, 12)) {
    chunks.push({
      rows: chunk.rows,
      records: chunk.records.finish().toString('hex').replaceAll(eventId, ''),
      rejected: chunk.rejected.map(({ line, code }) => ({ line, code })),
    });
  }
  return chunks;
}

/** The line each row begins on, by counting the ends of lines in what was written before it. */
function firstLines(lines: readonly Line[]): number[] {
  const ends = (text: string) => text.match(/\r\n|\n|\r/g)?.length ?? 0;
  let next = 2;
  return lines.map((line) => {
    const first = next;
    next += 1 + Object.values(line).reduce((sum, text) => sum + ends(text), 0);
    return first;
  });
}

test('the same rows in any order of columns, quoting, line ends and pieces are the same records', async () => {
  await fc.assert(
    fc.asyncProperty(fc.array(row, { maxLength: 12 }), style, style, async (lines, one, other) => {
      expect(await recordsOf(lines, one)).toEqual(await recordsOf(lines, other));
    }),
    { numRuns: 200 },
  );
});

test('every row is either a record or rejected by the line it begins on', async () => {
  await fc.assert(
    fc.asyncProperty(fc.array(row, { maxLength: 12 }), style, async (lines, how) => {
      const [chunk] = await recordsOf(lines, how);
      const possible = firstLines(lines);
      expect(chunk?.rows).toBe(lines.length);
      for (const { line } of chunk?.rejected ?? []) expect(possible).toContain(line);
    }),
    { numRuns: 200 },
  );
});
