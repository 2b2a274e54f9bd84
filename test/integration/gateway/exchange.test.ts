/** What a station asks of the others, as the gateway carries it: whom it lets in, what it passes on, and what it spares whom. */
import { request as http } from 'undici';
import { describe, expect, test } from 'vitest';

import { createRetries } from '#gateway/retries.ts';
import { digestOf } from '#schema/digest.ts';
import { DonorToken } from '#schema/ids.ts';
import { gatewayOperations } from '#schema/operations.ts';
import { questionText } from '#schema/questions.ts';
import { suspendedSince } from '#test/support/directory.ts';
import { jwtOf, life, requestClaims } from '#test/support/exchange.ts';

import { startGateway } from './gateway.ts';
import type { TestGateway } from './gateway.ts';
import { honest, memberAt, say, startStandIn } from './stand-in.ts';
import type { Behaviour } from './stand-in.ts';

const asker = '310198B01';
const shanghai = memberAt(asker, 'http://127.0.0.1:9');
const jiangsu = '320198B01';
const plasma = '330798P01';
const question = { name: 'holdings', variables: { tokens: [DonorToken.parse('A'.repeat(43))] } } as const;
const body = questionText(question);

const requestBy = (by = asker, said: object = {}) => jwtOf('request', by, requestClaims(by, question, said));

async function carry(gateway: TestGateway, jwt = requestBy(), variables: object = {}) {
  const answer = await http(new URL('graphql', gateway.url), {
    method: 'POST',
    headers: { 'content-type': 'application/json', 'lookout-request': jwt },
    body: JSON.stringify({ query: gatewayOperations.Exchange.document, variables: { question: body, ...variables } }),
  });
  const json = (await answer.body.json()) as {
    data?: { exchange: { station: string; status: number; body: string; jwt: string; fault: string | null }[] };
    errors?: { extensions: { code: string } }[];
  };
  return { status: answer.statusCode, answers: json.data?.exchange ?? [], code: json.errors?.[0]?.extensions.code };
}

const faultsOf = async (gateway: TestGateway) =>
  (await carry(gateway)).answers.map(({ station, fault }) => [station, fault]);

describe('a question', () => {
  test('reaches every other station as it came, under a JWT for each; what they say comes back as they said it', async () => {
    await using first = await startStandIn(jiangsu, (response) => {
      say(response, '{"not":"read"}', 418);
    });
    await using second = await startStandIn(plasma);
    await using gateway = await startGateway([shanghai, first.member, second.member]);
    const jwt = requestBy();
    const { answers } = await carry(gateway, jwt);
    expect(answers).toMatchObject([
      { station: jiangsu, status: 418, body: '{"not":"read"}', jwt: expect.any(String) as string, fault: null },
      { station: plasma, status: 200, fault: null },
    ]);
    expect([first.bodies, second.bodies]).toEqual([[body], [body]]);
    const [one, other] = [first.forwards[0], second.forwards[0]];
    expect(one).toMatchObject({ iss: 'G01', aud: jiangsu, body: digestOf(body), request: jwt });
    expect(other).toMatchObject({ iss: 'G01', aud: plasma, body: digestOf(body), request: jwt });
    expect(one?.['jti']).not.toBe(other?.['jti']);
  });

  test('reaches those that are named, or all but those, and never a suspended one or the asker', async () => {
    await using first = await startStandIn(jiangsu);
    await using second = await startStandIn(plasma);
    await using third = await startStandIn('340198B01');
    const suspended = { ...third.member, ...suspendedSince() };
    await using gateway = await startGateway([shanghai, first.member, second.member, suspended]);
    const asked = async (whom: object) =>
      (await carry(gateway, requestBy(), whom)).answers.map(({ station }) => station);
    expect(await asked({ to: [plasma, asker, '340198B01'] })).toEqual([plasma]);
    expect(await asked({ except: [plasma] })).toEqual([jiangsu]);
    expect(await asked({})).toEqual([jiangsu, plasma]);
    expect(third.asked).toHaveLength(0);
  });

  test('is refused, and nobody is asked, unless it is signed as it stands, for this gateway, now and once', async () => {
    await using station = await startStandIn(jiangsu);
    const suspended = { ...memberAt('340198B01', 'http://127.0.0.1:9'), ...suspendedSince() };
    await using gateway = await startGateway([shanghai, station.member, suspended]);
    const used = requestBy();
    expect((await carry(gateway, used)).status).toBe(200);
    const refused = [
      ...['', 'a.b.c', used, jwtOf('forward', asker, requestClaims(asker, question)), requestBy('340198B01')],
      ...[requestBy('G01'), jwtOf('request', 'attacker', requestClaims(asker, question))],
      ...[{ aud: 'G02' }, { aud: ['G01'] }, { iss: jiangsu }, { exp: life().iat - 60 }].map((said) =>
        requestBy(asker, said),
      ),
    ];
    for (const jwt of refused)
      expect(await carry(gateway, jwt)).toMatchObject({ status: 401, code: 'UNAUTHENTICATED' });
    expect(await carry(gateway, requestBy(asker, { body: digestOf('another') }))).toMatchObject({
      code: 'UNAUTHENTICATED',
      answers: [],
    });
    expect((await carry(gateway, requestBy(asker, { role: 'REGULATOR' }))).status).toBe(403);
    expect(station.asked).toHaveLength(1);
  });
});

describe('a station that got lost before it began to answer', () => {
  /** Ends the connection the first so many times. */
  const losing = (times: number): Behaviour => {
    let lost = 0;
    return (response, asked, code) => {
      lost += 1;
      if (lost <= times) response.socket?.resetAndDestroy();
      else honest(response, asked, code);
    };
  };

  test('is asked a second time under another JWT, and not a third time', async () => {
    await using station = await startStandIn(jiangsu, losing(1));
    await using gateway = await startGateway([shanghai, station.member]);
    expect(await faultsOf(gateway)).toEqual([[jiangsu, null]]);
    expect(new Set(station.forwards.map(({ jti }) => jti)).size).toBe(2);
    station.behaviour = losing(2);
    expect(await faultsOf(gateway)).toEqual([[jiangsu, 'STATION_UNREACHABLE']]);
    expect(station.bodies).toHaveLength(4);
  });

  test('is not asked again when it had begun, or was slow', async () => {
    await using station = await startStandIn(jiangsu, (response) => {
      response.writeHead(200, { 'content-length': 100 });
      response.write('{', () => response.socket?.resetAndDestroy());
    });
    await using gateway = await startGateway([shanghai, station.member], { deadlineMs: 200 });
    expect(await faultsOf(gateway)).toEqual([[jiangsu, 'STATION_UNREACHABLE']]);
    station.behaviour = () => undefined;
    expect(await faultsOf(gateway)).toEqual([[jiangsu, 'STATION_TIMEOUT']]);
    expect(station.bodies).toHaveLength(2);
  });

  test('has heard it after all when it refuses the second as a replay: it stays unreachable', async () => {
    await using station = await startStandIn(jiangsu);
    let times = 0;
    station.behaviour = (response) => {
      times += 1;
      if (times === 1) response.socket?.resetAndDestroy();
      else say(response, '{}', 401);
    };
    await using gateway = await startGateway([shanghai, station.member]);
    expect(await faultsOf(gateway)).toEqual([[jiangsu, 'STATION_UNREACHABLE']]);
  });

  test('is one of few that are asked again: one question in ten, over all of them', () => {
    const retries = createRetries();
    const spent = Array.from({ length: 100 }, () => retries.spend()).filter(Boolean).length;
    expect(spent).toBe(20);
    for (let asked = 0; asked < 95; asked += 1) retries.earn();
    expect(Array.from({ length: 100 }, () => retries.spend()).filter(Boolean)).toHaveLength(9);
  });
});

test('a dead station costs no deadline any more, gets no question, and is asked again once it is there', async () => {
  await using dead = await startStandIn(jiangsu, () => undefined);
  await using alive = await startStandIn(plasma);
  await using gateway = await startGateway([shanghai, dead.member, alive.member], { deadlineMs: 150 });
  for (let time = 0; time < 5; time += 1) {
    expect(await faultsOf(gateway)).toEqual([
      [jiangsu, 'STATION_TIMEOUT'],
      [plasma, null],
    ]);
  }
  const heard = dead.bodies.length;
  const began = performance.now();
  for (let time = 0; time < 20; time += 1) {
    expect(await faultsOf(gateway)).toEqual([
      [jiangsu, 'STATION_RESTING'],
      [plasma, null],
    ]);
  }
  expect((performance.now() - began) / 20).toBeLessThan(150);
  expect(dead.bodies.length).toBe(heard);
  dead.behaviour = honest;
  await expect
    .poll(() => faultsOf(gateway), { timeout: 10_000, interval: 50 })
    .toEqual([
      [jiangsu, null],
      [plasma, null],
    ]);
});
