/** `lookout audit who-asked`: a donor's question, answered: who looked me up, when and what for. No names of people. */
import { readFile } from 'node:fs/promises';

import { createHmacTokens } from '#node/adapters/hmac-tokens.ts';
import { entriesNaming } from '#node/adapters/postgres-audit/reading.ts';
import { createDatabase } from '#node/db/client.ts';
import { digestOfDonor } from '#schema/audit.ts';
import { civilDateOf } from '#schema/calendar.ts';
import { findNormalDocument } from '#schema/documents.ts';
import type { Digest, StationCode } from '#schema/ids.ts';
import { databaseUrlOf, stationOf } from '#scripts/lookout/database.ts';
import { readDocument } from '#scripts/lookout/document.ts';
import { exitCodes, Problem } from '#scripts/lookout/problem.ts';
import type { ExitCode } from '#scripts/lookout/problem.ts';
import { createVerb, getFederation } from '#scripts/lookout/verb.ts';
import { layoutOf } from '#scripts/start/layout.ts';

import { shown } from './entry-line.ts';
import type { ShownEntry } from './entry-line.ts';

export const whoAskedVerb = createVerb({
  name: 'who-asked',
  zh: '回答献血者：谁在何时、以何目的查询过本人。',
  en: "Answer a donor's question: who looked them up, when, and what for.",
  examples: [
    ['audit who-asked --document -', 'in the records of all stations; the document is read from stdin'],
    ['audit who-asked --document - --station 310198B01 --json', 'in one of them, as JSON'],
  ],
})
  .requiredOption('--document <TYPE:NUMBER>', 'the document of the donor; - reads it from stdin')
  .option('--station <code>', 'the record of one station; of all when left out');

interface Options {
  readonly state: string;
  readonly document: string;
  readonly station?: string;
  readonly json: boolean;
}

async function donorOf(state: string, typed: string): Promise<Digest> {
  const document = findNormalDocument(await readDocument(typed), civilDateOf(new Date()));
  if (document === undefined)
    throw new Problem('The document number is not valid: check it and type it again.', 'usage');
  const key = await readFile(layoutOf(state).tokenKey, 'utf8').catch((cause: unknown) => {
    throw new Problem('The token key of the federation cannot be read.', 'failed', { cause });
  });
  const [token] = await createHmacTokens(Buffer.from(key.trim(), 'hex')).tokensOf([document]);
  if (token === undefined) throw new Problem('No token was made of the document.', 'failed');
  return digestOfDonor(token);
}

interface Asked extends ShownEntry {
  /** Whose record says so. */
  readonly station: StationCode;
}

async function askedAt(state: string, station: StationCode, donor: Digest): Promise<Asked[]> {
  const database = createDatabase(await databaseUrlOf(state, station), { poolSize: 1 });
  try {
    const entries = await entriesNaming(database.pool, Buffer.from(donor, 'base64url'));
    return entries.map((entry) => ({ station, ...shown(entry) }));
  } finally {
    await database.stop();
  }
}

const line = ({ station, seq, at, who, purpose, what, outcome }: Asked): string =>
  `${at ?? '-'}  ${who ?? '-'}  ${purpose ?? '-'}  ${what ?? '-'}: ${outcome ?? '-'}  (${station}, entry ${seq})`;

export async function whoAsked(options: Options): Promise<ExitCode> {
  const { state, document, station, json } = options;
  const codes =
    station === undefined ? (await getFederation(state)).stations.map(({ code }) => code) : [stationOf(station)];
  const donor = await donorOf(state, document);
  const all = (await Promise.all(codes.map((code) => askedAt(state, code, donor)))).flat();
  const asked = all.toSorted((one, other) => (one.at ?? '').localeCompare(other.at ?? ''));
  if (json) console.log(JSON.stringify(asked, null, 2));
  else {
    for (const each of asked) console.log(line(each));
    console.log(`共 ${asked.length} 条记录涉及该献血者。 ${asked.length} entries name this donor.`);
  }
  return exitCodes.done;
}
