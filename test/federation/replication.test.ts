/** Stations that learn from each other through the donor log: real stations, a real gateway, a real log. */
import { afterEach, describe, expect, test, vi } from 'vitest';

import {
  answerOf,
  at,
  codes,
  donor,
  draw,
  eligibility,
  endAll,
  jiangsu,
  plasma,
  query,
  record,
  shanghai,
  startFederation,
  untilFresh,
} from '#test/support/federation.ts';

afterEach(endAll);

describe('a station with fresh copies', () => {
  test('answers from its own copy, without the gateway, what others have told; and holds once the copies grow old', async () => {
    const federation = await startFederation();
    await untilFresh(at(shanghai), at(jiangsu));
    await federation.gateway.stop();
    expect(await eligibility(at(shanghai), 'DONOR01')).toMatchObject({ verdict: 'ELIGIBLE' });
    await record(at(jiangsu), 'DONOR01', 'D1');
    await vi.waitFor(async () => {
      expect(await eligibility(at(shanghai), 'DONOR01')).toMatchObject({
        verdict: 'DEFERRED',
        coverage: {
          stations: expect.arrayContaining([{ station: jiangsu, state: 'REPLICATED', fault: null }]) as unknown,
        },
      });
    }, 10_000);
    // Nobody hears of Jiangsu any more: what it told still counts, and nobody is eligible without it.
    await at(jiangsu).stop();
    await vi.waitFor(async () => {
      expect(await eligibility(at(shanghai), 'DONOR02')).toMatchObject({
        verdict: 'INDETERMINATE',
        coverage: {
          stations: expect.arrayContaining([
            { station: jiangsu, state: 'MISSING', fault: expect.any(String) as string },
          ]) as unknown,
        },
      });
    }, 10_000);
    expect(await eligibility(at(shanghai), 'DONOR01')).toMatchObject({ verdict: 'DEFERRED' });
  });

  test('follows a correction of who recorded wrongly', async () => {
    await startFederation();
    await record(at(jiangsu), 'DONOR01', 'D1');
    await vi.waitFor(async () => {
      expect(await eligibility(at(shanghai), 'DONOR01')).toMatchObject({ verdict: 'DEFERRED' });
    }, 10_000);
    const truth = { ...draw, donationNo: 'D1', donor: donor('DONOR01'), outcome: 'NO_BLOOD', volumeMl: 0 };
    const input = { ...truth, correctedBy: 'Nurse Wang', reason: 'The needle was never set.' };
    expect(await answerOf(at(jiangsu), 'correct', { input })).toEqual({ __typename: 'Donation' });
    await untilFresh(at(shanghai));
    await vi.waitFor(async () => {
      expect(await eligibility(at(shanghai), 'DONOR01')).toMatchObject({ verdict: 'ELIGIBLE' });
    }, 10_000);
  });
});

describe('a permit', () => {
  test('is given to one of two chairs that claim the same donor at the same moment, and to the other once it is free', async () => {
    await startFederation();
    await untilFresh(at(shanghai), at(jiangsu));
    const claim = (code: string) =>
      answerOf(at(code), 'request', { donor: donor('DONOR01'), procedure: 'WHOLE_BLOOD' });
    const claims = await Promise.all([claim(shanghai), claim(jiangsu)]);
    expect(claims.map((answer) => answer['__typename']).toSorted(), JSON.stringify(claims)).toEqual([
      'Permit',
      'Refused',
    ]);
    const [winner, loser] = claims[0]['__typename'] === 'Permit' ? [shanghai, jiangsu] : [jiangsu, shanghai];
    expect(claims).toContainEqual({ __typename: 'Refused', code: 'PERMIT_TAKEN' });
    const permit = await claim(winner);
    expect(claims).toContainEqual(permit);
    expect(await eligibility(at(loser), 'DONOR01')).toMatchObject({ verdict: 'INDETERMINATE' });

    expect(await answerOf(at(winner), 'release', { id: permit['id'] })).toMatchObject({ state: 'RELEASED' });
    await vi.waitFor(async () => {
      expect(await claim(loser)).toMatchObject({ __typename: 'Permit', state: 'IN_FORCE' });
    }, 10_000);
  });

  test('is not available while the log is down, and nothing is held once it is back', async () => {
    const federation = await startFederation({ freshMs: 60_000 });
    await untilFresh(at(shanghai), at(jiangsu));
    const name = new URL(federation.log.url).pathname.slice(1);
    const server = new URL(federation.log.url);
    server.pathname = '/postgres';
    const setDown = async (isDown: boolean) => {
      await query(server.href, `ALTER DATABASE ${name} ALLOW_CONNECTIONS ${isDown ? 'false' : 'true'}`);
      if (isDown)
        await query(server.href, 'SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE datname = $1', [name]);
    };
    await setDown(true);
    const claim = (code: string) =>
      answerOf(at(code), 'request', { donor: donor('DONOR01'), procedure: 'WHOLE_BLOOD' });
    expect(await claim(shanghai)).toEqual({
      __typename: 'NotAvailable',
      notAvailable: 'LOG_UNAVAILABLE',
      retryable: true,
    });
    // What is recorded meanwhile is kept, and told when the log is back.
    expect(await record(at(jiangsu), 'DONOR02', 'D2')).toMatchObject({ __typename: 'Donation' });
    await setDown(false);
    await vi.waitFor(async () => {
      expect(await eligibility(at(shanghai), 'DONOR02')).toMatchObject({ verdict: 'DEFERRED' });
    }, 20_000);
    await vi.waitFor(async () => {
      expect(await claim(jiangsu)).toMatchObject({ __typename: 'Permit' });
    }, 20_000);
  });

  test('is completed by the donation that names it; one without is recorded and flagged', async () => {
    await startFederation();
    await untilFresh(at(shanghai));
    const permit = await answerOf(at(shanghai), 'request', { donor: donor('DONOR01'), procedure: 'WHOLE_BLOOD' });
    const collectedAt = '2026-11-21T03:59:00Z';
    expect(await record(at(shanghai), 'DONOR02', 'D2')).toMatchObject({ donationNo: 'D2', flag: 'WITHOUT_PERMIT' });
    expect(await record(at(shanghai), 'DONOR01', 'D1', { collectedAt, permit: permit['id'] })).toMatchObject({
      donationNo: 'D1',
      permit: permit['id'],
    });
    await vi.waitFor(async () => {
      expect(await answerOf(at(shanghai), 'release', { id: permit['id'] })).toMatchObject({ state: 'COMPLETED' });
    }, 10_000);
  });
});

describe('a bar that comes late', () => {
  test('raises a conflict wherever the donor gave since, holds the unit, and is resolved with a reason', async () => {
    await startFederation();
    await record(at(shanghai), 'DONOR01', 'D1');
    await untilFresh(at(shanghai));
    expect(await answerOf(at(shanghai), 'releaseCheck', { no: 'D1' })).toMatchObject({ verdict: 'CLEARED' });
    const input = {
      donor: donor('DONOR01'),
      lookoutNo: 'L1',
      marker: 'HIV',
      confirmedOn: '2026-11-01',
      laboratory: 'x',
    };
    await answerOf(at(jiangsu), 'report', { input });
    interface Page {
      readonly edges: readonly { readonly node: { readonly id: string; readonly kind: string } }[];
    }
    for (const station of [at(shanghai), at(jiangsu)]) {
      await vi.waitFor(async () => {
        const { edges } = await answerOf<Page>(station, 'conflicts');
        expect(edges.map(({ node }) => node)).toMatchObject([
          {
            kind: 'BARRED',
            state: 'OPEN',
            stations: [shanghai, jiangsu],
            donations: station === at(shanghai) ? ['D1'] : [],
          },
        ]);
      }, 10_000);
    }
    expect(await answerOf(at(shanghai), 'releaseCheck', { no: 'D1' })).toMatchObject({ verdict: 'HOLD' });
    const { edges } = await answerOf<Page>(at(shanghai), 'conflicts');
    const id = edges[0]?.node.id;
    expect(await answerOf(at(shanghai), 'resolve', { id, reason: 'Unit destroyed.' })).toMatchObject({
      state: 'RESOLVED',
    });
    expect(await answerOf(at(shanghai), 'resolve', { id, reason: 'Again.' })).toMatchObject({
      code: 'ALREADY_RESOLVED',
    });
  });
});

describe('a log that was made anew (D5)', () => {
  test('costs nobody a fact, neither one it had given out nor one it had taken and given nobody', async () => {
    const federation = await startFederation();
    await record(at(jiangsu), 'DONOR01', 'D1');
    await vi.waitFor(async () => {
      expect(await eligibility(at(shanghai), 'DONOR01')).toMatchObject({ verdict: 'DEFERRED' });
    }, 10_000);
    await untilFresh(at(shanghai), at(jiangsu));
    const databases = new Map(codes.map((code) => [code, at(code).databaseUrl]));
    for (const code of codes) await at(code).stop();
    const [outbox] = await query<{ id: string }>(at(jiangsu).databaseUrl, 'SELECT id FROM outbox');
    expect(outbox).toBeDefined();
    const tables = await query<{ name: string }>(
      federation.log.url,
      "SELECT quote_ident(tablename) AS name FROM pg_tables WHERE schemaname = 'public'",
    );
    await query(federation.log.url, `DROP TABLE ${tables.map(({ name }) => name).join(', ')} CASCADE`);
    // What Jiangsu had told is nowhere but in the copies: a station that begins now has to get it from Jiangsu.
    await query(at(plasma).databaseUrl, 'TRUNCATE event, origin_progress, log_position');
    for (const code of codes) await federation.restart(code, databases.get(code) ?? '');
    await record(at(jiangsu), 'DONOR02', 'D2');
    await vi.waitFor(async () => {
      const told = await query(at(plasma).databaseUrl, 'SELECT type FROM event WHERE origin = $1', [jiangsu]);
      expect(told).toHaveLength(2);
    }, 30_000);
  });
});

describe('a database restored from an old backup (E11)', () => {
  test('uses no number twice, and what was told since is known to it again', async () => {
    const federation = await startFederation();
    await record(at(jiangsu), 'DONOR01', 'D1');
    await untilFresh(at(jiangsu), at(shanghai));
    await at(jiangsu).stop();
    const url = new URL(at(jiangsu).databaseUrl);
    const name = url.pathname.slice(1);
    const server = new URL('/postgres', url);
    await query(server.href, `CREATE DATABASE ${name}_backup TEMPLATE ${name}`);
    await federation.restart(jiangsu, url.href);
    await record(at(jiangsu), 'DONOR02', 'D2');
    await vi.waitFor(async () => {
      expect(await eligibility(at(shanghai), 'DONOR02')).toMatchObject({ verdict: 'DEFERRED' });
    }, 20_000);
    await at(jiangsu).stop();
    await query(server.href, `DROP DATABASE ${name} WITH (FORCE)`);
    await query(server.href, `ALTER DATABASE ${name}_backup RENAME TO ${name}`);
    await federation.restart(jiangsu, url.href);
    await vi.waitFor(async () => {
      expect(await eligibility(at(jiangsu), 'DONOR02')).toMatchObject({ verdict: 'DEFERRED' });
    }, 20_000);
    await record(at(jiangsu), 'DONOR03', 'D3');
    await vi.waitFor(async () => {
      expect(await eligibility(at(shanghai), 'DONOR03')).toMatchObject({ verdict: 'DEFERRED' });
    }, 20_000);
    const doubts = await query(at(shanghai).databaseUrl, 'SELECT * FROM origin_progress WHERE forked_at IS NOT NULL');
    expect(doubts).toEqual([]);
    expect(await query(at(shanghai).databaseUrl, 'SELECT * FROM quarantine')).toEqual([]);
  });
});
