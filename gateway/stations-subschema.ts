/**
 * All stations as one subschema: what the gateway passes on of their own SDL, which is the type `Station`. Membership is
 * data, so nobody who joins or leaves changes this schema; the executor finds the stations by code (`stations-executor.ts`).
 */
import { readFile } from 'node:fs/promises';
import type { MergedTypeResolver, SubschemaConfig } from '@graphql-tools/delegate';
import { createMergedTypeResolver } from '@graphql-tools/stitch';
import { filterSchema, MapperKind, mapSchema, pruneSchema } from '@graphql-tools/utils';
import type { Executor } from '@graphql-tools/utils';
import { FilterRootFields } from '@graphql-tools/wrap';
import { buildSchema, getNullableType, Kind } from 'graphql';
import type { GraphQLSchema, SelectionSetNode } from 'graphql';
import { z } from 'zod';

import { StationCode } from '#schema/ids.ts';

import type { Context } from './context.ts';

const MERGE_ENTRY = '_stations';
const sdl = new URL('../schema/sdl/station.graphql', import.meta.url);

/** The part of the stations' SDL that the gateway passes on, as the stations promise it. */
export async function readStationSchema(): Promise<GraphQLSchema> {
  const whole = buildSchema(await readFile(sdl, 'utf8'));
  const rootFieldFilter = (operation: string, field: string) => operation === 'Query' && field === MERGE_ENTRY;
  return pruneSchema(filterSchema({ schema: whole, rootFieldFilter }));
}

/** The same as the gateway promises it: a station may be out of reach, so each of its own fields may be null. */
function forgiving(schema: GraphQLSchema): GraphQLSchema {
  return mapSchema(schema, {
    [MapperKind.OBJECT_FIELD]: (field, name, type) =>
      type === 'Station' && name !== 'code' ? { ...field, type: getNullableType(field.type) } : field,
  });
}

const responseKeysOf = ({ selections }: SelectionSetNode): string[] =>
  selections.flatMap((selection) => {
    if (selection.kind === Kind.FIELD) return [selection.alias?.value ?? selection.name.value];
    return selection.kind === Kind.INLINE_FRAGMENT ? responseKeysOf(selection.selectionSet) : [];
  });

/** What stays of a station that cannot be heard: its fields are null and one of them carries the error, not each. */
function silence(selectionSet: SelectionSetNode, error: unknown): Record<string, unknown> {
  const keys = responseKeysOf(selectionSet).filter((key) => key !== 'code' && key !== '__typename');
  return Object.fromEntries(keys.map((key, at) => [key, at === 0 ? error : null]));
}

const originOf = (error: unknown): unknown =>
  error instanceof Error && 'originalError' in error && error.originalError !== undefined
    ? originOf(error.originalError)
    : error;

/** Merges by key: all stations of a page go into one question, and one that fails costs one error. */
const merge: MergedTypeResolver<Context> = async (...args) => {
  const batched = createMergedTypeResolver<Context>({
    fieldName: MERGE_ENTRY,
    argsFromKeys: (codes) => ({ codes }),
  });
  const answer: unknown = await Promise.resolve(batched?.(...args)).catch((error: unknown) => error);
  return answer instanceof Error ? silence(args[4], originOf(answer)) : answer;
};

const Keyed = z.object({ code: StationCode });

export function stationsSubschema(
  schema: GraphQLSchema,
  executor: Executor<Context>,
): SubschemaConfig<unknown, unknown, unknown, Context> {
  return {
    name: 'stations',
    schema: forgiving(schema),
    executor,
    // Nobody but the merge asks for stations by a list of codes.
    transforms: [new FilterRootFields((_operation, field) => field !== MERGE_ENTRY)],
    merge: {
      Station: { selectionSet: '{ code }', key: (station) => Keyed.parse(station).code, resolve: merge },
    },
  };
}
