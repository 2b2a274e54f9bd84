/** What the other members hold, asked through a gateway that is not ours and may do what it likes. */
import { describe, expect, test } from 'vitest';

import { createGatewayFederation } from '#node/adapters/gateway-federation.ts';
import { digestOfDonor } from '#schema/audit.ts';
import { digestOf } from '#schema/digest.ts';
import type { Member } from '#schema/directory.ts';
import { DonorToken, StationCode } from '#schema/ids.ts';
import { donorsDigest } from '#schema/questions.ts';
import { asker } from '#test/support/asker.ts';
import { suspendedSince } from '#test/support/directory.ts';
import { answerClaims, jwtOf } from '#test/support/exchange.ts';
import { testPublicKey } from '#test/support/signing-keys.ts';
import { memberOf } from '#test/support/station.ts';

import { exchangeAt, jiangsu, self, signedAnswer, startForeignGateway, zhejiang } from './foreign-gateway.ts';
import type { Carried, Carrying } from './foreign-gateway.ts';

const token = DonorToken.parse('A'.repeat(43));
const otherToken = DonorToken.parse(`${'A'.repeat(42)}E`);
const others = [jiangsu, zhejiang];

const fact = { procedure: 'PLATELETS', collectedOn: '2026-03-01', volumeMl: 300, outcome: 'COMPLETE' };
const bar = { since: '2026-01-01', until: null };
const holding = (of: unknown) => ({ token: of, donations: [fact], bars: [bar], registrations: [] });
const holdings = ({ variables }: Carried) => (variables['tokens'] as string[]).map(holding);
const bodyOf = (carried: Carried, code: string, donors: unknown = holdings(carried)) => ({
  data: { self: { code, donors } },
});
const honest = (carried: Carried, code: string) => signedAnswer(carried, code, bodyOf(carried, code));

const missing = (station: string, fault: string) => ({ station, state: 'MISSING', fault, asOf: null });
const live = (station: string) => ({ station, state: 'LIVE', fault: null, asOf: expect.any(String) as string });

async function asking(carry: Carrying) {
  const gateway = await startForeignGateway(carry);
  return Object.assign(gateway, { federation: createGatewayFederation(gateway) });
}

describe('a gateway that carries what it is given', () => {
  test('brings what each station holds, with the station that says it', async () => {
    await using gateway = await asking((carried) => others.map((code) => honest(carried, code)));
    const { facts, coverage } = await gateway.federation.heldElsewhere(asker, token, others);
    expect(facts.donations).toEqual(others.map((station) => ({ ...fact, station })));
    expect(facts.bars).toEqual(others.map((station) => ({ ...bar, station })));
    expect(coverage).toEqual(others.map(live));
  });

  test('is told who asks and about whom, signed over the very question', async () => {
    await using gateway = await asking((carried) => others.map((code) => honest(carried, code)));
    await gateway.federation.heldElsewhere(asker, token, others);
    const [{ request, question, except } = {}] = gateway.carried;
    expect(request).toMatchObject({
      ...{ iss: self, aud: 'G01', sub: asker.subject, role: 'DESK', purpose: 'DONATION', case: null },
      ...{ donors: donorsDigest([token]), body: digestOf(question ?? '') },
    });
    expect(Number(request?.['exp']) - Number(request?.['iat'])).toBeLessThanOrEqual(60);
    expect(except).toEqual([]);
  });

  test('is asked once for all questions of one asker in a turn, and once for each asker', async () => {
    await using gateway = await asking((carried) => others.map((code) => honest(carried, code)));
    const another = { ...asker, case: null, role: 'PHYSICIAN' } as const;
    await Promise.all([
      gateway.federation.heldElsewhere(asker, token, others),
      gateway.federation.heldElsewhere(asker, otherToken, others),
      gateway.federation.heldElsewhere(another, token, others),
    ]);
    expect(gateway.carried.map(({ variables }) => variables['tokens'])).toEqual([[token, otherToken], [token]]);
    expect(gateway.carried.map(({ request }) => request['role'])).toEqual(['DESK', 'PHYSICIAN']);
  });

  test('asks those only that are wanted, and what it asked is written down before it is used', async () => {
    await using gateway = await asking((carried) => [honest(carried, jiangsu)]);
    expect((await gateway.federation.heldElsewhere(asker, token, [jiangsu])).coverage).toEqual([live(jiangsu)]);
    expect(gateway.carried[0]?.except).toEqual([zhejiang]);
    const answer = digestOf(JSON.stringify(bodyOf(gateway.carried[0] ?? ({} as Carried), jiangsu)));
    expect(gateway.entries).toMatchObject([
      {
        kind: 'ASKED',
        caller: { from: 'OWN', member: self, role: 'DESK' },
        donors: [digestOfDonor(token)],
        answers: [{ station: jiangsu, answer, fault: null }],
      },
    ]);
  });

  test('knows of a member we do not: nobody can believe it, so it is missing', async () => {
    const stranger = '350198B01';
    await using gateway = await asking((carried) => [...others, stranger].map((code) => honest(carried, code)));
    const { coverage, facts } = await gateway.federation.heldElsewhere(asker, token, others);
    expect(coverage).toEqual([...others.map(live), missing(stranger, 'STATION_NOT_PROVED')]);
    expect(facts.bars).toHaveLength(2);
  });
});

describe('a station is missing, by name, and nothing of it is used, when the gateway', () => {
  const said = (carried: Carried) => bodyOf(carried, zhejiang);
  const tampered = (change: (carried: Carried) => object): Carrying => {
    return (carried) => [honest(carried, jiangsu), { ...honest(carried, zhejiang), ...change(carried) }];
  };
  const signedAs = (carried: Carried, change: object, by: string = zhejiang, header = {}) => {
    const body = JSON.stringify(said(carried));
    const { iss, jti } = carried.request;
    const claims = answerClaims(by, String(iss), String(jti), { status: 200, body });
    return { jwt: jwtOf('answer', by, { ...claims, ...change }, header) };
  };

  test.each<[string, string, Carrying]>([
    ['leaves it out', 'STATION_UNKNOWN', (carried) => [honest(carried, jiangsu)]],
    [
      'says it timed out',
      'STATION_TIMEOUT',
      tampered(() => ({ status: null, body: null, jwt: null, fault: 'STATION_TIMEOUT' })),
    ],
    [
      'says nonsense of it',
      'STATION_NOT_PROVED',
      tampered(() => ({ status: null, body: null, jwt: null, fault: 'FINE' })),
    ],
    ['says it refused', 'STATION_REFUSED', tampered(() => ({ status: 403, jwt: null }))],
    ['brings no signature', 'STATION_NOT_PROVED', tampered(() => ({ jwt: null }))],
    [
      'changes what it says',
      'STATION_NOT_PROVED',
      tampered(() => ({ body: JSON.stringify({ data: { self: { code: zhejiang, donors: [] } } }) })),
    ],
    [
      'takes the errors out of what it says',
      'STATION_NOT_PROVED',
      (carried) => {
        const failed = signedAnswer(carried, zhejiang, { data: { self: null }, errors: [{ message: 'no' }] });
        return [honest(carried, jiangsu), { ...failed, body: JSON.stringify(said(carried)) }];
      },
    ],
    ['makes a failure a success', 'STATION_NOT_PROVED', tampered((carried) => signedAs(carried, { status: 503 }))],
    ['answers in its place', 'STATION_NOT_PROVED', tampered((carried) => signedAs(carried, { iss: zhejiang }, 'G01'))],
    [
      'lets another station answer in its place',
      'STATION_NOT_PROVED',
      tampered((carried) => signedAs(carried, {}, jiangsu)),
    ],
    [
      'lets another station sign in its name',
      'STATION_NOT_PROVED',
      tampered((carried) => signedAs(carried, { iss: zhejiang }, jiangsu)),
    ],
    [
      'brings an answer to another question',
      'STATION_NOT_PROVED',
      tampered((carried) => signedAs(carried, { request: '01900000-0000-4000-8000-000000000000' })),
    ],
    [
      'brings an answer for another asker',
      'STATION_NOT_PROVED',
      tampered((carried) => signedAs(carried, { aud: jiangsu })),
    ],
    ['brings an old answer', 'STATION_NOT_PROVED', tampered((carried) => signedAs(carried, { iat: 1_700_000_000 }))],
    [
      'brings an answer of tomorrow',
      'STATION_NOT_PROVED',
      tampered((carried) => signedAs(carried, { iat: 4_000_000_000 })),
    ],
    [
      'passes a signature of another kind for one',
      'STATION_NOT_PROVED',
      tampered((carried) => signedAs(carried, {}, zhejiang, { typ: 'lookout-forward+jwt' })),
    ],
    [
      'brings a key of its own',
      'STATION_NOT_PROVED',
      tampered((carried) => signedAs(carried, { iss: zhejiang }, '999999B99', { jwk: { kty: 'OKP', crv: 'Ed25519' } })),
    ],
    [
      'answers twice',
      'STATION_NOT_PROVED',
      (carried) => [{ ...honest(carried, zhejiang), jwt: 'a.b.c' }, ...others.map((code) => honest(carried, code))],
    ],
  ])('%s', async (_, fault, carry) => {
    await using gateway = await asking(carry);
    const { coverage, facts } = await gateway.federation.heldElsewhere(asker, token, others);
    expect(coverage).toEqual([live(jiangsu), missing(zhejiang, fault)]);
    expect(facts.donations).toEqual([{ ...fact, station: jiangsu }]);
  });

  test.each<[string, (carried: Carried) => unknown, string]>([
    ['about another donor', () => bodyOf({} as Carried, zhejiang, [holding(otherToken)]), 'STATION_BAD_ANSWER'],
    ['about nobody', () => bodyOf({} as Carried, zhejiang, []), 'STATION_BAD_ANSWER'],
    [
      'without the bars',
      () => bodyOf({} as Carried, zhejiang, [{ ...holding(token), bars: undefined }]),
      'STATION_BAD_ANSWER',
    ],
    [
      'with a day that is none',
      () => bodyOf({} as Carried, zhejiang, [{ ...holding(token), bars: [{ ...bar, since: '2026-02-30' }] }]),
      'STATION_BAD_ANSWER',
    ],
    ['for another station', (carried) => bodyOf(carried, jiangsu), 'STATION_BAD_ANSWER'],
    ['with errors', (carried) => ({ ...said(carried), errors: [{ message: 'no' }] }), 'STATION_FAILED'],
    ['that is not JSON', () => '<html>', 'STATION_BAD_ANSWER'],
  ])('is honest, and the station itself signs an answer %s', async (_, body, fault) => {
    await using gateway = await asking((carried) => [
      honest(carried, jiangsu),
      signedAnswer(carried, zhejiang, body(carried)),
    ]);
    const { coverage, facts } = await gateway.federation.heldElsewhere(asker, token, others);
    expect(coverage).toEqual([live(jiangsu), missing(zhejiang, fault)]);
    expect(facts.bars).toEqual([{ ...bar, station: jiangsu }]);
  });
});

describe('while a question is on its way, a new directory', () => {
  type Change = Parameters<Awaited<ReturnType<typeof asking>>['directory']['change']>;
  /** What is heard when this directory comes between question and answer, and who signs for Zhejiang. */
  const heardUnder = async (change: Change, by: string = zhejiang) => {
    await using gateway = await asking((carried) => {
      gateway.directory.change(...change);
      const [{ iss, jti }, answer] = [carried.request, honest(carried, zhejiang)];
      const claims = answerClaims(zhejiang, String(iss), String(jti), { status: 200, body: answer.body ?? '' });
      return [honest(carried, jiangsu), { ...answer, jwt: jwtOf('answer', by, claims) }];
    });
    return (await gateway.federation.heldElsewhere(asker, token, others)).coverage;
  };
  const withKeys = (keys: Member['keys']) => [self, jiangsu, memberOf(zhejiang, { keys })];
  const key = testPublicKey(zhejiang);
  const inSeconds = (seconds: number) => new Date(Date.now() + seconds * 1_000).toISOString();

  test('suspends the station that answers: it is not believed any more (A14)', async () => {
    const members = [self, jiangsu, memberOf(zhejiang, suspendedSince())];
    expect(await heardUnder([members])).toEqual([live(jiangsu), missing(zhejiang, 'STATION_NOT_PROVED')]);
  });

  test('takes its keys from it: the same', async () => {
    expect(await heardUnder([withKeys([])])).toEqual([live(jiangsu), missing(zhejiang, 'STATION_NOT_PROVED')]);
  });

  test('has ended already: nobody is believed (A16)', async () => {
    const past = { softUntil: '2020-01-02T00:00:00.000Z', hardUntil: '2020-01-03T00:00:00.000Z' };
    const members = [self, jiangsu, zhejiang];
    expect(await heardUnder([members, past])).toEqual(others.map((code) => missing(code, 'DIRECTORY_EXPIRED')));
    expect(await heardUnder([members, { softUntil: past.softUntil }])).toEqual(others.map(live));
  });

  test('gives it another key: the old one is good until its end, and the new one at once (A13)', async () => {
    const next = testPublicKey('the next key');
    const rotated = (end: string) => withKeys([{ ...key, notAfter: end }, next]);
    expect(await heardUnder([rotated(inSeconds(60))])).toEqual(others.map(live));
    expect(await heardUnder([rotated(inSeconds(-1))])).toEqual([
      live(jiangsu),
      missing(zhejiang, 'STATION_NOT_PROVED'),
    ]);
    expect(await heardUnder([rotated(inSeconds(-1))], 'the next key')).toEqual(others.map(live));
  });
});

describe('everybody is missing, by name, behind a gateway that', () => {
  test.each<[string, Carrying]>([
    ['fails', () => ({ data: null, errors: [{ message: 'no' }] })],
    ['does not speak JSON', () => '<html>'],
    ['answers nothing of the kind', () => ({ data: { exchange: [{ station: 'x' }] } })],
    ['hangs', () => undefined],
  ])('%s', async (_, carry) => {
    await using gateway = await asking(carry);
    const { coverage } = await gateway.federation.heldElsewhere(asker, token, others);
    expect(coverage).toEqual(others.map((code) => missing(code, 'GATEWAY_UNREACHABLE')));
    expect(gateway.entries).toHaveLength(1);
  });

  test('is not there', async () => {
    const { exchange } = exchangeAt('http://127.0.0.1:9');
    const answer = await createGatewayFederation({ exchange }).heldElsewhere(asker, token, others);
    expect(answer.coverage).toEqual(others.map((code) => missing(code, 'GATEWAY_UNREACHABLE')));
    await exchange.stop();
  });
});

test('nobody is asked for whoever says not what for', async () => {
  await using gateway = await asking(() => []);
  const { coverage } = await gateway.federation.heldElsewhere({ ...asker, purpose: null }, token, [
    StationCode.parse(jiangsu),
  ]);
  expect(coverage).toEqual([missing(jiangsu, 'STATION_REFUSED')]);
  expect(gateway.carried).toEqual([]);
});
