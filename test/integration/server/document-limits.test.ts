/** Documents that would cost too much are refused, and those people write are not. What is reached before: `unit/server`. */
import { buildSchema } from 'graphql';
import { expect, test } from 'vitest';
import { createSmallSchema } from './small-schema.ts';
import { startSmallServer } from './small-server.ts';

const times = (count: number, piece: (index: number) => string) =>
  Array.from({ length: count }, (_, i) => piece(i)).join(' ');
const nested = (depth: number, open: string, inner: string) => open.repeat(depth) + inner + '}'.repeat(depth);

/** Each fragment spreads the next twice: 2^n fields in n lines. */
const doubling = (count: number) =>
  `{ node { ...F0 } } ${times(count, (i) => `fragment F${i} on Node { node { ...F${i + 1} } again: node { ...F${i + 1} } }`)} fragment F${count} on Node { id }`;

const hostile: readonly (readonly [string, string, string])[] = [
  ['10,000 deep', nested(10_000, '{ node ', '{ id }'), 'GRAPHQL_PARSE_FAILED'],
  ['13 deep', nested(12, '{ node ', '{ id }'), 'DOCUMENT_TOO_COMPLEX'],
  ['deep through inline fragments', nested(300, '{ ... on Query ', '{ hello }'), 'DOCUMENT_TOO_COMPLEX'],
  [
    'deep through fragments',
    `{ node { ...F0 } } ${times(20, (i) => `fragment F${i} on Node { node { ...F${i + 1} } }`)} fragment F20 on Node { id }`,
    'DOCUMENT_TOO_COMPLEX',
  ],
  ['10,000 aliases', `{ ${times(10_000, (i) => `a${i}: hello`)} }`, 'GRAPHQL_PARSE_FAILED'],
  ['51 aliases', `{ ${times(51, (i) => `a${i}: hello`)} }`, 'DOCUMENT_TOO_COMPLEX'],
  ['51 aliases of __typename', `{ ${times(51, (i) => `a${i}: __typename`)} }`, 'DOCUMENT_TOO_COMPLEX'],
  ['52 times the same field', `{ ${times(52, () => 'hello')} }`, 'DOCUMENT_TOO_COMPLEX'],
  ['1,900 times the same field', `{ ${times(1_900, () => 'hello')} }`, 'DOCUMENT_TOO_COMPLEX'],
  [
    '52 times the same fragment',
    `{ ${times(52, () => '...F')} } fragment F on Query { hello }`,
    'DOCUMENT_TOO_COMPLEX',
  ],
  ['fragments that double', doubling(10), 'DOCUMENT_TOO_COMPLEX'],
  ['60 directives', `{ hello ${times(60, () => '@include(if: true)')} }`, 'DOCUMENT_TOO_COMPLEX'],
  ['a large page', '{ page(first: 5000) { edges { node { id node { id } } } } }', 'DOCUMENT_TOO_COMPLEX'],
  ['lists in lists', nested(5, '{ nodes ', '{ id }'), 'DOCUMENT_TOO_COMPLEX'],
  ['a fragment that spreads itself', '{ ...A } fragment A on Query { ...A }', 'GRAPHQL_VALIDATION_FAILED'],
  [
    'fragments in a circle',
    '{ ...A } fragment A on Query { hello ...B } fragment B on Query { ...A }',
    'GRAPHQL_VALIDATION_FAILED',
  ],
  ['a long number', `{ count(values: [${times(2_000, () => '1,')}]) }`, 'GRAPHQL_PARSE_FAILED'],
  ['deep lists in an argument', `{ count(values: ${'['.repeat(900)}${']'.repeat(900)}) }`, 'GRAPHQL_VALIDATION_FAILED'],
];

test.each(hostile)('%s is refused', async (_name, query, code) => {
  await using small = await startSmallServer();
  const answer = await small.ask(query);
  const [error] = answer.errors ?? [];
  expect(error?.extensions['code'], error?.message).toBe(code);
  expect(answer.data).toBeUndefined();
});

const friendly: readonly (readonly [string, string])[] = [
  ['12 deep', nested(11, '{ node ', '{ id }')],
  ['12 deep, with fragments on the way', nested(11, '{ node { ... on Node ', '{ id }') + '}'.repeat(11)],
  ['50 aliases', `{ ${times(50, (i) => `a${i}: hello`)} }`],
  ['a page of 100', '{ page(first: 100) { edges { node { id nodes { id } } } } }'],
  ['a list in a list', '{ nodes { id nodes { id nodes { id } } } }'],
];

test.each(friendly)('%s is answered', async (_name, query) => {
  await using small = await startSmallServer();
  expect((await small.ask(query)).errors).toBeUndefined();
});

test('the length of a page counts when it is a variable, too', async () => {
  await using small = await startSmallServer({ limits: { cost: 300 } });
  const query = 'query($first: Int) { page(first: $first) { edges { node { id node { id } } } } }';
  const answer = await small.ask(query, { first: 1_000_000 });
  expect(answer.errors?.[0]?.extensions['code']).toBe('DOCUMENT_TOO_COMPLEX');
});

test('variables may be neither deep nor many', async () => {
  await using small = await startSmallServer();
  const deep = JSON.parse('['.repeat(20) + ']'.repeat(20)) as unknown;
  const query = 'query($values: [Int!]!) { count(values: $values) }';
  for (const values of [deep, Array.from({ length: 10_001 }, () => 1)]) {
    expect((await small.ask(query, { values })).errors?.[0]?.extensions['code']).toBe('BAD_VARIABLES');
  }
  expect((await small.ask(query, { values: Array.from({ length: 5_000 }, () => 1) })).data).toEqual({ count: 5_000 });
});

test('callers who never send the same document twice do not fill the memory', async () => {
  await using small = await startSmallServer({ limits: { documents: 10 }, logLevel: 'silent' });
  for (let index = 0; index < 50; index += 1) {
    expect((await small.ask(`query Q${index} { hello }`)).data).toEqual({ hello: 'hello' });
  }
  expect((await small.ask('query Q0 { hello }')).data).toEqual({ hello: 'hello' });
});

test('a document that passed under one schema is validated again under the next', async () => {
  const schemas = [createSmallSchema(() => Promise.resolve('')), buildSchema('type Query { other: String }')];
  await using small = await startSmallServer({ schema: () => schemas[0] ?? buildSchema('type Query { none: Int }') });
  expect((await small.ask('{ hello }')).data).toEqual({ hello: 'hello' });
  schemas.shift();
  expect((await small.ask('{ hello }')).errors?.[0]?.extensions['code']).toBe('GRAPHQL_VALIDATION_FAILED');
  expect((await small.ask('{ other }')).data).toEqual({ other: null });
});
