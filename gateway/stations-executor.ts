/**
 * Sends each station the part of a question that is about it, all at once, and puts answers and errors back in place.
 * A station's answer is completed against what it promised before anything of it is used, so that whoever lies in shape
 * costs its own part only.
 */
import type { ExecutionRequest, Executor } from '@graphql-tools/utils';
import { execute, GraphQLError, Kind, OperationTypeNode, print, visit } from 'graphql';
import type { DocumentNode, FieldNode, GraphQLSchema } from 'graphql';
import { z } from 'zod';

import { digestOf } from '#schema/digest.ts';
import { Fault } from '#schema/errors.ts';
import { StationCode } from '#schema/ids.ts';
import { jsonOf } from '#server/http/answer-json.ts';

import type { Context } from './context.ts';
import type { Forwarding } from './forwarding.ts';
import type { StationNotes } from './station-notes.ts';

export interface StationsExecutorOptions {
  /** What the stations promise. */
  readonly schema: GraphQLSchema;
  readonly forwarding: Pick<Forwarding, 'askForItself'>;
  readonly notes: StationNotes;
}

/** A lookup of one station, whatever is asked of it. */
const ANSWER_BYTES = 8 * 1024 * 1024;
/** Under this name every station is asked who it is. */
const IDENTITY = '_answeredBy';

/** The question as every station gets it, made once: only `codes` differs between them. */
interface Plan {
  readonly document: DocumentNode;
  readonly text: string;
  readonly responseKey: string;
  readonly codesVariable: string;
}

type Question = ExecutionRequest<Record<string, unknown>, Context>;

const misplanned = (cause: string) => new Fault('INTERNAL', { cause });

/** For whom a station is asked; what the table of disclosure lets through has a purpose. */
function whoAsks({ context }: Question) {
  if (context === undefined || context.caller.purpose === null) throw misplanned('nobody asks');
  const { directory, requestId, caller } = context;
  const { role, subject, purpose } = context.caller;
  const asker = { role, subject, purpose, case: caller.case, rights: [...caller.rights] };
  return { directory, requestId, asker };
}

function planOf({ document }: Question): Plan {
  const operation = document.definitions.find((definition) => definition.kind === Kind.OPERATION_DEFINITION);
  const [field, ...others] = operation?.selectionSet.selections ?? [];
  if (operation?.operation !== OperationTypeNode.QUERY || field?.kind !== Kind.FIELD || others.length > 0) {
    throw misplanned('not a question for one field');
  }
  const codes = field.arguments?.find(({ name }) => name.value === 'codes')?.value;
  if (codes?.kind !== Kind.VARIABLE || field.selectionSet === undefined) throw misplanned('codes are no variable');
  const identity: FieldNode = {
    kind: Kind.FIELD,
    name: { kind: Kind.NAME, value: 'code' },
    alias: { kind: Kind.NAME, value: IDENTITY },
  };
  const { selectionSet } = field;
  const asked = { ...field, selectionSet: { ...selectionSet, selections: [...selectionSet.selections, identity] } };
  const identified = visit(document, { Field: (node) => (node === field ? asked : undefined) });
  return {
    document: identified,
    text: print(identified),
    responseKey: field.alias?.value ?? field.name.value,
    codesVariable: codes.name.value,
  };
}

const Said = z.object({ data: z.record(z.string(), z.unknown()) });
const Items = z.tuple([z.looseObject({ [IDENTITY]: StationCode })]);
const valueAt = (source: unknown, key: string | number): unknown =>
  typeof source === 'object' && source !== null && Object.hasOwn(source, key) ? Reflect.get(source, key) : undefined;

export function createStationsExecutor({ schema, forwarding, notes }: StationsExecutorOptions): Executor<Context> {
  /** The station's item of an answer, if the answer is all that was promised. */
  const itemOf = async (plan: Plan, variables: Record<string, unknown>, json: unknown): Promise<unknown> => {
    const said = Said.parse(json);
    const { data, errors } = await execute({
      schema,
      document: plan.document,
      variableValues: variables,
      rootValue: said.data,
      fieldResolver: (source: unknown, _args, _context, { path }) => valueAt(source, path.key),
    });
    if (errors?.[0] !== undefined) throw errors[0];
    return Items.parse(data?.[plan.responseKey])[0];
  };

  const askOne = async (plan: Plan, code: StationCode, request: Question) => {
    const { directory, requestId, asker } = whoAsks(request);
    const member = directory.members.find((one) => one.code === code);
    if (member === undefined) throw new Fault('STATION_UNKNOWN', { station: code });
    if (member.status !== 'ACTIVE') throw new Fault('STATION_SUSPENDED', { station: code });
    const variables = { ...request.variables, [plan.codesVariable]: [code] };
    const body = JSON.stringify({ query: plan.text, variables });
    const asked = { body, digest: digestOf(body), by: { asker }, requestId, answerBytes: ANSWER_BYTES };
    const answer = await forwarding.askForItself(member, asked);
    const json = jsonOf(code, answer);
    const item = await itemOf(plan, variables, json).catch((cause: unknown) => {
      throw new Fault('STATION_BAD_ANSWER', { station: code, cause });
    });
    if (valueAt(item, IDENTITY) === code) return item;
    throw new Fault('STATION_BAD_ANSWER', { station: code, cause: 'it answers for another station' });
  };

  const executor = async (request: Question) => {
    const plan = planOf(request);
    const codes = z.array(StationCode).parse(request.variables?.[plan.codesVariable]);
    const errors: GraphQLError[] = [];
    const items = await Promise.all(
      codes.map(async (code, at) => {
        try {
          const item = await askOne(plan, code, request);
          notes.answered(code);
          return item;
        } catch (error) {
          const originalError = notes.failed(code, error);
          errors.push(new GraphQLError(originalError.message, { path: [plan.responseKey, at], originalError }));
          return null;
        }
      }),
    );
    return { data: { [plan.responseKey]: items }, ...(errors.length > 0 && { errors }) };
  };
  // The library types a result by whoever asks; the shape is checked above, by value.
  return executor as Executor<Context>;
}
