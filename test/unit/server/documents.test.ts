/** A document that would cost too much is refused before it costs anything (B1, B2): counted in what is reached, not in time. */
import { buildSchema, parse, validate } from 'graphql';
import type { ParseOptions } from 'graphql';
import { expect, test } from 'vitest';

import { Pseudonym } from '#schema/caller.ts';
import type { Caller } from '#schema/caller.ts';
import { StationCode } from '#schema/ids.ts';
import { createDocumentGate } from '#server/graphql/document-gate.ts';
import { createDocuments } from '#server/graphql/documents.ts';
import type { DocumentPipeline } from '#server/graphql/documents.ts';
import { defaultLimits } from '#server/http/limits.ts';

const repeated = (count: number, piece: (index: number) => string): string =>
  Array.from({ length: count }, (_, index) => piece(index)).join(' ');

const hostile: readonly (readonly [string, string])[] = [
  ['10,000 deep', '{ node '.repeat(10_000) + '{ id }' + '}'.repeat(10_000)],
  ['10,000 inline fragments deep', '{ ... on Query '.repeat(10_000) + '{ hello }' + '}'.repeat(10_000)],
  ['10,000 aliases', `{ ${repeated(10_000, (index) => `a${index}: hello`)} }`],
  ['10,000 aliases of __typename', `{ ${repeated(10_000, (index) => `a${index}: __typename`)} }`],
  ['10,000 fragments', repeated(10_000, (index) => `fragment F${index} on Query { hello }`)],
];

/** graphql's own parser and validator, and how often each was reached. */
function countedPipeline() {
  const reached = { parse: 0, validate: 0 };
  const pipeline: DocumentPipeline = {
    schema: buildSchema('type Query { hello: String node: Query count(values: [Int]): Int }'),
    parse: (source: string, options: ParseOptions) => {
      reached.parse += 1;
      return parse(source, options);
    },
    validate: (schema, document, rules) => {
      reached.validate += 1;
      return validate(schema, document, rules);
    },
  };
  return { pipeline, reached };
}

test.each(hostile)('%s: the parser stops early, and nothing is validated', (_, source) => {
  const { pipeline, reached } = countedPipeline();
  const found = createDocuments(defaultLimits, true).find(pipeline, source);
  if (!('errors' in found)) throw new Error('it passed');
  expect(found.code).toBe('GRAPHQL_PARSE_FAILED');
  expect(reached).toEqual({ parse: 1, validate: 0 });
  const [stoppedAt = Infinity] = found.errors[0]?.positions ?? [];
  expect(stoppedAt).toBeLessThan(source.length / 4);
});

test('lists in lists beyond the stack are too complex, and no fault of ours', () => {
  const { pipeline, reached } = countedPipeline();
  // How much the stack holds differs; so many it never does.
  const documents = createDocuments({ ...defaultLimits, tokens: 100_000 }, true);
  const found = documents.find(pipeline, `{ count(values: ${'['.repeat(50_000)}1) }`);
  if (!('errors' in found)) throw new Error('it passed');
  expect(found.errors[0]?.extensions['code']).toBe('DOCUMENT_TOO_COMPLEX');
  expect(reached).toEqual({ parse: 1, validate: 0 });
});

test('what is well formed is validated once, and then known', () => {
  const { pipeline, reached } = countedPipeline();
  const documents = createDocuments(defaultLimits, true);
  for (let time = 0; time < 3; time += 1)
    expect(documents.find(pipeline, '{ hello }')).toMatchObject({ kind: 'Document' });
  expect(reached).toEqual({ parse: 1, validate: 1 });
});

const desk: Caller = {
  from: 'OWN',
  member: StationCode.parse('310198B01'),
  role: 'DESK',
  subject: Pseudonym.parse('desk-1'),
  purpose: 'DONATION',
  case: null,
  rights: [],
};

test.each(hostile)('%s: in production it is not parsed at all, since nobody knows it', (_, text) => {
  const documentOf = createDocumentGate(new Map(), true);
  const asked = () => documentOf({ document: { text } }, desk);
  expect(asked).toThrow(expect.objectContaining({ code: 'DOCUMENT_UNKNOWN' }) as Error);
});
