/** What documents cost. */
import { buildSchema, parse, validate } from 'graphql';
import { expect, test } from 'vitest';
import { costLimit } from '#server/graphql/document-cost.ts';

const schema = buildSchema(`
  type Query { a: Int  thing: Thing  things: [Thing!]!  any: [Any!]!  page(first: Int, last: Int): Page }
  type Thing { id: ID  thing: Thing  things: [Thing] tags: [String!] }
  type Other { id: ID }
  union Any = Thing | Other
  type Page { edges: [Edge!]!  total: Int }
  type Edge { node: Thing }
`);

/** The cost, found through the limit: -1 refuses every document and says what it costs. */
const costOf = (document: string) => {
  const rule = costLimit(-1);
  try {
    validate(schema, parse(document), [rule]);
  } catch (error) {
    return Number(/costs (\d+)/.exec(String(error))?.[1]);
  }
  return undefined;
};

test.each([
  ['{ a }', 1],
  ['{ thing { id } }', 2],
  ['{ thing { id tags } }', 3],
  ['{ things { id } }', 11],
  ['{ things { things { id } } }', 111],
  ['{ page(first: 3) { edges { node { id } } } }', 10],
  ['{ page(last: 3) { total } }', 4],
  ['{ page { total } }', 101],
  ['query($n: Int) { page(first: $n) { total } }', 101],
  ['{ page(first: 2) { edges { node { things { id } } } } }', 27],
  ['{ any { ... on Thing { id } ... on Other { id } } }', 21],
  ['{ thing { ...T } } fragment T on Thing { id things { id } }', 13],
  ['{ thing { ...T } b: thing { ...T } } fragment T on Thing { id things { id } }', 26],
  ['{ thing { ...T } } fragment T on Thing { ...T id }', 3],
  ['{ __schema { types { fields { name } } } }', 1],
  ['{ nothing { x } }', 1],
])('%s costs %d', (document, cost) => {
  expect(costOf(document)).toBe(cost);
});
