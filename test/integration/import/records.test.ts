/** What becomes of a record that is repeated, contradicted or completed, in one file or in several. */
import { describe, expect, test } from 'vitest';

import { arriving, openStation } from './station-under-test.ts';

const donor = '330598198908257048';
const otherDonor = '330898197609063472';
const donations = 'donation_no,document_type,document_number,procedure,collected_at,volume_ml,outcome';
const lookouts = 'lookout_no,document_type,document_number,marker,confirmed_on,cleared_on,laboratory';
const registrations = 'registration_no,document_type,document_number,registered_on';

const draw = (number: string, volume = '400', document = donor) =>
  `${number},01,${document},WHOLE_BLOOD,2026-01-05T09:00:00+08:00,${volume},COMPLETE`;
const lookout = (number: string, cleared = '', marker = 'HBV') =>
  `${number},01,${donor},${marker},2026-01-05,${cleared},a laboratory`;

const linesOf = (rejected: readonly { line: number; code: string }[]) => rejected.map(({ line, code }) => [line, code]);

describe('a donation', () => {
  test('said twice is a duplicate, said differently a conflict, and the first stays', async () => {
    await using station = await openStation('330198B01');
    const first = await station.importLines(
      'donations',
      donations,
      draw('A1'),
      draw('A1'),
      draw('A1', '300'),
      draw('A2'),
    );
    expect(first.summary).toEqual({ rows: 4, inserted: 2, updated: 0, duplicates: 1, rejected: 1 });
    expect(linesOf(first.rejected)).toEqual([[4, 'CONFLICT']]);

    const second = await station.importLines(
      'donations',
      donations,
      draw('A2', '400', otherDonor),
      draw('A1'),
      draw('A3'),
    );
    expect(second.summary).toEqual({ rows: 3, inserted: 1, updated: 0, duplicates: 1, rejected: 1 });
    expect(linesOf(second.rejected)).toEqual([[2, 'CONFLICT']]);
    const { rows } = await station.pool.query('SELECT donation_no, volume_ml FROM donation ORDER BY 1');
    expect(rows).toEqual(['A1', 'A2', 'A3'].map((donation_no) => ({ donation_no, volume_ml: 400 })));
  });

  test('of a document in its old form, with a small x or a blank in front, is of the same donor', async () => {
    await using station = await openStation('330198B01');
    const forms = ['11010519491231002X', ' 11010519491231002x', '110105491231002'];
    await station.importLines('donations', donations, ...forms.map((form, index) => draw(`A${index}`, '400', form)));
    const { rows } = await station.pool.query(
      'SELECT count(*)::int, count(DISTINCT token)::int AS donors FROM donation',
    );
    expect(rows).toEqual([{ count: 3, donors: 1 }]);
  });

  test('repeated in a later chunk of a long file is found too', async () => {
    await using station = await openStation('330198B01');
    const many = Array.from({ length: 25_000 }, (_, index) =>
      draw(`N${index % 24_998}`, index === 24_999 ? '1' : '400'),
    );
    const { summary, rejected, progress } = await station.importLines('donations', donations, ...many);
    expect(summary).toEqual({ rows: 25_000, inserted: 24_998, updated: 0, duplicates: 1, rejected: 1 });
    expect(linesOf(rejected)).toEqual([[25_001, 'CONFLICT']]);
    expect(progress.length).toBeGreaterThan(1);
    expect(progress.at(-1)?.rows).toBe(25_000);
  });
});

describe('a lookout', () => {
  test('is cleared once, by the file that first says so', async () => {
    await using station = await openStation('330198B01');
    await station.importLines('lookouts', lookouts, lookout('L1'), lookout('L2'), lookout('L3'));
    const second = await station.importLines(
      'lookouts',
      lookouts,
      lookout('L1', '2026-03-01'),
      lookout('L2', '2026-03-01', 'HCV'),
      lookout('L3'),
    );
    expect(second.summary).toEqual({ rows: 3, inserted: 0, updated: 1, duplicates: 1, rejected: 1 });
    expect(linesOf(second.rejected)).toEqual([[3, 'CONFLICT']]);

    const third = await station.importLines(
      'lookouts',
      lookouts,
      lookout('L1', '2026-03-02'),
      lookout('L1'),
      lookout('L1', '2026-03-01'),
    );
    expect(third.summary).toEqual({ rows: 3, inserted: 0, updated: 0, duplicates: 1, rejected: 2 });
    const { rows } = await station.pool.query('SELECT lookout_no, cleared_on FROM lookout ORDER BY 1');
    expect(rows).toEqual([
      { lookout_no: 'L1', cleared_on: '2026-03-01' },
      { lookout_no: 'L2', cleared_on: null },
      { lookout_no: 'L3', cleared_on: null },
    ]);
  });

  test('open, cleared, cleared otherwise and open again in one file is read line by line', async () => {
    await using station = await openStation('330198B01');
    const file = [
      lookouts,
      lookout('L1'),
      lookout('L1'),
      lookout('L1', '2026-03-01'),
      lookout('L1', '2026-03-01'),
      lookout('L1', '2026-03-02'),
      lookout('L1'),
    ];
    const { summary, rejected } = await station.importLines('lookouts', ...file);
    expect(summary).toEqual({ rows: 6, inserted: 1, updated: 1, duplicates: 2, rejected: 2 });
    expect(linesOf(rejected)).toEqual([
      [6, 'CONFLICT'],
      [7, 'CONFLICT'],
    ]);
  });

  test('keeps the name of its laboratory as it is written', async () => {
    await using station = await openStation('330198B01');
    const names = [`"=HYPERLINK(""x"")"`, '@SUM(1)', '"a\\tb\\N, \tc\nd"', '实验室', `"'; DROP TABLE lookout; --"`];
    const rows = names.map((name, index) => lookout(`L${index}`).replace('a laboratory', name));
    await station.importLines('lookouts', lookouts, ...rows);
    const stored = await station.pool.query<{ laboratory: string }>(
      'SELECT laboratory FROM lookout ORDER BY lookout_no',
    );
    expect(stored.rows.map(({ laboratory }) => laboratory)).toEqual([
      '=HYPERLINK("x")',
      '@SUM(1)',
      'a\\tb\\N, \tc\nd',
      '实验室',
      "'; DROP TABLE lookout; --",
    ]);
  });

  test('with a laboratory too long, a future day or a clearing before its confirmation is rejected', async () => {
    await using station = await openStation('330198B01');
    const { rejected } = await station.importLines(
      'lookouts',
      lookouts,
      lookout('L1').replace('a laboratory', 'x'.repeat(201)),
      lookout('L2').replace('a laboratory', ''),
      lookout('L3', '2026-11-22'),
      lookout('L4', '2026-01-04'),
      lookout('L5', '2026-02-30'),
      lookout('L6', '', 'constructor'),
      lookout(''),
    );
    expect(linesOf(rejected)).toEqual([
      [2, 'BAD_LABORATORY'],
      [3, 'BAD_LABORATORY'],
      [4, 'FUTURE_DATE'],
      [5, 'CLEARED_BEFORE_CONFIRMED'],
      [6, 'BAD_DATE'],
      [7, 'UNKNOWN_MARKER'],
      [8, 'BAD_NUMBER'],
    ]);
  });
});

describe('a registration', () => {
  test('is released once, and a file without the column says nothing about it', async () => {
    await using station = await openStation('330798P01');
    const row = `R1,01,${donor},2026-01-05`;
    expect((await station.importLines('registrations', registrations, row)).summary.inserted).toBe(1);
    const released = await station.importLines('registrations', `${registrations},released_on`, `${row},2026-05-01`);
    expect(released.summary).toMatchObject({ updated: 1, rejected: 0 });
    const { rows } = await station.pool.query('SELECT released_on FROM registration');
    expect(rows).toEqual([{ released_on: '2026-05-01' }]);
  });
});

test('a station takes only the procedures of its kind', async () => {
  await using blood = await openStation('330198B01');
  await using plasma = await openStation('330798P01');
  const rows = [draw('A1'), draw('A2').replace('WHOLE_BLOOD', 'SOURCE_PLASMA')];
  expect(linesOf((await blood.importLines('donations', donations, ...rows)).rejected)).toEqual([
    [3, 'PROCEDURE_NOT_OFFERED'],
  ]);
  expect(linesOf((await plasma.importLines('donations', donations, ...rows)).rejected)).toEqual([
    [2, 'PROCEDURE_NOT_OFFERED'],
  ]);
  const registration = await blood.importLines('registrations', registrations, `R1,01,${donor},2026-01-05`);
  expect(linesOf(registration.rejected)).toEqual([[2, 'PROCEDURE_NOT_OFFERED']]);
});

test('a row of too many or too few fields is rejected by the line it begins on', async () => {
  await using station = await openStation('330198B01');
  const file = [donations, `"A\n1",01,x`, draw('A2'), '', `${draw('A3')},`, draw('A4')].join('\r\n');
  const { summary, rejected } = await station.import('donations', arriving(file));
  expect(summary).toEqual({ rows: 4, inserted: 2, updated: 0, duplicates: 0, rejected: 2 });
  expect(linesOf(rejected)).toEqual([
    [2, 'BAD_ROW'],
    [6, 'BAD_ROW'],
  ]);
});

test('two imports of the same rows at once, in opposite orders, store each row once', async () => {
  await using station = await openStation('330198B01');
  const rows = Array.from({ length: 12_000 }, (_, index) => draw(`N${index}`));
  const [one, other] = await Promise.all([
    station.importLines('donations', donations, ...rows),
    station.importLines('donations', donations, ...rows.toReversed()),
  ]);
  expect(one.summary.inserted + other.summary.inserted).toBe(12_000);
  expect(one.summary.duplicates + other.summary.duplicates).toBe(12_000);
});

test('each finished import is recorded, also one of a file without rows', async () => {
  await using station = await openStation('330198B01');
  const empty = await station.importLines('donations', donations);
  expect(empty.summary).toEqual({ rows: 0, inserted: 0, updated: 0, duplicates: 0, rejected: 0 });
  await station.importLines('donations', donations, draw('A1'), draw('A1'), 'x');
  const { rows } = await station.pool.query(
    'SELECT kind, rows, inserted, updated, duplicates, rejected FROM import ORDER BY id',
  );
  expect(rows).toEqual([
    { kind: 'donations', rows: 0, inserted: 0, updated: 0, duplicates: 0, rejected: 0 },
    { kind: 'donations', rows: 3, inserted: 1, updated: 0, duplicates: 1, rejected: 1 },
  ]);
});
