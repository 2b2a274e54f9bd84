/** A station that is killed at any moment: what it answered is in its record, and the record is whole. */
import { spawn } from 'node:child_process';
import { on, once } from 'node:events';
import { createInterface } from 'node:readline';

import pg from 'pg';
import { expect, test } from 'vitest';

import { verifyChain } from '#node/adapters/postgres-audit/reading.ts';
import { checkChain } from '#node/domain/audit-chain.ts';
import { StationCode } from '#schema/ids.ts';
import { ReceiptClaims } from '#schema/receipt.ts';
import { authoritiesFile } from '#test/support/directory.ts';
import { createTestDatabase } from '#test/support/postgres.ts';
import { headersFor, issuerEnvironment } from '#test/support/sign-in.ts';
import { testSigningKey } from '#test/support/signing-keys.ts';
import { ask, createDirectoryFile, deadUrl, memberOf, testKey } from '#test/support/station.ts';

const code = StationCode.parse('310198B01');
const main = new URL('../../../node-service/main.ts', import.meta.url).pathname;
const rounds = 4;

const check = `query ($donor: DonorRef!) {
  eligibility(donor: $donor, procedure: WHOLE_BLOOD) { ... on Decision { receipt } }
}`;
const write = `mutation ($input: RecordDonationInput!) {
  recordDonation(input: $input) { ... on Donation { donationNo } ... on Refused { code } }
}`;

async function startProcess(environment: NodeJS.ProcessEnv) {
  const child = spawn(process.execPath, [main], { env: { PATH: process.env['PATH'], ...environment } });
  child.stderr.resume();
  for await (const [line] of on(createInterface({ input: child.stdout }), 'line') as AsyncIterable<[string]>) {
    const { url } = JSON.parse(line) as { url?: string };
    if (url !== undefined) return { child, url };
  }
  throw new Error('the station ended');
}

test('kill -9 under load leaves no answer without its entry, no change without its own, and a chain that is whole', async () => {
  await using directory = await createDirectoryFile([memberOf(code)]);
  await using database = await createTestDatabase();
  await using ownLog = await createTestDatabase({ empty: true });
  const environment = {
    ...(await issuerEnvironment()),
    LOOKOUT_STATION: code,
    LOOKOUT_PORT: '0',
    LOOKOUT_DIRECTORY: directory.file,
    LOOKOUT_AUTHORITIES: authoritiesFile,
    LOOKOUT_GATEWAY_URL: deadUrl,
    LOOKOUT_TOKEN_KEY: testKey,
    LOOKOUT_SIGNING_KEY: JSON.stringify(testSigningKey(code)),
    LOOKOUT_LOG_URL: ownLog.url,
    DATABASE_URL: database.url,
  };
  const [desk, collector] = await Promise.all([headersFor(code, check, {}), headersFor(code, write, {})]);
  const entries: ReceiptClaims['entry'][] = [];
  const recorded: string[] = [];

  for (let round = 1; round <= rounds; round += 1) {
    const { child, url } = await startProcess(environment);
    let answers = 0;
    const killed = once(child, 'exit');
    const answered = (): void => {
      answers += 1;
      if (answers === 40 * round) child.kill('SIGKILL');
    };
    const checking = async (desks: number): Promise<void> => {
      for (let time = 0; ; time += 1) {
        const donor = { document: { type: 'PASSPORT', number: `E${round}${desks}${String(time).padStart(6, '0')}` } };
        const { data } = await ask(url, check, { donor }, desk);
        const { receipt } = data?.['eligibility'] as { receipt: string };
        const [, payload = ''] = receipt.split('.');
        entries.push(ReceiptClaims.parse(JSON.parse(Buffer.from(payload, 'base64url').toString())).entry);
        answered();
      }
    };
    const writing = async (): Promise<void> => {
      for (let time = 0; ; time += 1) {
        const donationNo = `D${round}-${time}`;
        const donor = { document: { type: 'PASSPORT', number: `E9${round}${String(time).padStart(6, '0')}` } };
        const drawn = {
          procedure: 'WHOLE_BLOOD',
          collectedAt: '2026-01-01T01:00:00Z',
          volumeMl: 400,
          outcome: 'COMPLETE',
        };
        const { data } = await ask(url, write, { input: { donor, donationNo, ...drawn } }, collector);
        if (data?.['recordDonation'] !== undefined) recorded.push(donationNo);
        answered();
      }
    };
    // Each goes on until the station is gone.
    await Promise.allSettled([checking(1), checking(2), checking(3), writing(), writing()]);
    await killed;
  }

  const pool = new pg.Pool({ connectionString: database.url, max: 2 });
  try {
    const { rows } = await pool.query<{ seq: number; hash: Buffer; payload: string }>(
      'SELECT seq::int AS seq, hash, payload FROM audit_entry',
    );
    const held = new Set(rows.map(({ seq, hash }) => `${seq} ${hash.toString('base64url')}`));
    expect(entries.length).toBeGreaterThan(rounds);
    expect(entries.filter(({ seq, hash }) => !held.has(`${seq} ${hash}`))).toEqual([]);
    const donations = await pool.query<{ no: string }>('SELECT donation_no AS no FROM donation ORDER BY 1');
    const kept = donations.rows.map(({ no }) => no);
    const writtenDown = rows
      .map(({ payload }) => JSON.parse(payload) as { outcome: unknown; record?: string })
      .flatMap(({ outcome, record }) => (outcome === 'RECORDED' ? (record ?? []) : []));
    expect(writtenDown.toSorted()).toEqual(kept.toSorted());
    expect(recorded.filter((no) => !kept.includes(no))).toEqual([]);
    const verified = await verifyChain({ pool, member: code, check: checkChain(code, entries) });
    expect(verified.bad).toBeNull();
  } finally {
    await pool.end();
  }
}, 120_000);
