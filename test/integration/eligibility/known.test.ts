/** What a check rests on: own records, the copy of the log, and a live answer of exactly those whom the copy does not cover. */
import { describe, expect, test } from 'vitest';

import type { FederationPort } from '#node/ports.ts';
import type { StationCoverage } from '#schema/coverage.ts';
import type { DonationFact } from '#schema/facts.ts';
import { StationCode } from '#schema/ids.ts';
import type { DonorToken } from '#schema/ids.ts';
import { claimOf, createDesk, here, there } from '#test/integration/permits/desk-under-test.ts';
import type { Desk } from '#test/integration/permits/desk-under-test.ts';
import { asker } from '#test/support/asker.ts';
import { donated, donorNamed, logStart } from '#test/support/donor-log.ts';
import { day } from '#test/support/facts.ts';

const plasma = StationCode.parse('330798P01');
const donor = donorNamed('at the desk');
const asOf = new Date(logStart).toISOString();

const fresh = (station: StationCode): StationCoverage => ({ station, state: 'REPLICATED', asOf, fault: null });
const behind = (station: StationCode): StationCoverage => ({
  station,
  state: 'MISSING',
  asOf,
  fault: 'STATION_BEHIND',
});

interface Question {
  readonly tokens: readonly DonorToken[];
  readonly stations: readonly StationCode[];
}

/** Stations that answer live, in a test's words; who is not in `held` stays silent. */
function createLive(held: ReadonlyMap<StationCode, readonly DonationFact[]>) {
  const questions: Question[] = [];
  const heldElsewhereOf: FederationPort['heldElsewhereOf'] = (_asker, tokens, stations) => {
    questions.push({ tokens, stations });
    const coverage = stations.map((station): StationCoverage =>
      held.has(station)
        ? { station, state: 'LIVE', asOf, fault: null }
        : { station, state: 'MISSING', asOf: null, fault: 'STATION_TIMEOUT' },
    );
    const donations = stations.flatMap((station) => [...(held.get(station) ?? [])]);
    return Promise.resolve(tokens.map(() => ({ facts: { donations, bars: [], registrations: [] }, coverage })));
  };
  const federation: FederationPort = {
    heldElsewhereOf,
    heldElsewhere: async (by, token, stations) => {
      const [answer] = await heldElsewhereOf(by, [token], stations);
      if (answer === undefined) throw new Error('no answer');
      return answer;
    },
  };
  return { questions, federation };
}

const verdictOf = (desk: Desk, token = donor) => desk.eligibility.check(asker, token, 'WHOLE_BLOOD', null);

describe('a check with every copy fresh', () => {
  test('asks nobody, and says how fresh each copy is', async () => {
    const { questions, federation } = createLive(new Map());
    await using desk = await createDesk({ federation });
    desk.world.fresh = [fresh(there), fresh(plasma)];
    expect(await verdictOf(desk)).toMatchObject({
      verdict: 'ELIGIBLE',
      coverage: { complete: true, stations: [{ station: here, state: 'OWN' }, fresh(there), fresh(plasma)] },
    });
    expect(questions).toEqual([]);
  });

  test('knows what the others told, as they corrected it', async () => {
    await using desk = await createDesk();
    const told = await desk.other.say(donor, donated());
    desk.records.tell(told);
    await desk.apply();
    expect(await verdictOf(desk)).toMatchObject({ verdict: 'DEFERRED', eligibleFrom: '2027-05-01' });
    desk.records.tell(await desk.other.say(donor, { type: 'donation.corrected', of: told.id, donation: null }));
    await desk.apply();
    expect((await verdictOf(desk)).verdict).toBe('ELIGIBLE');
  });

  test('counts an own donation once, though the log tells of it too', async () => {
    await using desk = await createDesk();
    const id = '01900000-0000-7000-8000-00000000000a';
    const token = Buffer.from(donor, 'base64url');
    const partition = (await desk.other.say(donor, donated())).partition;
    await desk.copy.pool.query(`INSERT INTO outbox (id, partition, token, at, body) VALUES ($1, $2, $3, now(), $4)`, [
      id,
      partition,
      token,
      donated(),
    ]);
    await desk.copy.pool.query(
      `INSERT INTO donation (donation_no, token, procedure, collected_at, collected_on, volume_ml, outcome, event_id)
       VALUES ('D1', $1, 'WHOLE_BLOOD', '2026-11-01T02:00:00Z', '2026-11-01', 400, 'COMPLETE', $2)`,
      [token, id],
    );
    await desk.carry();
    const { own, history } = await desk.knowledge.knowledgeOf(donor);
    expect([own.donations.length, history.map(({ isOwn }) => isOwn)]).toEqual([1, [true]]);
    expect((await desk.eligibility.knownOf(asker, donor)).donations).toHaveLength(1);
  });
});

describe('a check with a copy that is behind', () => {
  const live: DonationFact = {
    station: there,
    procedure: 'WHOLE_BLOOD',
    collectedOn: day('2026-10-01'),
    volumeMl: 400,
    outcome: 'COMPLETE',
  };

  test('asks exactly that station, whose answer stands for what it told', async () => {
    const { questions, federation } = createLive(new Map([[there, [live]]]));
    await using desk = await createDesk({ federation });
    desk.records.tell(await desk.other.say(donor, donated()));
    await desk.apply();
    desk.world.fresh = [behind(there), fresh(plasma)];
    expect(await verdictOf(desk)).toMatchObject({
      verdict: 'DEFERRED',
      eligibleFrom: '2027-04-01',
      coverage: { complete: true, stations: [{}, { station: there, state: 'LIVE' }, fresh(plasma)] },
    });
    expect(questions).toEqual([{ tokens: [donor], stations: [there] }]);
  });

  test('is indeterminate when that one stays silent, and says how far the copy goes; what is in the way is said', async () => {
    const { federation } = createLive(new Map());
    await using desk = await createDesk({ federation });
    desk.records.tell(await desk.other.say(donor, donated()));
    await desk.apply();
    desk.world.fresh = [behind(there), fresh(plasma)];
    const silent = { station: there, state: 'MISSING', asOf, fault: 'STATION_TIMEOUT' };
    expect(await verdictOf(desk, donorNamed('nobody knows'))).toMatchObject({
      verdict: 'INDETERMINATE',
      coverage: { complete: false, stations: [{}, silent, fresh(plasma)] },
    });
    expect(await verdictOf(desk)).toMatchObject({
      verdict: 'DEFERRED',
      grounds: [{ code: 'INTERVAL' }, { code: 'COVERAGE' }],
    });
  });

  test('asks also an origin that said something of this donor that is not understood, and of no other donor', async () => {
    const { questions, federation } = createLive(new Map([[there, []]]));
    await using desk = await createDesk({ federation });
    desk.records.tell(await desk.other.say(donor, { type: 'donor.linked', to: 'x' }));
    await desk.apply();
    desk.world.fresh = [fresh(there), fresh(plasma)];
    const stranger = donorNamed('a stranger');
    expect((await verdictOf(desk, stranger)).verdict).toBe('ELIGIBLE');
    expect(questions).toEqual([]);
    expect(await verdictOf(desk)).toMatchObject({
      verdict: 'ELIGIBLE',
      coverage: { stations: [{}, { station: there, state: 'LIVE' }, fresh(plasma)] },
    });
    expect(questions).toEqual([{ tokens: [donor], stations: [there] }]);
    questions.length = 0;
    const decisions = await desk.eligibility.checkMany(asker, [stranger, donor], 'WHOLE_BLOOD', null);
    expect(decisions.map(({ coverage }) => coverage.stations[1]?.state)).toEqual(['REPLICATED', 'LIVE']);
    expect(questions).toEqual([{ tokens: [donor], stations: [there] }]);
  });
});

describe('a check at a station nothing may rest on', () => {
  test('is never eligible, also where every copy is fresh or nobody else is a member; what is in the way is said', async () => {
    await using desk = await createDesk();
    desk.records.tell(await desk.other.say(donor, donated()));
    await desk.apply();
    const stranger = donorNamed('nobody knows');
    expect((await verdictOf(desk, stranger)).verdict).toBe('ELIGIBLE');
    desk.world.fault = 'STATION_SUSPENDED';
    for (const others of [[], [fresh(there), fresh(plasma)]]) {
      desk.world.fresh = others;
      const own = { station: here, state: 'MISSING', asOf: expect.any(String) as string, fault: 'STATION_SUSPENDED' };
      expect(await verdictOf(desk, stranger)).toMatchObject({
        verdict: 'INDETERMINATE',
        grounds: [{ code: 'COVERAGE' }],
        coverage: { complete: false, stations: [own, ...others] },
      });
      expect(await verdictOf(desk)).toMatchObject({
        verdict: 'DEFERRED',
        grounds: [{ code: 'INTERVAL' }, { code: 'COVERAGE' }],
      });
    }
    desk.world.fault = null;
    expect((await verdictOf(desk, stranger)).verdict).toBe('ELIGIBLE');
  });
});

test('many donors are answered like one, in order, with one question for those that need one', async () => {
  const { questions, federation } = createLive(new Map());
  await using desk = await createDesk({ federation });
  const donors = ['a', 'b', 'c', 'd'].map(donorNamed);
  for (const token of donors.slice(1, 3)) desk.records.tell(await desk.other.say(token, donated()));
  await desk.apply();
  desk.world.fresh = [behind(there)];
  const one = await Promise.all(donors.map((token) => verdictOf(desk, token)));
  expect(questions.map(({ tokens }) => tokens.length)).toEqual([1, 1, 1, 1]);
  questions.length = 0;
  expect(await desk.eligibility.checkMany(asker, donors, 'WHOLE_BLOOD', null)).toEqual(one);
  expect(questions).toEqual([{ tokens: donors, stations: [there] }]);
  expect(one.map(({ verdict }) => verdict)).toEqual(['INDETERMINATE', 'DEFERRED', 'DEFERRED', 'INDETERMINATE']);
});

test('a permit elsewhere holds today and says nothing of another day', async () => {
  await using desk = await createDesk();

  desk.records.tell(await desk.other.say(donor, claimOf(desk.ruleSet)));
  await desk.apply();
  const verdicts = await Promise.all(
    [null, day('2026-11-20'), day('2026-11-21')].map((on) => desk.eligibility.check(asker, donor, 'WHOLE_BLOOD', on)),
  );
  expect(verdicts.map(({ verdict }) => verdict)).toEqual(['INDETERMINATE', 'INDETERMINATE', 'ELIGIBLE']);
  desk.world.logTime = logStart + 3_600_000 + 20;
  expect((await verdictOf(desk)).verdict).toBe('ELIGIBLE');
});
