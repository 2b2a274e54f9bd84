/**
 * The record is kept here and in no module: every field of `Query` and `Mutation`, whoever wrote it, gets an entry as the object
 * it is resolved on, and answers when that is durable. What another member or a gateway is answered is written down at the door
 * of the exchange, together with the hash of what is said.
 */
import type { GraphQLFieldResolver, GraphQLSchema } from 'graphql';

import { Fault } from '#schema/errors.ts';

import { asDatabaseFault } from '../db/outage.ts';
import type { Context } from './context.ts';
import { FieldEntry } from './field-entry.ts';

type Resolver = GraphQLFieldResolver<unknown, Context>;

/** What failed is written down too, as far as that can be; it says nothing of a donor. */
async function failed(entry: FieldEntry, error: unknown): Promise<void> {
  const refused = error instanceof Fault ? error.code : 'INTERNAL';
  await entry.answered({ refused }).catch(() => undefined);
}

const recording =
  (field: string, isMutation: boolean, resolve: Resolver): Resolver =>
  async (_, args, context, info) => {
    const { audit, caller, clock } = context;
    const entry = new FieldEntry({ field, isMutation, audit, caller, clock });
    let answer: object | null;
    try {
      answer = (await resolve(entry, args, context, info)) as object | null;
    } catch (thrown) {
      const error = asDatabaseFault(thrown);
      if (caller.from === 'OWN') await failed(entry, error);
      throw error;
    }
    if (caller.from !== 'OWN') return answer;
    await entry.answered(answer);
    return answer;
  };

/** The same schema, of which no field of `Query` or `Mutation` answers without an entry. */
export function recorded(schema: GraphQLSchema): GraphQLSchema {
  for (const type of [schema.getQueryType(), schema.getMutationType()]) {
    for (const [name, field] of Object.entries(type?.getFields() ?? {})) {
      const { resolve } = field;
      if (type === undefined || type === null || resolve === undefined) throw new Fault('INTERNAL');
      field.resolve = recording(`${type.name}.${name}`, type.name === 'Mutation', resolve);
    }
  }
  return schema;
}
