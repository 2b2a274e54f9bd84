import pg from 'pg';
import { request } from 'undici';
import { expect, test } from 'vitest';

import { headersFor } from '#test/support/sign-in.ts';
import { createDirectoryFile, memberOf, startStation } from '#test/support/station.ts';

/** A number that is valid, belongs to nobody, and is looked for afterwards. */
const canary = '330198197803074716';

/** Everything in a database as text. */
async function dumpOf(databaseUrl: string): Promise<string> {
  const client = new pg.Client({ connectionString: databaseUrl });
  await client.connect();
  const { rows: tables } = await client.query<{ name: string }>(
    "SELECT quote_ident(table_name) AS name FROM information_schema.tables WHERE table_schema = 'public'",
  );
  let dump = '';
  for (const { name } of tables) {
    const { rows } = await client.query<{ line: string }>(`SELECT t::text AS line FROM ${name} AS t`);
    dump += rows.map(({ line }) => line).join('\n');
  }
  await client.end();
  return dump;
}

test('an identity number is in no answer, no log and no table, whatever is wrong with the question', async () => {
  await using directory = await createDirectoryFile([memberOf('310198B01')]);
  const logs: string[] = [];
  const onLog = (line: string) => logs.push(line);
  await using station = await startStation({ code: '310198B01', directoryFile: directory.file, onLog });
  const eligibility = 'query ($donor: DonorRef!) { eligibility(donor: $donor, procedure: WHOLE_BLOOD) { __typename } }';
  const donor = { document: { type: 'RESIDENT_ID', number: canary } };
  const input = { donor, donationNo: 'C1', procedure: 'WHOLE_BLOOD', collectedAt: '2026-11-01T01:00:00Z' };
  const record = 'mutation ($input: RecordDonationInput!) { recordDonation(input: $input) { __typename } }';
  const questions: [query: string, variables: unknown][] = [
    [eligibility, { donor }],
    [record, { input: { ...input, volumeMl: 400, outcome: 'COMPLETE' } }],
    [record, { input: { ...input, volumeMl: 'much', outcome: 'COMPLETE' } }],
    [record, { input: { ...input, donationNo: canary.repeat(9), volumeMl: 400, outcome: 'COMPLETE' } }],
    [eligibility, { donor: { document: { type: canary, number: canary } } }],
    [eligibility, { donor: { document: { type: 'RESIDENT_ID', number: Number(canary) } } }],
    [eligibility, { donor: { ...donor, token: canary } }],
    [eligibility, { donor: canary }],
    [
      `{ eligibility(donor: { document: { type: RESIDENT_ID, number: "${canary}" } }, procedure: NOTHING) { __typename } }`,
      {},
    ],
    [`{ eligibility(donor: { token: "${canary}" }, procedure: WHOLE_BLOOD) { __typename } }`, {}],
    [
      `{ eligibility(donor: { document: { type: RESIDENT_ID, number: ${canary} } }, procedure: WHOLE_BLOOD) { __typename } }`,
      {},
    ],
    [`{ eligibility(donor: { document: "${canary} } }`, {}],
    [`{ a${canary} }`, {}],
  ];
  const answers: string[] = [];
  for (const [query, variables] of questions) {
    const { body } = await request(new URL('graphql', station.url), {
      method: 'POST',
      headers: { 'content-type': 'application/json', ...(await headersFor('310198B01', query)) },
      body: JSON.stringify({ query, variables }),
    });
    answers.push(await body.text());
  }
  const dump = await dumpOf(station.databaseUrl);

  expect(answers[1]).toContain('"Donation"');
  expect(dump).toContain('C1');
  expect(logs.length).toBeGreaterThanOrEqual(questions.length);
  const spoken = {
    answers: answers.filter((answer) => answer.includes(canary)),
    logs: logs.filter((line) => line.includes(canary)),
  };
  expect(spoken).toEqual({ answers: [], logs: [] });
  expect(dump).not.toContain(canary);
});
