/** A disk that is full, wherever something is written (E1): what PostgreSQL says then, of the one table that has no room left. */
import { afterEach, describe, expect, test, vi } from 'vitest';

import {
  at,
  donor,
  draw,
  eligibility,
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

const noRoom = `
  CREATE FUNCTION no_room() RETURNS trigger LANGUAGE plpgsql AS $$
  BEGIN
    RAISE EXCEPTION 'could not extend file: No space left on device' USING ERRCODE = 'disk_full';
  END $$`;

/** From now on nothing can be added to a table; what it answers makes room again. */
async function fill(url: string, table: string): Promise<() => Promise<unknown>> {
  await query(url, noRoom);
  await query(url, `CREATE TRIGGER no_room BEFORE INSERT ON ${table} FOR EACH STATEMENT EXECUTE FUNCTION no_room()`);
  return () => query(url, 'DROP FUNCTION no_room CASCADE');
}

const faultOf = async (number: string, donationNo: string): Promise<unknown> => {
  const answer = await at(jiangsu).ask(
    'mutation ($input: RecordDonationInput!) { recordDonation(input: $input) { __typename } }',
    { input: { ...draw, donor: donor(number), donationNo } },
  );
  expect(answer.data ?? null).toBe(null);
  return answer.errors?.[0]?.extensions;
};

const written = (url: string) => query(url, 'SELECT 1 FROM donation UNION ALL SELECT 1 FROM outbox');

const copied = () => query(at(shanghai).databaseUrl, 'SELECT 1 FROM event');

/** In Jiangsu it is recorded, and Shanghai, which cannot copy it, asks; what it could not copy it does once there is room. */
async function copiesOnceThereIsRoom(makeRoom: () => Promise<unknown>): Promise<void> {
  expect(await record(at(jiangsu), 'DONOR01', 'D1')).toMatchObject({ __typename: 'Donation' });
  await untilDeferred('DONOR01');
  expect(await copied()).toEqual([]);
  await makeRoom();
  await vi.waitFor(async () => {
    expect(await copied()).toHaveLength(1);
  }, 20_000);
}

describe('a station that has no room', () => {
  test('for a fact, the outbox or the entry records nothing in half, and does so once there is room', async () => {
    await startFederation();
    await untilFresh(at(shanghai), at(jiangsu));
    const url = at(jiangsu).databaseUrl;
    for (const table of ['donation', 'outbox', 'audit_entry']) {
      const makeRoom = await fill(url, table);
      expect(await faultOf('DONOR01', 'D1')).toMatchObject({ code: 'DATABASE_UNAVAILABLE', retryable: true });
      expect(await written(url)).toEqual([]);
      await makeRoom();
    }
    expect(await record(at(jiangsu), 'DONOR01', 'D1')).toMatchObject({ __typename: 'Donation' });
    await untilDeferred('DONOR01');
  });

  test('for its record answers nobody and is not ready, until there is', async () => {
    await startFederation();
    await untilFresh(at(shanghai), at(jiangsu));
    const makeRoom = await fill(at(jiangsu).databaseUrl, 'audit_entry');
    await expect(eligibility(at(jiangsu), 'DONOR01')).rejects.toThrow();
    expect(await readinessOf(at(jiangsu))).toBe(503);
    await makeRoom();
    expect(await eligibility(at(jiangsu), 'DONOR01')).toMatchObject({ verdict: 'ELIGIBLE' });
    expect(await readinessOf(at(jiangsu))).toBe(200);
  });

  test('for its copy of the log finds nobody eligible by what it does not know, and catches up', async () => {
    await startFederation();
    await untilFresh(at(shanghai), at(jiangsu));
    const makeRoom = await fill(at(shanghai).databaseUrl, 'event');
    await copiesOnceThereIsRoom(makeRoom);
  });
});

test('a log that has no room keeps what stations tell it, once there is', async () => {
  const { log } = await startFederation();
  await untilFresh(at(shanghai), at(jiangsu));
  const makeRoom = await fill(log.url, 'log_record');
  await copiesOnceThereIsRoom(makeRoom);
});
