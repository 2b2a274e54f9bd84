/** One station in trouble: several instances of it that come and go, and a database that refuses. */
import { afterEach, describe, expect, test, vi } from 'vitest';

import {
  answerOf,
  at,
  donor,
  draw,
  endAll,
  jiangsu,
  query,
  readinessOf,
  record,
  shanghai,
  startFederation,
  untilDeferred,
  untilFresh,
} from '#test/support/federation.ts';

afterEach(endAll);

describe('two instances of one station', () => {
  test('replace each other under load without losing a fact or a permit (E10)', async () => {
    const federation = await startFederation();
    const first = at(jiangsu);
    await untilFresh(first, at(shanghai));
    const second = await federation.restart(jiangsu, first.databaseUrl);
    await untilFresh(second);
    // The second follows: what it records, the first sends; a permit it asks for, the first applies.
    expect(await record(second, 'DONOR01', 'D1')).toMatchObject({ __typename: 'Donation' });
    await untilDeferred('DONOR01');
    const permit = { donor: donor('DONOR02'), procedure: 'WHOLE_BLOOD' };
    const granted = await answerOf(second, 'request', permit);
    expect(granted).toMatchObject({ __typename: 'Permit' });

    // The first goes while facts are being recorded; the second takes over.
    const recorded = Array.from({ length: 30 }, (_, n) => record(second, `LOAD${100 + n}`, `L${n}`));
    await Promise.all([first.stop(), ...recorded]);
    await untilDeferred('LOAD100');
    await untilDeferred('LOAD129');
    expect(await answerOf(second, 'request', { ...permit, donor: donor('DONOR03') })).toMatchObject({
      __typename: 'Permit',
    });
    const [counted] = await query<{ facts: number; seqs: number }>(
      second.databaseUrl,
      'SELECT count(*)::int AS facts, count(DISTINCT (partition, seq))::int AS seqs FROM outbox',
    );
    expect(counted?.seqs).toBe(counted?.facts);
  });
});

describe('a station whose database takes nothing any more (E2)', () => {
  test('records nothing in half, says so, is no ground for anybody to be eligible, and goes on by itself', async () => {
    await startFederation();
    await untilFresh(at(shanghai), at(jiangsu));
    const url = new URL(at(jiangsu).databaseUrl);
    const name = url.pathname.slice(1);
    const server = new URL('/postgres', url).href;
    const setReadOnly = async (isOn: boolean) => {
      await query(server, `ALTER DATABASE ${name} SET default_transaction_read_only = ${isOn ? 'on' : 'off'}`);
      await query(server, 'SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE datname = $1', [name]);
    };
    await setReadOnly(true);
    const input = { ...draw, donor: donor('DONOR01'), donationNo: 'D1' };
    const refused = await at(jiangsu).ask(
      'mutation ($input: RecordDonationInput!) { recordDonation(input: $input) { __typename } }',
      { input },
    );
    expect(refused.errors?.[0]?.extensions).toMatchObject({ code: expect.any(String) as string });
    expect(await query(url.href, 'SELECT 1 FROM donation UNION ALL SELECT 1 FROM outbox')).toEqual([]);
    await setReadOnly(false);
    await vi.waitFor(async () => {
      expect(await record(at(jiangsu), 'DONOR01', 'D1')).toMatchObject({ __typename: 'Donation' });
    }, 10_000);
    await untilDeferred('DONOR01');
    await vi.waitFor(async () => {
      expect(await readinessOf(at(jiangsu))).toBe(200);
    }, 10_000);
  });
});

describe('a station whose connections are cut again and again under load (E2)', () => {
  test('lives, loses nothing it acknowledged, and does nothing twice', async () => {
    await startFederation();
    await untilFresh(at(shanghai), at(jiangsu));
    const url = at(jiangsu).databaseUrl;
    const name = new URL(url).pathname.slice(1);
    const cutAll = () =>
      query(
        new URL('/postgres', url).href,
        "SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE datname = $1 AND backend_type = 'client backend'",
        [name],
      );
    /** As often as it takes: whoever is not answered says the same again. */
    const untilRecorded = (donationNo: string) =>
      vi.waitFor(
        async () => {
          expect(await record(at(jiangsu), donationNo, donationNo)).toMatchObject({ __typename: 'Donation' });
        },
        { timeout: 60_000, interval: 5 },
      );
    const numbers = Array.from({ length: 120 }, (_, at) => `CUT${100 + at}`);
    for (let at = 0; at < numbers.length; at += 10) {
      const recorded = numbers.slice(at, at + 10).map(untilRecorded);
      // In the middle of them: the first is done, the others are not.
      await Promise.race(recorded);
      await cutAll();
      await Promise.all(recorded);
    }
    await vi.waitFor(async () => {
      const [known] = await query<{ facts: number }>(
        at(shanghai).databaseUrl,
        'SELECT count(DISTINCT token)::int AS facts FROM event',
      );
      expect(known?.facts).toBe(numbers.length);
    }, 60_000);
    const [counted] = await query<Record<string, number>>(
      url,
      `SELECT (SELECT count(*)::int FROM donation) AS donations, count(*)::int AS facts,
         count(DISTINCT (partition, seq))::int AS seqs FROM outbox`,
    );
    expect(counted).toEqual({ donations: numbers.length, facts: numbers.length, seqs: numbers.length });
  }, 120_000);
});
