/** How much somebody may ask who is allowed to ask. */
import { buildSchema } from 'graphql';
import { expect, test, vi } from 'vitest';
import type { Caller } from '#schema/caller.ts';
import { Pseudonym } from '#schema/caller.ts';
import { StationCode } from '#schema/ids.ts';
import { defaultBudgets } from '#schema/rate-limits.ts';
import type { Budgets } from '#schema/rate-limits.ts';
import type { Denial } from '#server/graphql/authority.ts';
import type { Door } from '#server/http/door.ts';
import { RequestError } from '#server/errors/request-error.ts';
import { openDoor } from '#scripts/bench/open-door.ts';
import { Answer, startSmallServer } from './small-server.ts';

const schema = buildSchema(`
  input Document { number: String! }
  input DonorRef { document: Document token: String }
  scalar DonorToken
  input Record { no: String donor: DonorRef! }
  type Query {
    eligibility(donor: DonorRef!): Int
    eligibilityBatch(donors: [DonorRef!]!): Int
    free(donor: DonorRef): Int
    self: Station
  }
  type Mutation { reportLookout(input: Record!): Int }
  type Station { donors(tokens: [DonorToken!]!): Int }
`);

const table = {
  'Query.eligibility': 'LOOKUPS',
  'Query.eligibilityBatch': 'LOOKUPS',
  'Mutation.reportLookout': 'BARS',
  'Station.donors': 'HOLDINGS',
} as const;

const five = { points: 5, seconds: 60 };
const budgets: Budgets = {
  ...defaultBudgets,
  LOOKUPS_PERSON: five,
  BARS_PERSON: five,
  HOLDINGS_PERSON: five,
  HOLDINGS_MEMBER: { points: 8, seconds: 60 },
};

/** A door that takes everybody for the caller of the moment. */
const startAs = async (caller: { current: Partial<Caller> } = { current: {} }, options = {}) => {
  const denials: Denial[] = [];
  const door: Door = {
    async admit(knock) {
      const visit = await openDoor.admit(knock);
      return { ...visit, caller: { ...visit.caller, ...caller.current } };
    },
  };
  const onExhausted = (denial: Denial) => {
    denials.push(denial);
  };
  const small = await startSmallServer({ schema, door, rates: { table, budgets, onExhausted }, ...options });
  const ask = async (query: string, variables = {}) => {
    const response = await small.post({ query, variables });
    const { errors } = Answer.parse(await response.json());
    return {
      status: response.status,
      code: errors?.[0]?.extensions['code'],
      wait: response.headers.get('retry-after'),
    };
  };
  const alarms = () => small.lines.filter((line) => line.includes('asked too much'));
  return { ...small, ask, denials, alarms };
};

const ref = { token: 'x' };
const refs = (count: number) => Array.from({ length: count }, () => ref);
const answered = { status: 200, code: undefined, wait: null };
const batch = 'query($donors: [DonorRef!]!) { eligibilityBatch(donors: $donors) }';
const single = '{ eligibility(donor: { token: "x" }) }';

test('after as many donors as there are in the budget the next has to wait, and the log says so once', async () => {
  await using small = await startAs();
  for (let asked = 0; asked < 5; asked += 1) expect(await small.ask(single)).toEqual(answered);
  const refused = await small.ask(single);
  expect(refused).toMatchObject({ status: 429, code: 'TOO_MANY_REQUESTS' });
  expect(Number(refused.wait)).toBeGreaterThan(50);
  expect((await small.ask(single)).status).toBe(429);
  expect(small.alarms()).toHaveLength(1);
  expect(small.alarms()[0]).toContain('"budget":"LOOKUPS_PERSON"');
  expect(small.denials).toHaveLength(2);
  expect(small.denials[0]).toMatchObject({ coordinate: 'Query.eligibility', caller: { subject: 'everybody' } });
});

const spending: readonly (readonly [string, string, object, number])[] = [
  ['a batch in a variable', batch, { donors: refs(5) }, 5],
  ['a batch in the document', '{ eligibilityBatch(donors: [{ token: "x" }, { token: "y" }]) }', {}, 2],
  ['one donor where a list is expected', batch, { donors: ref }, 1],
  ['a variable in a list', 'query($a: DonorRef!) { eligibilityBatch(donors: [$a, $a, $a]) }', { a: ref }, 3],
  [
    'what a variable is when it is not given',
    'query($d: [DonorRef!]! = [{ token: "x" }, { token: "y" }]) { eligibilityBatch(donors: $d) }',
    {},
    2,
  ],
  ['aliases', '{ a: eligibility(donor: { token: "x" }) b: eligibility(donor: { token: "x" }) }', {}, 2],
  [
    'a fragment that stands twice',
    '{ self { ...F } again: self { ...F } } fragment F on Station { donors(tokens: ["x", "y"]) }',
    {},
    4,
  ],
  ['an input that holds a donor', 'mutation($i: Record!) { reportLookout(input: $i) }', { i: { donor: ref } }, 1],
  ['an inline fragment', '{ ... on Query { ... { eligibility(donor: { token: "x" }) } } }', {}, 1],
];

test.each(spending)('%s counts as many donors as it names', async (_name, query, variables, donors) => {
  for (const points of [donors, donors - 1]) {
    const budget = { points, seconds: 60 };
    const own = { ...budgets, LOOKUPS_PERSON: budget, BARS_PERSON: budget, HOLDINGS_PERSON: budget };
    await using small = await startAs(undefined, { rates: { table, budgets: own } });
    expect((await small.ask(query, variables)).status).toBe(points === donors ? 200 : 429);
  }
});

test('of a question that costs too much nothing is done', async () => {
  const resolve = vi.fn();
  const watched = buildSchema(
    'input DonorRef { token: String } type Query { eligibilityBatch(donors: [DonorRef!]!): Int }',
  );
  const field = watched.getQueryType()?.getFields()['eligibilityBatch'];
  if (field !== undefined) field.resolve = resolve;
  await using small = await startAs(undefined, { schema: watched });
  expect((await small.ask(batch, { donors: refs(6) })).status).toBe(429);
  expect(resolve).not.toHaveBeenCalled();
});

test('what has no line costs nothing, and one budget is not another', async () => {
  await using small = await startAs();
  await small.ask(batch, { donors: refs(6) });
  expect((await small.ask(single)).status).toBe(429);
  expect(await small.ask('{ free(donor: { token: "x" }) }')).toEqual(answered);
  expect(await small.ask('mutation { reportLookout(input: { donor: { token: "x" } }) }')).toEqual(answered);
});

test('one person’s budget is not another’s, and a machine has one of its own', async () => {
  const caller: { current: Partial<Caller> } = { current: {} };
  await using small = await startAs(caller);
  await small.ask(batch, { donors: refs(6) });
  expect((await small.ask(single)).status).toBe(429);
  caller.current = { subject: Pseudonym.parse('another') };
  expect(await small.ask(single)).toEqual(answered);
  caller.current = { role: 'SYSTEM', subject: Pseudonym.parse('bmis') };
  expect(await small.ask(batch, { donors: refs(1_000) })).toEqual(answered);
});

test('a member’s people together have one more: inventing people helps nobody', async () => {
  const caller: { current: Partial<Caller> } = { current: {} };
  await using small = await startAs(caller);
  const held = (subject: string, member: string) => {
    caller.current = { from: 'MEMBER', member: StationCode.parse(member), subject: Pseudonym.parse(subject) };
    return small.ask('{ self { donors(tokens: ["a", "b", "c", "d"]) } }');
  };
  expect(await held('one', '330198B01')).toEqual(answered);
  expect(await held('two', '330198B01')).toEqual(answered);
  expect((await held('three', '330198B01')).status).toBe(429);
  expect(await held('one', '310198B01')).toEqual(answered);
});

test('an address from which knock after knock is turned away has to wait, before its body is read', async () => {
  const admitted = vi.fn();
  const door: Door = {
    admit: () => {
      admitted();
      return Promise.reject(new RequestError('UNAUTHENTICATED'));
    },
  };
  const own = { ...budgets, ATTEMPTS: { points: 3, seconds: 60 } };
  await using small = await startSmallServer({ door, rates: { table, budgets: own } });
  const statuses: number[] = [];
  for (let knocks = 0; knocks < 5; knocks += 1) statuses.push((await small.post({ query: '{ hello }' })).status);
  expect(statuses).toEqual([401, 401, 401, 429, 429]);
  expect(admitted).toHaveBeenCalledTimes(3);
  const early = await small.raw(
    'POST /graphql HTTP/1.1\r\nHost: x\r\nContent-Type: application/json\r\nContent-Length: 9\r\n\r\n',
  );
  expect(early).toMatch(/^HTTP\/1.1 429 [^]*retry-after: \d+/i);
  expect(small.lines.filter((line) => line.includes('were turned away'))).toHaveLength(1);
});

test('an address from which somebody has come in is not locked out by another who shares it', async () => {
  let welcome = true;
  const door: Door = {
    admit: (knock) => (welcome ? openDoor.admit(knock) : Promise.reject(new RequestError('UNAUTHENTICATED'))),
  };
  const own = { ...budgets, ATTEMPTS: { points: 3, seconds: 60 } };
  await using small = await startSmallServer({ door, rates: { table, budgets: own } });
  expect((await small.post({ query: '{ hello }' })).status).toBe(200);
  welcome = false;
  for (let knocks = 0; knocks < 6; knocks += 1) expect((await small.post({ query: '{ hello }' })).status).toBe(401);
  welcome = true;
  expect((await small.post({ query: '{ hello }' })).status).toBe(200);
});

test('a route that gives tokens is asked only so often by one address, and who is refused there is a stranger too', async () => {
  const route = (status: number) => ({
    method: 'POST',
    path: '/token',
    open: true,
    givesTokens: true,
    handle: ({ response }: { response: { writeHead(status: number): { end(): void } } }) => {
      response.writeHead(status).end();
    },
  });
  const own = { ...budgets, TOKENS: { points: 3, seconds: 60 }, ATTEMPTS: { points: 2, seconds: 60 } };
  for (const [status, expected] of [
    [200, [200, 200, 200, 429]],
    [400, [400, 400, 429]],
  ] as const) {
    await using small = await startSmallServer({ routes: [route(status)], rates: { table, budgets: own } });
    for (const one of expected) {
      expect((await fetch(new URL('/token', small.url), { method: 'POST' })).status).toBe(one);
    }
  }
});
