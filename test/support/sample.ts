/** The sample region in memory, read by a way of its own: what the golden suite holds the decision core against. */
import { readFileSync } from 'node:fs';

import { parse } from 'csv-parse/sync';
import iconv from 'iconv-lite';
import { z } from 'zod';

import { CivilDate, civilDateOf } from '#schema/calendar.ts';
import { coverageOf } from '#schema/coverage.ts';
import type { KnownFacts } from '#schema/decision.ts';
import { Verdict } from '#schema/decision.ts';
import { documentTypeCodes, findNormalDocument } from '#schema/documents.ts';
import type { NormalDocument } from '#schema/documents.ts';
import type { DonorFacts } from '#schema/facts.ts';
import { StationCode } from '#schema/ids.ts';
import { Outcome, Procedure } from '#schema/procedures.ts';

export const sampleFolder = new URL('../../scripts/sample/', import.meta.url);

/** The day the sample was made for: nothing in it is later, but for the rows that must be rejected. */
export const sampleDay = CivilDate.parse('2026-11-21');

const WsCode = z.enum(['01', '03', '06', '07']);

export const Check = z.object({
  case: z.string(),
  station: StationCode,
  document_type: WsCode,
  document_number: z.string(),
  procedure: Procedure,
  on: CivilDate,
  verdict: Verdict,
  eligible_from: z.string(),
});
export type Check = z.infer<typeof Check>;

function rowsOf(path: string): string[][] {
  const bytes = readFileSync(new URL(path, sampleFolder));
  const text = path.startsWith('320198B01/donations') ? iconv.decode(bytes, 'gb18030') : bytes.toString('utf8');
  return parse(text, { from_line: 2 });
}

/** Every question with its expected answer. */
export function readChecks(): Check[] {
  return parse(readFileSync(new URL('checks.csv', sampleFolder)), { columns: true }).map((row) => Check.parse(row));
}

/** Every planted fault: station, file, line, why. */
export function readRejected(): { station: string; file: string; line: number; why: string }[] {
  const Row = z.object({ station: z.string(), file: z.string(), line: z.coerce.number(), why: z.string() });
  return parse(readFileSync(new URL('rejected-rows.csv', sampleFolder)), { columns: true }).map((row) =>
    Row.parse(row),
  );
}

export function normalDocumentOf(wsCode: string, number: string): NormalDocument | undefined {
  const type = WsCode.safeParse(wsCode);
  return type.success ? findNormalDocument({ type: documentTypeCodes[type.data], number }, sampleDay) : undefined;
}

const procedureNames: Record<string, Procedure> = {
  全血: 'WHOLE_BLOOD',
  单采血小板: 'PLATELETS',
  单采血浆: 'APHERESIS_PLASMA',
  双份红细胞: 'DOUBLE_RED_CELLS',
  单采粒细胞: 'GRANULOCYTES',
};
const outcomeNames: Record<string, Outcome> = { 完成: 'COMPLETE', 不足量: 'PARTIAL', 未采出: 'NO_BLOOD' };

function dayOf(text: string): CivilDate | undefined {
  const local = /^(\d{4})\/(\d+)\/(\d+) /.exec(text);
  if (local) return CivilDate.parse([local[1], local[2]?.padStart(2, '0'), local[3]?.padStart(2, '0')].join('-'));
  const instant = new Date(text);
  return text.startsWith('2026-02-30') ? undefined : civilDateOf(instant);
}

/** What all stations of the sample together hold, by document. Planted faults are left out. */
export function readRegion(): (document: NormalDocument) => DonorFacts {
  const region = new Map<NormalDocument, DonorFacts>();
  const factsOf = (document: NormalDocument): DonorFacts => {
    const known = region.get(document) ?? { donations: [], bars: [], registrations: [] };
    region.set(document, known);
    return known;
  };
  const faults = new Set(readRejected().map(({ station, file, line }) => `${station}/${file}:${line}`));
  const read = (
    path: string,
    each: (facts: DonorFacts, row: readonly string[], station: StationCode) => void,
  ): void => {
    const station = StationCode.parse(path.split('/')[0]);
    rowsOf(path).forEach((row, index) => {
      const document = normalDocumentOf(row[1] ?? '', row[2] ?? '');
      if (document !== undefined && !faults.has(`${path}:${index + 2}`)) each(factsOf(document), row, station);
    });
  };
  const Station = z.object({ code: z.string() });
  for (const row of parse(readFileSync(new URL('stations.csv', sampleFolder)), { columns: true })) {
    const { code: station } = Station.parse(row);
    read(`${station}/donations.csv`, (facts, row, code) => {
      const [, , , procedure = '', collectedAt = '', volume = '', outcome = ''] = row;
      facts.donations.push({
        station: code,
        procedure: procedureNames[procedure] ?? Procedure.parse(procedure),
        collectedOn: CivilDate.parse(dayOf(collectedAt)),
        volumeMl: Number(volume),
        outcome: outcomeNames[outcome] ?? Outcome.parse(outcome),
      });
    });
    if (station.includes('B')) {
      read(`${station}/lookouts.csv`, (facts, row, code) => {
        const until = row[5] ? CivilDate.parse(row[5]) : null;
        facts.bars.push({ station: code, since: CivilDate.parse(row[4]), until });
      });
    } else {
      read(`${station}/registrations.csv`, (facts, row, code) => {
        facts.registrations.push({ station: code, since: CivilDate.parse(row[3]), until: null });
      });
    }
  }
  return (document) => region.get(document) ?? { donations: [], bars: [], registrations: [] };
}

/** Facts as a station sees them that heard from everybody. */
export function knownAt(askedBy: StationCode, facts: DonorFacts): KnownFacts {
  return { ...facts, askedBy, coverage: coverageOf([]), permitElsewhere: false };
}
