/** Who is turned away at a station: nothing is answered, the log says so where it matters, and the record always. */
import pg from 'pg';
import { afterAll, beforeAll, expect, test, vi } from 'vitest';

import { AuditPayload } from '#schema/audit.ts';
import { createDirectoryFile, memberOf, startStation } from '#test/support/station.ts';
import type { Answer } from '#test/support/station.ts';

const code = '310198B01';
const lines: string[] = [];
let directory: Awaited<ReturnType<typeof createDirectoryFile>>;
let station: Awaited<ReturnType<typeof startStation>>;

beforeAll(async () => {
  directory = await createDirectoryFile([memberOf(code)]);
  station = await startStation({
    code,
    directoryFile: directory.file,
    environment: { LOOKOUT_RATE_LIMITS: 'RECORDS_PERSON=3/3600' },
    onLog: (line) => lines.push(line),
  });
});

afterAll(async () => {
  await station[Symbol.asyncDispose]();
  await directory[Symbol.asyncDispose]();
});

const codeOf = ({ errors }: Answer) => errors?.[0]?.extensions?.['code'];

/** What the record says of those who were turned away by a code. */
async function turnedAwayBy(refusal: string): Promise<(AuditPayload & { kind: 'REFUSED' })[]> {
  const client = new pg.Client({ connectionString: station.databaseUrl });
  await client.connect();
  try {
    const { rows } = await client.query<{ payload: string }>('SELECT payload FROM audit_entry ORDER BY seq');
    const payloads = rows.map(({ payload }) => AuditPayload.parse(JSON.parse(payload)));
    return payloads.filter((payload) => payload.kind === 'REFUSED' && payload.code === refusal) as never;
  } finally {
    await client.end();
  }
}

const weights = [7, 9, 10, 5, 8, 4, 2, 1, 6, 3, 7, 9, 10, 5, 8, 4, 2];
function residentNumber(sequence: number): string {
  const digits = `37059819890422${String(sequence).padStart(3, '0')}`;
  const sum = weights.reduce((total, weight, place) => total + weight * Number(digits[place]), 0);
  return `${digits}${'10X98765432'.charAt(sum % 11)}`;
}

const check = `query ($donor: DonorRef!) {
  eligibility(donor: $donor, procedure: WHOLE_BLOOD) { __typename ... on Refused { code } }
}`;

test('500 candidates for a known birthday: twenty are answered, then no more, with an alarm and an entry (C5)', async () => {
  const answers: Answer[] = [];
  for (let sequence = 0; sequence < 500; sequence += 1) {
    const donor = { document: { type: 'RESIDENT_ID', number: residentNumber(sequence) } };
    answers.push(await station.ask(check, { donor }));
  }
  expect(answers.slice(0, 20).map(({ data }) => data)).toEqual(
    Array(20).fill({ eligibility: { __typename: 'Decision' } }),
  );
  expect(new Set(answers.slice(20).map(codeOf))).toEqual(new Set(['TOO_MANY_REQUESTS']));
  expect(lines.filter((line) => line.includes('"budget":"GUESSES"'))).toHaveLength(1);
  expect(lines.join('')).not.toContain('37059819890422');
  await vi.waitFor(async () => {
    expect(await turnedAwayBy('TOO_MANY_REQUESTS')).toEqual([
      expect.objectContaining({
        field: 'Query.eligibility',
        caller: expect.objectContaining({ role: 'DESK' }) as object,
      }),
    ]);
  });
});

test('another desk, and donors who are born elsewhere or on another day, are served meanwhile', async () => {
  const donor = { document: { type: 'RESIDENT_ID', number: residentNumber(499) } };
  expect((await station.ask(check, { donor }, { as: 'COLLECTOR' })).data).toBeDefined();
  const other = { document: { type: 'PASSPORT', number: 'EH2979194' } };
  expect((await station.ask(check, { donor: other })).data).toBeDefined();
});

test('a busy station’s system is never told to wait: batches of a thousand, one after the other', async () => {
  const batch = `query ($donors: [DonorRef!]!) {
    eligibilityBatch(donors: $donors, procedure: WHOLE_BLOOD) { __typename }
  }`;
  for (let round = 0; round < 3; round += 1) {
    const donors = Array.from({ length: 1_000 }, (_, index) => ({
      document: { type: 'PASSPORT', number: `E${String(round * 1_000 + index).padStart(8, '0')}` },
    }));
    const { data, errors } = await station.ask(batch, { donors }, { as: 'SYSTEM', purpose: 'DONATION' });
    expect(errors).toBeUndefined();
    expect(data?.['eligibilityBatch']).toHaveLength(1_000);
  }
});

test('a budget that the configuration makes smaller is smaller', async () => {
  const lookouts = '{ lookouts(first: 1) { edges { cursor } } }';
  const asker = { as: 'LABORATORY', purpose: 'LOOKOUT' } as const;
  const codes = [];
  for (let asked = 0; asked < 4; asked += 1) codes.push(codeOf(await station.ask(lookouts, {}, asker)));
  expect(codes).toEqual([undefined, undefined, undefined, 'TOO_MANY_REQUESTS']);
});

test('who may not ask, and who is not known, is written down', async () => {
  const asker = { as: 'DESK', purpose: 'DONATION' } as const;
  expect(codeOf(await station.ask('{ lookouts(first: 1) { edges { cursor } } }', {}, asker))).toBe('FORBIDDEN');
  const unknown = await fetch(new URL('graphql', station.url), {
    method: 'POST',
    headers: { 'content-type': 'application/json', authorization: 'Bearer a.b.c' },
    body: JSON.stringify({ query: '{ self { code } }' }),
  });
  expect(unknown.status).toBe(401);
  await vi.waitFor(async () => {
    expect(await turnedAwayBy('FORBIDDEN')).toHaveLength(1);
    expect(await turnedAwayBy('UNAUTHENTICATED')).toEqual([expect.objectContaining({ caller: null, times: 1 })]);
  });
});
