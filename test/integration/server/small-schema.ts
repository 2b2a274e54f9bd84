/** A schema with one field for each way that an answer can come about or fail. */
import { buildSchema, GraphQLError } from 'graphql';
import type { GraphQLFieldResolver, GraphQLSchema } from 'graphql';
import { z } from 'zod';
import { Fault, Refused } from '#schema/errors.ts';
import { StationCode } from '#schema/ids.ts';
import type { Incoming } from '#server/http/incoming.ts';

export interface Context {
  readonly incoming: Incoming;
}

type Resolver = GraphQLFieldResolver<unknown, Context, Record<string, unknown>>;

/** Personal in form only: a document number, a token and a passport that belong to nobody. */
export const personal = ['110101199003078515', 'Zm9vYmFyYmF6cXV4Zm9vYmFyYmF6cXV4Zm9vYmFyYmE', 'E12345678'] as const;

const sdl = `
  type Query {
    hello: String!
    requestId: String!
    echo(text: String, mood: Mood): String
    node: Node
    nodes: [Node!]!
    page(first: Int, last: Int): Page!
    count(values: [Int!]!): Int!
    fault: String
    refused: String
    broken: String
    brokenRequired: String!
    badNumber: Int
    coded: String
    several: String
    wait: String
  }
  type Mutation { touch: Int! }
  type Node { id: ID! node: Node nodes: [Node!]! }
  type Page { edges: [Edge!]! }
  type Edge { node: Node! }
  enum Mood { CALM }
`;

/** What a driver throws: the rows are in message, detail and cause. */
const databaseError = () =>
  Object.assign(new TypeError(`Key (token)=(${personal[1]}) already exists`, { cause: new Error(personal[0]) }), {
    detail: `row ${personal[2]}`,
    code: '23505',
  });

const fail =
  (create: () => Error): Resolver =>
  () => {
    throw create();
  };

const node = { id: '1', node: null, nodes: [] };

const resolversWith = (wait: () => Promise<string>): Record<string, Resolver> => ({
  hello: () => 'hello',
  requestId: (_source, _values, { incoming }) => incoming.id,
  echo: (_source, { text }) => text,
  node: () => node,
  nodes: () => [node],
  page: () => ({ edges: [{ node }] }),
  count: (_source, { values }) => z.array(z.number()).parse(values).length,
  fault: fail(() => new Fault('STATION_TIMEOUT', { station: StationCode.parse('330198B01'), cause: databaseError() })),
  refused: fail(() => new Refused('CONFLICT')),
  broken: fail(databaseError),
  brokenRequired: fail(databaseError),
  badNumber: () => personal[0],
  coded: fail(() => new GraphQLError('Not today.', { extensions: { code: 'CODED', secret: 'x' } })),
  several: fail(() => new AggregateError([new Fault('STATION_UNREACHABLE'), databaseError()])),
  wait,
  touch: () => 1,
});

/** The schema; `wait` answers when `wait` does. */
export const createSmallSchema = (wait: () => Promise<string>): GraphQLSchema => {
  const schema = buildSchema(sdl);
  const resolvers = resolversWith(wait);
  for (const type of [schema.getQueryType(), schema.getMutationType()]) {
    for (const [name, field] of Object.entries(type?.getFields() ?? {})) {
      const resolve = resolvers[name];
      if (resolve !== undefined) field.resolve = resolve;
    }
  }
  return schema;
};
