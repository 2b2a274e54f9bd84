/** The door of a real station for questions of other members: what opens it, and all that does not. */
import { createHmac, createPublicKey, randomUUID } from 'node:crypto';
import { rm } from 'node:fs/promises';
import { createServer } from 'node:net';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import path from 'node:path';

import pg from 'pg';
import { request as http } from 'undici';
import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest';

import { forgetExpired } from '#node/adapters/postgres-seen.ts';
import { DonorToken } from '#schema/ids.ts';
import { startPostgres } from '#scripts/postgres.ts';
import { digestOf } from '#schema/digest.ts';
import { questionText } from '#schema/questions.ts';
import { suspendedSince } from '#test/support/directory.ts';
import { answerClaims, claimsOf, forwardClaims, jwtOf, life, requestClaims } from '#test/support/exchange.ts';
import { testPublicKey, testSigningKey } from '#test/support/signing-keys.ts';
import { createDirectoryFile, memberOf, startStation } from '#test/support/station.ts';

const us = '310198B01';
const asker = '320198B01';
const other = '330198B01';
const token = DonorToken.parse('A'.repeat(43));
const question = { name: 'holdings', variables: { tokens: [token] } } as const;
const body = questionText(question);

let directory: Awaited<ReturnType<typeof createDirectoryFile>>;
let station: Awaited<ReturnType<typeof startStation>>;
let database: pg.Client;

const start = (environment: Record<string, string> = {}) =>
  startStation({ code: us, directoryFile: directory.file, environment });

beforeAll(async () => {
  directory = await createDirectoryFile([memberOf(us), memberOf(asker), memberOf(other)]);
  station = await start();
  database = new pg.Client({ connectionString: station.databaseUrl });
  await database.connect();
});
afterAll(async () => {
  await database.end();
  await station[Symbol.asyncDispose]();
  await directory[Symbol.asyncDispose]();
});

interface Told {
  readonly status: number;
  readonly jwt: string | undefined;
  readonly text: string;
}

async function post(forward: string, said = body, url = station.url): Promise<Told> {
  const answer = await http(new URL('graphql', url), {
    method: 'POST',
    headers: { 'content-type': 'application/json', 'lookout-forward': forward },
    body: said,
  });
  const jwt = answer.headers['lookout-answer'];
  return {
    status: answer.statusCode,
    jwt: jwt === undefined ? undefined : String(jwt),
    text: await answer.body.text(),
  };
}

/** A forward as the gateway makes it, with what is wrong about it, or about the request in it. */
const forwarded = (request: object = {}, forward: object = {}, said = body) => {
  const inside = jwtOf('request', asker, requestClaims(asker, question, request));
  return jwtOf('forward', 'G01', forwardClaims(us, said, inside, forward));
};

const countEntries = async (): Promise<number> =>
  Number((await database.query<{ n: string }>('SELECT count(*) AS n FROM audit_entry')).rows[0]?.n);

test('a question that two members have signed is answered, signed in turn, and written down', async () => {
  const before = await countEntries();
  const claims = requestClaims(asker, question);
  const request = jwtOf('request', asker, claims);
  const { status, jwt, text } = await post(jwtOf('forward', 'G01', forwardClaims(us, body, request)));
  expect(status).toBe(200);
  expect(JSON.parse(text)).toEqual({
    data: { self: { code: us, donors: [{ token, donations: [], bars: [], registrations: [] }] } },
  });
  const { iat, ...signed } = answerClaims(us, asker, claims.jti, { status, body: text });
  expect(claimsOf(jwt)).toEqual({ ...signed, iat: expect.any(Number) as number });
  expect(iat).toBeGreaterThan(0);
  expect(await countEntries()).toBe(before + 1);
  const { rows } = await database.query<{ payload: string }>(
    'SELECT payload FROM audit_entry ORDER BY seq DESC LIMIT 1',
  );
  expect(JSON.parse(rows[0]?.payload ?? '')).toMatchObject({
    ...{ kind: 'ANSWERED', field: 'Station.donors', donors: [digestOf(token)] },
    caller: { from: 'MEMBER', member: asker, role: 'DESK', purpose: 'DONATION' },
    ...{ request: digestOf(request), answer: digestOf(text) },
  });
});

describe('nothing is answered, and nothing happens, when', () => {
  let before: number;
  beforeEach(async () => {
    before = await countEntries();
  });
  const refused = async (forward: string, said = body, status = 401) => {
    const told = await post(forward, said);
    expect([told.status, told.jwt]).toEqual([status, undefined]);
    expect(told.text).not.toContain('"data"');
    const { rows } = await database.query<{ payload: string }>('SELECT payload FROM audit_entry WHERE seq > $1', [
      before,
    ]);
    expect(rows.map(({ payload }) => (JSON.parse(payload) as { kind: string }).kind)).not.toContain('ANSWERED');
  };
  const part = (value: unknown) => Buffer.from(JSON.stringify(value)).toString('base64url');
  const headOf = (by: string, header: object) =>
    part({ alg: 'EdDSA', typ: 'lookout-forward+jwt', kid: testPublicKey(by).kid, ...header });
  const inside = () => jwtOf('request', asker, requestClaims(asker, question));

  test.each(['none', 'None', 'NONE', '', 'HS256', 'RS256', 'ES384', 'ES256'])(
    'the forward says that its algorithm is %j (A1, A3)',
    async (alg) => {
      const [, payload = '', signature = ''] = forwarded().split('.');
      await refused(`${headOf('G01', { alg })}.${payload}.${signature}`);
      await refused(`${headOf('G01', { alg })}.${payload}.`);
    },
  );

  test('the request inside has no signature, or the forward none (A1)', async () => {
    const request = inside().replace(/[^.]*$/, '');
    await refused(jwtOf('forward', 'G01', forwardClaims(us, body, request)));
    await refused(forwarded().replace(/[^.]*$/, ''));
  });

  test('the public key is taken for a secret (A2)', async () => {
    const key = createPublicKey({ key: { ...testSigningKey('G01') }, format: 'jwk' });
    const signed = `${headOf('G01', { alg: 'HS256' })}.${part(forwardClaims(us, body, inside()))}`;
    for (const secret of [key.export({ type: 'spki', format: 'pem' }), key.export({ type: 'spki', format: 'der' })]) {
      await refused(`${signed}.${createHmac('sha256', secret).update(signed).digest('base64url')}`);
    }
  });

  test('a key is offered along, or named at an address, and nobody goes there (A4)', async () => {
    let connections = 0;
    const listener = createServer((socket) => {
      connections += 1;
      socket.destroy();
    });
    await new Promise<void>((resolve) => listener.listen(0, '127.0.0.1', resolve));
    const url = `http://127.0.0.1:${(listener.address() as AddressInfo).port}/keys`;
    const { kty, crv, x } = testPublicKey('attacker');
    for (const offered of [
      { jwk: { kty, crv, x } },
      { jku: url },
      { x5u: url },
      { x5c: ['AAAA'] },
      { crit: ['exp'] },
    ]) {
      for (const kid of [testPublicKey('G01').kid, testPublicKey('attacker').kid]) {
        const header = { ...offered, kid };
        await refused(jwtOf('forward', 'attacker', forwardClaims(us, body, inside()), header));
        const request = jwtOf('request', 'attacker', requestClaims(asker, question), { ...header });
        await refused(jwtOf('forward', 'G01', forwardClaims(us, body, request)));
      }
    }
    expect(connections).toBe(0);
    await new Promise((resolve) => listener.close(resolve));
  });

  test.each([[[us]], [[us, other]], [`${us}/`], [us.slice(0, -1)], [`${us}0`], [other], ['G01'], [null]])(
    'the forward is for %j (A7, A9)',
    async (aud) => {
      await refused(forwarded({}, { aud }));
    },
  );

  test.each([[['G01']], ['G02'], ['G01/'], [us], [null]])(
    'the request was for %j, and not for this gateway',
    async (aud) => {
      await refused(forwarded({ aud }));
    },
  );

  test.each<[string, object]>([
    ['ended', { iat: 1_700_000_000, exp: 1_700_000_030 }],
    ['has not begun', { iat: 4_000_000_000, exp: 4_000_000_030 }],
    ['lives longer than a minute', { exp: life().iat + 3_600 }],
    ['ends before it begins', { exp: life().iat - 1 }],
    ['has no end', { exp: undefined }],
    ['has no name', { jti: undefined }],
    ['says more than it should', { admin: true }],
  ])('its life or form is wrong: it %s', async (_, change) => {
    await refused(forwarded(change));
    await refused(forwarded({}, change));
  });

  test('a station forwards the request of another itself, or signs as a gateway (A18)', async () => {
    await refused(jwtOf('forward', other, forwardClaims(us, body, inside())));
    await refused(jwtOf('forward', other, forwardClaims(us, body, inside(), { iss: other })));
    await refused(jwtOf('forward', 'G01', forwardClaims(us, body, inside(), { iss: 'G02' })));
    const stolen = jwtOf('request', other, requestClaims(asker, question));
    await refused(jwtOf('forward', 'G01', forwardClaims(us, body, stolen)));
  });

  test('the gateway puts another question, other donors or another purpose in its place (A19)', async () => {
    const another = questionText({ name: 'holdings', variables: { tokens: [token, token] } });
    await refused(forwarded({}, {}, another), another);
    await refused(forwarded({}, { body: digestOf(body) }, another), another);
    // Even where the asking station signed the bytes, they have to be about the donors it names.
    await refused(forwarded({ body: digestOf(another) }, {}, another), another);
    const [head = '', payload = '', signature = ''] = inside().split('.');
    const claims = JSON.parse(Buffer.from(payload, 'base64url').toString()) as object;
    const changed = `${head}.${part({ ...claims, purpose: 'CARE', role: 'PHYSICIAN', case: 'C1' })}.${signature}`;
    await refused(jwtOf('forward', 'G01', forwardClaims(us, body, changed)));
  });

  test.each([
    ['a document that is not one of ours', '{ self { code version } }'],
    ['one of ours with a field more', body.replace('bars {', 'version bars {')],
    ['a mutation', 'mutation { clearLookout(input: { lookoutNo: "1" }) { __typename } }'],
  ])('a member asks %s, signed as it may be (A20)', async (_, text) => {
    const said = text.startsWith('{"query"') ? text : JSON.stringify({ query: text, variables: {} });
    for (const donors of [null, digestOf(token)]) {
      await refused(forwarded({ body: digestOf(said), donors }, {}, said), said);
    }
  });

  test('the gateway makes a mutation of its own, or asks for donors (A20)', async () => {
    const by = (said: string) => {
      const who = { role: 'OPERATOR', subject: 'x', purpose: 'OPERATION', case: null, rights: ['OPEN_DOCUMENTS'] };
      return jwtOf('forward', 'G01', { iss: 'G01', aud: us, body: digestOf(said), asker: who, ...life() });
    };
    const mutation = JSON.stringify({ query: 'mutation { clearLookout(input: { lookoutNo: "1" }) { __typename } }' });
    await refused(by(mutation), mutation, 405);
    await refused(by(body), body, 403);
  });

  test('a gateway asks for counts without the right to gather them, or a member asks for them', async () => {
    const counts = questionText({ name: 'counts', variables: { family: 'DONATIONS', year: 2024 } });
    const who = { role: 'NODE', subject: 'R31', purpose: 'STATISTICS', case: null, rights: ['OPEN_DOCUMENTS'] };
    const own = { iss: 'G01', aud: us, body: digestOf(counts), asker: who, ...life() };
    await refused(jwtOf('forward', 'G01', own), counts, 403);
    await refused(
      forwarded({ role: 'NODE', purpose: 'STATISTICS', body: digestOf(counts), donors: null }, {}, counts),
      counts,
      403,
    );
  });

  test('whoever asks may not: a role or a purpose the table does not have (A23)', async () => {
    await refused(forwarded({ role: 'REGULATOR' }), body, 403);
    await refused(forwarded({ purpose: 'STATISTICS' }), body, 403);
  });

  test('the station asks itself', async () => {
    const request = jwtOf('request', us, requestClaims(us, question));
    await refused(jwtOf('forward', 'G01', forwardClaims(us, body, request)));
  });
});

describe('a question counts once', () => {
  test('though it comes to two instances in the same moment, again and again (A8)', async () => {
    await using twin = await start({ DATABASE_URL: station.databaseUrl });
    for (let round = 0; round < 20; round += 1) {
      const forward = forwarded();
      const told = await Promise.all(
        [station.url, twin.url, station.url, twin.url].map((url) => post(forward, body, url)),
      );
      expect(told.map(({ status }) => status).toSorted()).toEqual([200, 401, 401, 401]);
      expect(told.filter(({ jwt }) => jwt !== undefined)).toHaveLength(1);
    }
  });

  test('also the request alone, under a new forward, and the forward alone around a new request', async () => {
    const claims = requestClaims(asker, question);
    const request = jwtOf('request', asker, claims);
    const again = () => post(jwtOf('forward', 'G01', forwardClaims(us, body, request)));
    expect((await again()).status).toBe(200);
    expect((await again()).status).toBe(401);
    const jti = randomUUID();
    expect((await post(forwarded({}, { jti }))).status).toBe(200);
    expect((await post(forwarded({}, { jti }))).status).toBe(401);
  });

  test('also after the node and its PostgreSQL were started anew (A10)', async () => {
    const dataDir = path.join(tmpdir(), `donor-lookout-replay-${randomUUID()}`);
    const forward = forwarded();
    /** Both run from here to the end of a question. */
    const told = async (port?: number) => {
      const postgres = await startPostgres({ dataDir, ...(port !== undefined && { port }) });
      try {
        if (port === undefined) await postgres.createDatabase('own');
        await using own = await start({ DATABASE_URL: postgres.url('own') });
        return { port: postgres.port, ...(await post(forward, body, own.url)) };
      } finally {
        await postgres.stop();
      }
    };
    const { port, status } = await told();
    expect(status).toBe(200);
    expect(await told(port)).toMatchObject({ status: 401, jwt: undefined });
    await rm(dataDir, { recursive: true });
  }, 120_000);

  test('and its name is forgotten once it has expired, not before', async () => {
    const [past, now] = [randomUUID(), randomUUID()];
    await database.query(
      `INSERT INTO exchange_seen VALUES ($1, now() - interval '1 s'), ($2, now() + interval '1 min')`,
      [past, now],
    );
    await forgetExpired(database);
    const { rows } = await database.query('SELECT id FROM exchange_seen WHERE id IN ($1, $2)', [past, now]);
    expect(rows).toEqual([{ id: now }]);
  });

  test('and is refused while that cannot be noted; nothing goes past it (A11)', async () => {
    await using own = await start();
    const admin = new pg.Client({ connectionString: station.databaseUrl });
    await admin.connect();
    const name = new URL(own.databaseUrl).pathname.slice(1);
    await admin.query(`ALTER DATABASE "${name}" ALLOW_CONNECTIONS false`);
    await admin.query('SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE datname = $1', [name]);
    const told = await post(forwarded(), body, own.url);
    expect([told.status, told.jwt]).toEqual([503, undefined]);
    expect(JSON.parse(told.text)).toMatchObject({
      errors: [{ extensions: { code: 'DATABASE_UNAVAILABLE', retryable: true } }],
    });
    expect(told.text).not.toContain('"data":{');
    expect((await http(new URL('readyz', own.url))).statusCode).toBe(503);
    await admin.query(`ALTER DATABASE "${name}" ALLOW_CONNECTIONS true`);
    await expect.poll(async () => (await post(forwarded(), body, own.url)).status, { timeout: 10_000 }).toBe(200);
    await admin.end();
  });
});

describe('a new directory', () => {
  const members = (change: object) => [memberOf(us), memberOf(asker, change), memberOf(other)];
  const untilAsked = (status: number) =>
    expect.poll(async () => (await post(forwarded())).status, { timeout: 10_000, interval: 20 }).toBe(status);

  test('that suspends the asking station ends its questions at once, also one on its way (A14)', async () => {
    const onItsWay = forwarded();
    await directory.write(members(suspendedSince()));
    await untilAsked(401);
    expect((await post(onItsWay)).status).toBe(401);
    await directory.write(members({}));
    await untilAsked(200);
  });

  test('that ends a key ends what it signs, and the next key counts (A13)', async () => {
    const past = new Date(Date.now() - 1_000).toISOString();
    const old = { ...testPublicKey(asker), notAfter: past };
    await directory.write(members({ keys: [old, testPublicKey('the next key')] }));
    await untilAsked(401);
    const next = jwtOf('request', 'the next key', requestClaims(asker, question));
    expect((await post(jwtOf('forward', 'G01', forwardClaims(us, body, next)))).status).toBe(200);
    const soon = { ...testPublicKey(asker), notAfter: new Date(Date.now() + 3_600_000).toISOString() };
    await directory.write(members({ keys: [soon, testPublicKey('the next key')] }));
    await untilAsked(200);
  });
});
