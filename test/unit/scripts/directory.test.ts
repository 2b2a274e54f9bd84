/** `lookout directory`: what is proposed, signed and published in a state folder, without any node. */
import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';

import { afterEach, beforeEach, describe, expect, test, vi } from 'vitest';

import {
  admit,
  nextVersion,
  reinstate,
  renew,
  rotateKey,
  setPolicy,
  suspend,
} from '#scripts/lookout/directory/changes.ts';
import { createFirst } from '#scripts/lookout/directory/create.ts';
import { differenceOf } from '#scripts/lookout/directory/difference.ts';
import { proposeAdmission, proposeSuspension } from '#scripts/lookout/directory/propose.ts';
import { proposeAuthorities, proposePolicy } from '#scripts/lookout/directory/propose-rules.ts';
import { publish } from '#scripts/lookout/directory/publish.ts';
import { sign } from '#scripts/lookout/directory/sign.ts';
import { Directory } from '#schema/directory.ts';
import { admitRegulator, rotateRegulatorKey, setRegulatorStatus } from '#scripts/lookout/directory/regulators.ts';
import { directoryOf, memberOf } from '#test/support/directory.ts';
import { testRegulator } from '#test/support/regulator.ts';
import { testPublicKey, testSigningKey } from '#test/support/signing-keys.ts';

const now = Date.parse('2026-11-22T00:00:00Z');
const published = directoryOf([memberOf('310198B01'), memberOf('320198B01')], {
  version: 4,
  issuedAt: '2026-11-01T00:00:00.000Z',
  softUntil: '2026-12-01T00:00:00.000Z',
});

describe('a change', () => {
  test('suspends a member from now on, and ends the suspension', () => {
    const next = nextVersion(published, published, suspend('320198B01'), now);
    expect(Directory.safeParse(next).success).toBe(true);
    expect(next).toMatchObject({
      version: 5,
      softUntil: '2026-12-22T00:00:00.000Z',
      members: [
        { status: 'ACTIVE' },
        { status: 'SUSPENDED', suspensions: [{ since: '2026-11-22T00:00:00.000Z', until: null }] },
      ],
    });
    const back = nextVersion(next, next, reinstate('320198B01'), now + 1_000);
    expect(Directory.safeParse(back).success).toBe(true);
    expect(back.members[1]).toMatchObject({
      status: 'ACTIVE',
      suspensions: [{ since: '2026-11-22T00:00:00.000Z', until: '2026-11-22T00:00:01.000Z' }],
    });
    expect(() => suspend('320198B01')(next, now)).toThrow('suspended already');
    expect(() => reinstate('310198B01')(next, now)).toThrow('not suspended');
    expect(() => suspend('330198B01')(next, now)).toThrow('no member');
  });

  test('admits a regulator, suspends it and gives it a new key, as it does a member', () => {
    const key = { ...testPublicKey('new'), notBefore: '2026-11-22T00:00:00.000Z' };
    const admitted = nextVersion(published, published, admitRegulator(published, testRegulator), now);
    expect(differenceOf(published, admitted)).toContain(
      'regulator R31 示例监管 Example regulator is admitted with 1 key(s)',
    );
    const suspended = nextVersion(admitted, admitted, setRegulatorStatus('R31', 'SUSPENDED'), now);
    const rotated = nextVersion(suspended, suspended, rotateRegulatorKey('R31', key, 3_600_000), now);
    expect(Directory.safeParse(rotated).success).toBe(true);
    expect(rotated.regulators).toMatchObject([
      { status: 'SUSPENDED', keys: [{ notAfter: '2026-11-22T01:00:00.000Z' }, { notAfter: null }] },
    ]);
    expect(differenceOf(admitted, suspended)).toContain('R31 is suspended');
    expect(() => admitRegulator(published, testRegulator)(admitted, now)).toThrow('already');
    expect(() => setRegulatorStatus('R32', 'ACTIVE')(admitted, now)).toThrow('no regulator');
  });

  test('gives a member a new key and lets the old one run out', () => {
    const key = { ...testPublicKey('new'), notBefore: '2026-11-22T00:00:00.000Z' };
    const next = nextVersion(published, published, rotateKey('320198B01', key, 3_600_000), now);
    expect(next.members[1]?.keys).toMatchObject([{ notAfter: '2026-11-22T01:00:00.000Z' }, { notAfter: null }]);
    expect(differenceOf(published, next).slice(1)).toEqual([
      `320198B01 key ${testPublicKey('320198B01').kid} ends 2026-11-22T01:00:00.000Z`,
      `320198B01 key ${key.kid} is added, from 2026-11-22T00:00:00.000Z on`,
    ]);
  });

  test('is good for a month when nothing else is said, and never lowers the epoch of the log', () => {
    const terms = (days: number) => new Date(now + days * 86_400_000).toISOString();
    const shorter = nextVersion(published, published, renew(7, 14), now);
    expect(shorter).toMatchObject({ version: 5, softUntil: terms(7), hardUntil: terms(14) });
    const raised = nextVersion(published, published, setPolicy({ logEpoch: 2 }), now);
    expect(raised).toMatchObject({
      softUntil: terms(30),
      hardUntil: terms(60),
      policy: { logEpoch: 2, freshMs: 15_000 },
    });
    expect(() => setPolicy({ logEpoch: 1 })(raised, now)).toThrow('never falls');
  });

  test('admits nobody once the directory has begun to expire', () => {
    const change = admit(published, memberOf('330198B01'));
    expect(nextVersion(published, published, change, now).members).toHaveLength(3);
    expect(() => change(published, Date.parse('2026-12-01T00:00:00Z'))).toThrow('DIRECTORY_EXPIRED');
    expect(() => admit(published, memberOf('320198B01'))(published, now)).toThrow('member already');
  });
});

test('the difference names who comes, goes, moves and is suspended, which policy changes, and who signs', () => {
  const next = directoryOf(
    [
      memberOf('310198B01', { endpoint: 'http://127.0.0.1:4001' }),
      memberOf('330198B01', { nameZh: '杭州', nameEn: 'Hangzhou' }),
    ],
    {
      version: 5,
      policy: { ...published.policy, freshMs: 20_000 },
      authorities: { threshold: 1, keys: [{ ...testPublicKey('B1'), name: 'B1' }] },
    },
  );
  const said = differenceOf(published, next).join('\n');
  expect(said).toContain('version 4 -> 5');
  expect(said).toContain('310198B01 moves from http://127.0.0.1:9 to http://127.0.0.1:4001');
  expect(said).toContain('member 330198B01 杭州 Hangzhou is admitted');
  expect(said).toContain('member 320198B01 示例320198B01 Example 320198B01 is removed');
  expect(said).toContain('policy freshMs: 15000 -> 20000');
  expect(said).toContain('authority B1');
  expect(said).toContain('authority Test authority');
});

describe('the verbs', () => {
  let state: string;
  let said: string[];
  beforeEach(async () => {
    state = await mkdtemp(path.join(tmpdir(), 'donor-lookout-directory-verbs-'));
    said = [];
    vi.spyOn(console, 'log').mockImplementation((line: string) => said.push(line));
  });
  afterEach(async () => {
    vi.restoreAllMocks();
    await rm(state, { recursive: true });
  });
  const options = () => ({ state, json: false });
  const signAs = (name: string) => sign({ ...options(), key: path.join(state, 'authority-keys', `${name}.jwk`) });

  test('make a directory, have it signed by enough, publish it, and change it in the same way', async () => {
    await createFirst({ ...options(), authorities: '3', threshold: '2' });
    await expect(createFirst({ ...options(), authorities: '3', threshold: '2' })).rejects.toThrow('there already');
    await expect(publish(options())).rejects.toThrow('too few');
    await signAs('A1');
    await signAs('A1');
    await expect(publish(options())).rejects.toThrow('too few');
    await signAs('A3');
    expect(await publish(options())).toBe(0);

    const key = path.join(state, 'member.jwk');
    await writeFile(key, JSON.stringify(testSigningKey('310198B01')));
    const member = { code: '310198B01', kind: 'BLOOD', province: '31', nameZh: '沪', nameEn: 'Shanghai' };
    await proposeAdmission({ ...options(), ...member, endpoint: 'http://127.0.0.1:9', key });
    // What it would change is said before it is proposed.
    expect(said.findLastIndex((line) => line.includes('is admitted'))).toBeLessThan(
      said.findLastIndex((line) => line.includes('Proposed in')),
    );
    expect(await readFile(path.join(state, 'directory.next.json'), 'utf8')).not.toContain('"d"');
    await signAs('A2');
    await expect(proposeSuspension('310198B01', options())).rejects.toThrow('signed already');
    await signAs('A3');
    // Nobody listens there: it stands all the same, and spreads from whoever has it.
    expect(await publish(options())).toBe(4);
    await proposeSuspension('310198B01', options());
    await signAs('A2');
    await expect(publish(options())).rejects.toThrow('too few');
  });

  test('change the policy, and the authorities only with enough of the old ones and of the new ones', async () => {
    await createFirst({ ...options(), authorities: '2', threshold: '2' });
    for (const name of ['A1', 'A2']) await signAs(name);
    await publish(options());
    for (const wrong of [['logPartitions=3'], ['freshMs=x'], ['freshMs=1'], ['freshMs']]) {
      await expect(proposePolicy(wrong, options())).rejects.toMatchObject({ exitCode: 2 });
    }
    await proposePolicy(['freshMs=30000', 'logEpoch=1'], options());
    expect(said.join('\n')).toMatch(/policy logEpoch: 0 -> 1\npolicy freshMs: 15000 -> 30000/);

    const files = ['B1', 'B2'].map((name) => path.join(state, `${name}.jwk`));
    for (const file of files) await writeFile(file, JSON.stringify(testSigningKey(path.basename(file))));
    await proposeAuthorities({ ...options(), key: files, threshold: '1' });
    expect(said.join('\n')).toContain('authority B1');
    await signAs('A1');
    await sign({ ...options(), key: files[0] ?? '' });
    expect(said.at(-1)).toContain('at least 1 more to sign');
    await expect(publish(options())).rejects.toThrow('too few of the authorities that are trusted here');
    await signAs('A2');
    expect(await publish(options())).toBe(0);
    await proposePolicy(['freshMs=20000'], options());
    await expect(signAs('A1')).rejects.toThrow("no authority's");
  });

  test('refuse the signature of somebody who is no authority', async () => {
    await createFirst({ ...options(), authorities: '1', threshold: '1' });
    const key = path.join(state, 'stranger.jwk');
    await writeFile(key, JSON.stringify(testSigningKey('a stranger')));
    await expect(sign({ ...options(), key })).rejects.toThrow("no authority's");
  });
});
