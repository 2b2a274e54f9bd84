import { describe, expect, test } from 'vitest';

import { Directory, memberStandingAt } from '#schema/directory.ts';
import type { Gateway, Member, Regulator } from '#schema/directory.ts';
import { GatewayCode, RegulatorCode } from '#schema/ids.ts';
import { directoryOf, memberOf, suspendedSince, testAuthorities } from '#test/support/directory.ts';
import { testPublicKey } from '#test/support/signing-keys.ts';

const shanghai = memberOf('310198B01');
const jiangsu = memberOf('320198B01');
const key = testPublicKey('310198B01');
const gateway: Gateway = {
  code: GatewayCode.parse('G01'),
  endpoint: 'http://127.0.0.1:4000',
  status: 'ACTIVE',
  keys: [testPublicKey('G01')],
  rights: ['AGGREGATES'],
};
const regulator: Regulator = {
  code: RegulatorCode.parse('R31'),
  nameZh: '示例监管',
  nameEn: 'Example regulator',
  status: 'ACTIVE',
  keys: [testPublicKey('R31')],
};
const day = (number: number): string => `2026-11-${String(number).padStart(2, '0')}T00:00:00.000Z`;
const [authority] = testAuthorities.keys;

describe('a directory', () => {
  test('is one when everything in it fits', () => {
    const members = [shanghai, { ...jiangsu, ...suspendedSince() }];
    expect(Directory.safeParse(directoryOf(members, { gateways: [gateway], regulators: [regulator] })).success).toBe(
      true,
    );
  });

  test.for<[string, object]>([
    ['a member twice', directoryOf([shanghai, shanghai])],
    ['a gateway twice', directoryOf([], { gateways: [gateway, { ...gateway, keys: [], rights: [] }] })],
    ['a regulator twice', directoryOf([], { regulators: [regulator, { ...regulator, keys: [] }] })],
    ['a key of a member and a regulator', directoryOf([shanghai], { regulators: [{ ...regulator, keys: [key] }] })],
    [
      'two gateways that gather figures',
      directoryOf([], { gateways: [gateway, { ...gateway, code: GatewayCode.parse('G02'), keys: [] }] }),
    ],
    ['a key of two members (A17)', directoryOf([shanghai, { ...jiangsu, keys: [key] }])],
    ['a key of a member and a gateway', directoryOf([shanghai], { gateways: [{ ...gateway, keys: [key] }] })],
    ['a key twice at one member', directoryOf([{ ...shanghai, keys: [key, key] }])],
    [
      'a key under the name of another one (A17)',
      directoryOf([{ ...shanghai, keys: [{ ...testPublicKey('an attacker'), kid: key.kid }] }]),
    ],
    [
      'an authority whose key is a member’s',
      directoryOf([shanghai], {
        authorities: {
          threshold: 1,
          keys: [{ ...authority, kid: key.kid, x: key.x, kty: 'OKP', crv: 'Ed25519', name: 'A' }],
        },
      }),
    ],
    ['a suspended member without a suspension', directoryOf([{ ...shanghai, status: 'SUSPENDED' }])],
    [
      'an active member whose suspension is open',
      directoryOf([{ ...shanghai, ...suspendedSince(), status: 'ACTIVE' }]),
    ],
    [
      'suspensions out of order',
      directoryOf([
        {
          ...shanghai,
          suspensions: [
            { since: day(5), until: day(9) },
            { since: day(7), until: day(8) },
          ],
        },
      ]),
    ],
    ['an end before its beginning', directoryOf([shanghai], { softUntil: '2019-01-01T00:00:00.000Z' })],
    ['a field that nobody knows', { ...directoryOf([shanghai]), extra: 1 }],
    ['a member with a field that nobody knows', { ...directoryOf([]), members: [{ ...shanghai, extra: 1 }] }],
  ])('is none with %s', ([, directory]) => {
    expect(Directory.safeParse(directory).success).toBe(false);
  });
});

test('a member is suspended from the beginning of a suspension until before its end', () => {
  const member: Pick<Member, 'suspensions'> = {
    suspensions: [
      { since: day(2), until: day(4) },
      { since: day(6), until: null },
    ],
  };
  const at = [1, 2, 3, 4, 5, 6, 28].map((number) => memberStandingAt(member, Date.parse(day(number))));
  expect(at.map((standing) => standing === 'SUSPENDED')).toEqual([false, true, true, false, false, true, true]);
});
