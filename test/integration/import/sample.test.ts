/** The ten stations of the sample, imported as they are. */
import { createReadStream, existsSync } from 'node:fs';

import { describe, expect, test } from 'vitest';

import { ImportKind } from '#schema/import.ts';
import { readRejected, sampleFolder } from '#test/support/sample.ts';

import { openStation } from './station-under-test.ts';

const stations = [
  '310198B01',
  '320198B01',
  '330198B01',
  '330798P01',
  '340198B01',
  '350198B01',
  '360198B01',
  '361098P01',
  '370198B01',
  '371498P01',
];

const planted = readRejected();

const filesOf = (station: string) =>
  ImportKind.options
    .map((kind) => ({ kind, file: `${kind}.csv`, url: new URL(`${station}/${kind}.csv`, sampleFolder) }))
    .filter(({ url }) => existsSync(url));

describe('the sample', () => {
  test('has ten stations with two files each', () => {
    expect(stations.map((station) => filesOf(station).length)).toEqual(stations.map(() => 2));
  });

  test.each(stations)('of %s is imported but for the planted rows, and a second run changes nothing', async (name) => {
    await using station = await openStation(name);
    for (const { kind, file, url } of filesOf(name)) {
      const faults = planted.filter((fault) => fault.station === name && fault.file === file);
      const expected = faults.filter(({ why }) => why !== 'DUPLICATE');
      const duplicates = faults.length - expected.length;

      const first = await station.import(kind, createReadStream(url));
      expect(first.rejected).toEqual(expected.map(({ line, why }) => ({ type: 'rejected', line, code: why })));
      const { rows } = first.summary;
      const inserted = rows - faults.length;
      expect(first.summary).toEqual({ rows, inserted, updated: 0, duplicates, rejected: expected.length });
      expect(inserted).toBeGreaterThan(0);
      const table = kind.slice(0, -1);
      const stored = await station.dumpOf(table);
      expect(stored).toHaveLength(inserted);

      const again = await station.import(kind, createReadStream(url));
      expect(again.rejected).toEqual(first.rejected);
      expect(again.summary).toEqual({ ...first.summary, inserted: 0, duplicates: rows - expected.length });
      expect(await station.dumpOf(table)).toEqual(stored);
    }
  });

  test('in GB18030 with local times and in UTF-8 with offsets gives the same kind of record', async () => {
    await using station = await openStation('320198B01');
    await station.import('donations', createReadStream(new URL('320198B01/donations.csv', sampleFolder)));
    const { rows } = await station.pool.query(
      `SELECT procedure, collected_at AT TIME ZONE 'Asia/Shanghai' = '2024-06-03 00:05' AS at, collected_on, volume_ml, outcome
         FROM donation WHERE donation_no = '320198B0124000143'`,
    );
    expect(rows).toEqual([
      { procedure: 'WHOLE_BLOOD', at: true, collected_on: '2024-06-03', volume_ml: 200, outcome: 'COMPLETE' },
    ]);
  });
});
