/** Checks and claims are counted where they are written down: each once, with its entry and never without. */
import pg from 'pg';
import { expect, test, vi } from 'vitest';

import { donorOf } from '#test/integration/outbox/telling-station.ts';
import { createDirectoryFile, memberOf, startStation } from '#test/support/station.ts';

const code = '310198B01';

const eligibility = `query ($token: DonorToken!) {
  eligibility(donor: { token: $token }, procedure: WHOLE_BLOOD) { ... on Decision { verdict } ... on Refused { code } }
}`;
const batch = `query ($donors: [DonorRef!]!) {
  eligibilityBatch(donors: $donors, procedure: WHOLE_BLOOD) { ... on Decision { verdict } ... on Refused { code } }
}`;
const notOffered = eligibility.replace('WHOLE_BLOOD', 'SOURCE_PLASMA');
const schedule = `query ($token: DonorToken!) {
  schedule(donor: { token: $token }) { ... on Schedule { decisions { verdict } } ... on Refused { code } }
}`;
const claim = `mutation ($token: DonorToken!) {
  requestPermit(donor: { token: $token }, procedure: WHOLE_BLOOD) {
    ... on Permit { id } ... on Refused { refused: code } ... on NotAvailable { fault: code }
  }
}`;
const recordDonation = `mutation ($token: DonorToken!) {
  recordDonation(input: { donationNo: "D1", donor: { token: $token }, procedure: WHOLE_BLOOD,
    collectedAt: "2026-11-01T09:00:00+08:00", volumeMl: 400, outcome: COMPLETE }) { __typename }
}`;
const reportLookout = `mutation ($token: DonorToken!) {
  reportLookout(input: { lookoutNo: "L1", donor: { token: $token }, marker: HIV, confirmedOn: "2026-11-01",
    laboratory: "a laboratory" }) { __typename }
}`;

/** What is counted of the record, taken into the tally already or not yet. */
const counted = `
  SELECT family || ' ' || class AS name, sum(count)::int AS count FROM (
    SELECT family, class, count FROM tally UNION ALL SELECT family, class, change FROM tally_change WHERE class IS NOT NULL) AS all_of_it
  WHERE family IN ('CHECKS', 'LOOKOUT_HITS', 'PERMITS', 'CROSS_DONATION_ATTEMPTS') GROUP BY 1 ORDER BY 1`;
/** The verdicts in the entries of checks. */
const written = `
  SELECT count(*)::int FROM audit_entry, jsonb_array_elements_text(payload::jsonb -> 'outcome') AS outcome
  WHERE payload::jsonb ->> 'field' IN ('Query.eligibility', 'Query.eligibilityBatch')
    AND outcome IN ('ELIGIBLE', 'DEFERRED', 'REFER', 'INDETERMINATE')`;

test('each check that was answered with a verdict is counted once, and so is each claim', async () => {
  await using directory = await createDirectoryFile([memberOf(code)]);
  await using station = await startStation({ code, directoryFile: directory.file });
  const database = new pg.Client({ connectionString: station.databaseUrl });
  await database.connect();
  try {
    const countsNow = async () =>
      Object.fromEntries(
        (await database.query<{ name: string; count: number }>(counted)).rows.map(({ name, count }) => [name, count]),
      );
    const asked = async (query: string, donor: number, asker = {}) =>
      station.ask(query, { token: donorOf(donor) }, asker);
    await asked(recordDonation, 1, { as: 'COLLECTOR', purpose: 'RECORDING' });
    await asked(reportLookout, 2, { as: 'LABORATORY', purpose: 'LOOKOUT' });

    await Promise.all([1, 2, 3].flatMap((donor) => Array.from({ length: 20 }, () => asked(eligibility, donor))));
    await station.ask(batch, { donors: [1, 2, 3, 4, 3].map((donor) => ({ token: donorOf(donor) })) });
    await asked(notOffered, 3);
    await asked(schedule, 3);
    const checks = {
      'CHECKS DEFERRED_OWN': 21,
      'CHECKS ELIGIBLE': 23,
      'CHECKS REFER': 21,
      'LOOKOUT_HITS HIT_OWN': 21,
    };
    expect(await countsNow()).toEqual(checks);
    expect((await database.query(written)).rows).toEqual([{ count: 65 }]);

    // The log has to be heard before a chair can be taken; nobody is refused or granted anything until then.
    await vi.waitFor(
      async () => {
        expect(JSON.stringify(await asked(claim, 3))).toContain('"id"');
      },
      { timeout: 30_000, interval: 200 },
    );
    await Promise.all([asked(claim, 3), asked(claim, 3), asked(claim, 1), asked(claim, 2)]);
    expect(await countsNow()).toEqual({ ...checks, 'PERMITS GRANTED': 1, 'PERMITS REFUSED': 2 });
  } finally {
    await database.end();
  }
});
