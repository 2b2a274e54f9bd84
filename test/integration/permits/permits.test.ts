/** What a desk gets that asks for a donor's chair. */
import { describe, expect, test, vi } from 'vitest';

import { cursorOf, permitPage } from '#node/modules/permits/permit-page.ts';
import type { Permit } from '#node/modules/permits/permit-view.ts';
import type { NotAvailable } from '#node/modules/permits/permits.ts';
import { EventId } from '#schema/ids.ts';
import { asker } from '#test/support/asker.ts';
import { donated, donorNamed, logStart } from '#test/support/donor-log.ts';

import { claimOf, createDesk, here, there } from './desk-under-test.ts';

const donor = donorNamed('in the chair');
const aPermit = (answer: Permit | NotAvailable): Permit => {
  if ('notAvailable' in answer) throw new Error(`not available: ${answer.notAvailable}`);
  return answer;
};
const claims = (told: readonly Record<string, unknown>[]) => told.filter(({ type }) => type === 'permit.claimed');

describe('a permit', () => {
  test('is granted at its place in the log, for the time of the policy, by the rules named', async () => {
    await using desk = await createDesk();
    const permit = aPermit(await desk.permits.request(asker, donor, 'WHOLE_BLOOD'));
    expect(permit).toEqual({
      id: expect.stringMatching(/^[0-9a-f-]{36}$/) as unknown,
      token: donor,
      procedure: 'WHOLE_BLOOD',
      grantedAt: logStart + 10,
      until: logStart + 10 + 4 * 3_600_000,
      state: 'IN_FORCE',
      ruleSet: { id: desk.ruleSet.id, hash: desk.ruleSet.hash },
      coverage: expect.objectContaining({ complete: true }) as unknown,
    });
  });

  test('is the same one for the same donor and procedure while it is in force, also for two clicks at once', async () => {
    await using desk = await createDesk();
    const [one, two] = await Promise.all([
      desk.permits.request(asker, donor, 'WHOLE_BLOOD'),
      desk.permits.request(asker, donor, 'WHOLE_BLOOD'),
    ]);
    const three = await desk.permits.request(asker, donor, 'WHOLE_BLOOD');
    expect(new Set([one, two, three].map((each) => aPermit(each).id)).size).toBe(1);
    expect(claims(await desk.told())).toHaveLength(1);
  });

  test('is refused for another procedure while one is held', async () => {
    await using desk = await createDesk();
    await desk.permits.request(asker, donor, 'WHOLE_BLOOD');
    await expect(desk.permits.request(asker, donor, 'PLATELETS')).rejects.toMatchObject({ code: 'PERMIT_TAKEN' });
  });

  test('is not given, nor given again, by a station nothing may rest on', async () => {
    await using desk = await createDesk();
    desk.world.fault = 'STATION_SUSPENDED';
    const none = { notAvailable: 'STATION_SUSPENDED' };
    expect(await desk.permits.request(asker, donor, 'WHOLE_BLOOD')).toEqual(none);
    expect(await desk.told()).toEqual([]);
    desk.world.fault = null;
    aPermit(await desk.permits.request(asker, donor, 'WHOLE_BLOOD'));
    desk.world.fault = 'STATION_SUSPENDED';
    expect(await desk.permits.request(asker, donor, 'WHOLE_BLOOD')).toEqual(none);
  });

  test('is refused while another station holds one, and nothing is claimed', async () => {
    await using desk = await createDesk();
    desk.records.tell(await desk.other.say(donor, claimOf(desk.ruleSet)));
    await desk.apply();
    await expect(desk.permits.request(asker, donor, 'WHOLE_BLOOD')).rejects.toMatchObject({ code: 'PERMIT_TAKEN' });
    expect(await desk.told()).toEqual([]);
    expect(await desk.eligibility.check(asker, donor, 'WHOLE_BLOOD', null)).toMatchObject({
      verdict: 'INDETERMINATE',
      grounds: [{ code: 'PERMIT_ELSEWHERE' }],
    });
  });

  test('is refused when another station’s claim is before it in the log, though it was not known yet', async () => {
    await using desk = await createDesk();
    desk.world.onTold = async () => {
      desk.records.tell(await desk.other.say(donor, claimOf(desk.ruleSet)));
      await desk.carry();
    };
    await expect(desk.permits.request(asker, donor, 'WHOLE_BLOOD')).rejects.toMatchObject({ code: 'PERMIT_TAKEN' });
  });

  test('is refused where a fact stands in the way: known here, or before the claim in the log', async () => {
    await using desk = await createDesk();
    desk.records.tell(await desk.other.say(donor, donated()));
    await desk.apply();
    await expect(desk.permits.request(asker, donor, 'WHOLE_BLOOD')).rejects.toMatchObject({ code: 'NOT_ELIGIBLE' });
    expect(await desk.told()).toEqual([]);
    const unaware = donorNamed('barred meanwhile');
    desk.world.onTold = async () => {
      desk.records.tell(await desk.other.say(unaware, { type: 'bar.set', since: '2026-11-01' }));
      await desk.carry();
    };
    await expect(desk.permits.request(asker, unaware, 'WHOLE_BLOOD')).rejects.toMatchObject({ code: 'NOT_ELIGIBLE' });
    expect(claims(await desk.told())).toHaveLength(1);
  });

  test('of what this station does not offer is refused', async () => {
    await using desk = await createDesk();
    await expect(desk.permits.request(asker, donor, 'SOURCE_PLASMA')).rejects.toMatchObject({
      code: 'PROCEDURE_NOT_OFFERED',
    });
  });

  test('of another rule set than this version knows before it in the log leaves it undecided', async () => {
    await using desk = await createDesk();
    desk.world.onTold = async () => {
      const claim = { ...claimOf(desk.ruleSet), ruleSet: { id: 'CN-2040', hash: '0'.repeat(64) } };
      desk.records.tell(await desk.other.say(donor, claim));
      await desk.carry();
    };
    expect(await desk.permits.request(asker, donor, 'WHOLE_BLOOD')).toEqual({ notAvailable: 'CLAIM_UNDECIDED' });
  });
});

describe('when the log does not answer', () => {
  test('nothing is decided and nothing is left in the outbox', async () => {
    await using desk = await createDesk({ patienceMs: 50 });
    desk.world.onTold = () => Promise.resolve();
    expect(await desk.permits.request(asker, donor, 'WHOLE_BLOOD')).toEqual({ notAvailable: 'LOG_UNAVAILABLE' });
    expect(await desk.told()).toEqual([]);
  });

  test('nothing is claimed while the log’s time is not known', async () => {
    await using desk = await createDesk();
    desk.world.logTime = null;
    expect(await desk.permits.request(asker, donor, 'WHOLE_BLOOD')).toEqual({ notAvailable: 'LOG_UNAVAILABLE' });
    expect(await desk.told()).toEqual([]);
  });

  test('a permit that is granted with nobody waiting is given back, and only then can it be asked for again', async () => {
    await using desk = await createDesk({ patienceMs: 50 });
    desk.world.onTold = () => desk.send();
    expect(await desk.permits.request(asker, donor, 'WHOLE_BLOOD')).toEqual({ notAvailable: 'LOG_UNAVAILABLE' });
    const released = new Promise<void>((resolve) => {
      desk.world.onTold = () => {
        resolve();
        return Promise.resolve();
      };
    });
    await desk.apply();
    await released;
    const [claim, release, ...more] = await desk.told();
    expect([claim?.['type'], release?.['type'], more]).toEqual(['permit.claimed', 'permit.released', []]);
    expect(await desk.permits.request(asker, donor, 'WHOLE_BLOOD')).toEqual({ notAvailable: 'LOG_UNAVAILABLE' });
    desk.world.onTold = () => desk.carry();
    await desk.carry();
    const patient = desk.openInstance(5_000);
    expect(aPermit(await patient.request(asker, donor, 'WHOLE_BLOOD')).state).toBe('IN_FORCE');
  });

  test('a claim the log takes too late grants nothing and is in nobody’s way', async () => {
    await using desk = await createDesk({ patienceMs: 50 });
    desk.world.logTime = logStart - 1_000_000;
    desk.world.onTold = () => desk.send();
    expect(await desk.permits.request(asker, donor, 'WHOLE_BLOOD')).toEqual({ notAvailable: 'LOG_UNAVAILABLE' });
    await desk.apply();
    expect(await desk.copy.rows('SELECT claim FROM event')).toEqual([{ claim: 'VOID' }]);
    desk.world.logTime = logStart + 10_000;
    desk.world.onTold = () => desk.carry();
    const patient = desk.openInstance(5_000);
    expect(aPermit(await patient.request(asker, donor, 'WHOLE_BLOOD')).state).toBe('IN_FORCE');
    expect((await desk.told()).map(({ type }) => type)).toEqual(['permit.claimed', 'permit.claimed']);
  });

  test('a station that is missing is named by what is wrong with it', async () => {
    await using desk = await createDesk();
    desk.world.fresh = [{ station: there, state: 'MISSING', asOf: null, fault: 'STATION_BEHIND' }];
    expect(await desk.permits.request(asker, donor, 'WHOLE_BLOOD')).toEqual({ notAvailable: 'STATION_TIMEOUT' });
    expect(await desk.told()).toEqual([]);
  });
});

describe('giving a permit back', () => {
  test('frees the chair for the next claim in the log; again changes nothing', async () => {
    await using desk = await createDesk();
    const { id } = aPermit(await desk.permits.request(asker, donor, 'WHOLE_BLOOD'));
    desk.world.onTold = () => Promise.resolve();
    const answers = await Promise.all([desk.permits.release(id), desk.permits.release(id), desk.permits.release(id)]);
    expect(answers.map(({ state }) => state)).toEqual(['RELEASED', 'RELEASED', 'RELEASED']);
    await desk.carry();
    expect((await desk.permits.release(id)).state).toBe('RELEASED');
    expect((await desk.told()).map(({ type, of }) => [type, of])).toEqual([
      ['permit.claimed', null],
      ['permit.released', id],
    ]);
    desk.records.tell(await desk.other.say(donor, claimOf(desk.ruleSet)));
    await desk.apply();
    expect(await desk.copy.rows('SELECT claim FROM event WHERE origin = $1', [there])).toEqual([{ claim: 'GRANTED' }]);
  });

  test('that is already being given back is not answered to another desk', async () => {
    await using desk = await createDesk();
    const { id } = aPermit(await desk.permits.request(asker, donor, 'WHOLE_BLOOD'));
    desk.world.onTold = () => Promise.resolve();
    await desk.permits.release(id);
    expect(await desk.permits.request(asker, donor, 'WHOLE_BLOOD')).toEqual({ notAvailable: 'LOG_UNAVAILABLE' });
  });

  test('of nobody’s, or of another station’s, is refused', async () => {
    await using desk = await createDesk();
    const theirs = await desk.other.say(donor, claimOf(desk.ruleSet));
    desk.records.tell(theirs);
    await desk.apply();
    for (const id of [theirs.id, 'x', '01900000-0000-7000-8000-000000000000']) {
      await expect(desk.permits.release(id)).rejects.toMatchObject({ code: 'PERMIT_UNKNOWN' });
    }
  });
});

test('a permit somebody else of this station was given a moment ago is not answered until it has settled', async () => {
  await using desk = await createDesk();
  const { id } = aPermit(await desk.permits.request(asker, donor, 'WHOLE_BLOOD'));
  const another = desk.openInstance();
  expect(await another.request(asker, donor, 'WHOLE_BLOOD')).toEqual({ notAvailable: 'LOG_UNAVAILABLE' });
  desk.world.logTime = logStart + 120_000;
  expect(aPermit(await another.request(asker, donor, 'WHOLE_BLOOD')).id).toBe(id);
});

describe('the list of permits', () => {
  test('has this station’s, newest first, page by page, each as it stands', async () => {
    await using desk = await createDesk();
    const ids: string[] = [];
    for (const name of ['a', 'b', 'c']) {
      ids.unshift(aPermit(await desk.permits.request(asker, donorNamed(name), 'PLATELETS')).id);
    }
    desk.records.tell(await desk.other.say(donor, claimOf(desk.ruleSet)));
    await desk.carry();
    await desk.permits.release(ids[1] ?? '');
    await vi.waitFor(async () => {
      expect(await desk.copy.rows("SELECT 1 FROM event WHERE type = 'permit.released'")).toHaveLength(1);
    });
    const dependencies = { ...desk, station: { code: here } };
    const first = await permitPage(dependencies, { limit: 2, inverted: false });
    expect(first.map(({ id, state }) => [id, state])).toEqual([
      [ids[0], 'IN_FORCE'],
      [ids[1], 'RELEASED'],
    ]);
    const after = first[1] === undefined ? '' : cursorOf(first[1]);
    const rest = await permitPage(dependencies, { after, limit: 2, inverted: false });
    expect(rest.map(({ id }) => id)).toEqual([ids[2]]);
    const back = await permitPage(dependencies, { before: after, limit: 2, inverted: true });
    expect(back.map(({ id }) => EventId.parse(id))).toEqual([ids[0]]);
  });
});
