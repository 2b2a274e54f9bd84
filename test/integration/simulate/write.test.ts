/** What `npm run simulate -- write` writes: the same bytes for the same seed, and every row of it is taken by the real import. */
import { createReadStream } from 'node:fs';
import { mkdtemp, readFile, readdir, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';

import { parse } from 'csv-parse/sync';
import iconv from 'iconv-lite';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';

import { decide } from '#node/domain/eligibility.ts';
import { readProfile } from '#node/modules/import/profile.ts';
import { findMoment } from '#node/modules/import/dates.ts';
import { civilDateOf } from '#schema/calendar.ts';
import type { DonorFacts } from '#schema/facts.ts';
import { StationCode } from '#schema/ids.ts';
import { ImportKind } from '#schema/import.ts';
import { parseCases } from '#scripts/lookout/check-file.ts';
import { createProgress } from '#scripts/lookout/terminal.ts';
import { writeRegion } from '#scripts/simulate/write/write.ts';
import type { WriteOptions, Written } from '#scripts/simulate/write/write.ts';
import { readStations } from '#scripts/start/stations-csv.ts';
import { day, known, ruleSetNamed } from '#test/support/facts.ts';

import { openStation } from '../import/station-under-test.ts';

let folder: string;
let first: Written;
const at = (name: string): string => path.join(folder, name);

const write = (name: string, options: Partial<WriteOptions> = {}): Promise<Written> =>
  writeRegion({
    folder: at(name),
    seed: 1,
    stations: 6,
    until: day('2026-11-20'),
    years: 3,
    donations: 6_000,
    checks: 300,
    progress: createProgress({ quiet: true }),
    ...options,
  });

beforeAll(async () => {
  folder = await mkdtemp(path.join(tmpdir(), 'donor-lookout-simulate-'));
  first = await write('first');
});
afterAll(async () => {
  await rm(folder, { recursive: true, force: true });
});

async function filesOf(name: string): Promise<Map<string, string>> {
  const names = await readdir(at(name), { recursive: true, withFileTypes: true });
  const files = names.filter((entry) => entry.isFile()).map((entry) => path.join(entry.parentPath, entry.name));
  const read = files.map(async (file) => [path.relative(at(name), file), await readFile(file, 'latin1')] as const);
  return new Map(await Promise.all(read));
}

describe('a written region', () => {
  test('has as many donations as were asked for', async () => {
    expect(first.donations).toBe(6_000);
    const files = [...(await filesOf('first'))].filter(([name]) => name.endsWith('donations.csv'));
    const rows = files.reduce((sum, [, text]) => sum + text.trimEnd().split('\n').length - 1, 0);
    expect(rows).toBe(6_000);
    expect((await write('ten', { donations: 10, stations: 109, checks: 0 })).donations).toBe(10);
  });

  test('is the same bytes for the same seed, and others for another', async () => {
    await write('again');
    await write('other', { seed: 2 });
    expect(await filesOf('again')).toEqual(await filesOf('first'));
    expect(await filesOf('other')).not.toEqual(await filesOf('first'));
  });

  test('is never written over what is there', async () => {
    await expect(write('first')).rejects.toThrow('is not empty');
  });

  test('is taken by the import without a rejected row, whatever form a station has', async () => {
    const stations = await readStations(at('first'));
    expect(stations.map(({ code }) => code)).toContain('320198B01');
    let inserted = 0;
    for (const { code, kind } of stations) {
      await using station = await openStation(code);
      expect(station.station.kind).toBe(kind);
      const present = await readdir(at(`first/${code}`));
      for (const file of ImportKind.options.filter((each) => present.includes(`${each}.csv`))) {
        const { summary, rejected } = await station.import(file, createReadStream(at(`first/${code}/${file}.csv`)));
        expect(rejected).toEqual([]);
        expect(summary).toMatchObject({ rows: summary.inserted, updated: 0, duplicates: 0, rejected: 0 });
        inserted += summary.inserted;
      }
    }
    expect(inserted).toBe(first.donations + first.lookouts + first.registrations);
  });

  test('expects of its checks what the decision core says of its files, read by another way', async () => {
    const facts = await readFolder('first');
    const cases = parseCases(await readFile(at('first/checks.csv')));
    expect(cases).toHaveLength(300);
    for (const { station, document_number, procedure, on, verdict, eligible_from } of cases) {
      const all = known({ ...facts.get(document_number), askedBy: StationCode.parse(station) });
      const decision = decide(all, ruleSetNamed('CN-2012'), procedure, on ?? day('2026-11-20'));
      expect([decision.verdict, decision.eligibleFrom]).toEqual([verdict, eligible_from]);
    }
    expect(new Set(cases.map(({ verdict }) => verdict))).toEqual(new Set(['ELIGIBLE', 'DEFERRED', 'REFER']));
  });
});

/** Everything the files say, by number of document. */
async function readFolder(name: string): Promise<Map<string, DonorFacts>> {
  const found = new Map<string, DonorFacts>();
  const of = (number = ''): DonorFacts => {
    const facts = found.get(number) ?? { donations: [], bars: [], registrations: [] };
    found.set(number, facts);
    return facts;
  };
  for (const { code } of await readStations(at(name))) {
    const { donations } = await readProfile(code);
    const rows = async (file: string): Promise<string[][]> => {
      const bytes = await readFile(at(`${name}/${code}/${file}.csv`)).catch(() => Buffer.alloc(0));
      const text = file === 'donations' ? iconv.decode(bytes, donations.encoding) : bytes.toString();
      return parse(text, { from_line: 2 });
    };
    for (const [, , number, procedure, moment, volume, outcome] of await rows('donations')) {
      const fact = {
        station: code,
        procedure: donations.codes.procedure.get(procedure ?? '') ?? 'WHOLE_BLOOD',
        collectedOn: civilDateOf(findMoment(moment ?? '', donations.dates) ?? new Date(0)),
        volumeMl: Number(volume),
        outcome: donations.codes.outcome.get(outcome ?? '') ?? 'COMPLETE',
      };
      of(number).donations.push(fact);
    }
    for (const [, , number, , since, until] of await rows('lookouts')) {
      of(number).bars.push({ station: code, since: day(since ?? ''), until: until ? day(until) : null });
    }
    for (const [, , number, since] of await rows('registrations')) {
      of(number).registrations.push({ station: code, since: day(since ?? ''), until: null });
    }
  }
  return found;
}
