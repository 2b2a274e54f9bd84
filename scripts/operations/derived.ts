/**
 * What the gateway asks stations on behalf of its own documents: its planner is run on each of them, with a federation of one
 * station that writes down what it is asked and answers nothing. The text of a question does not depend on whom it goes to.
 */
import { execute, getOperationAST, isListType, isNonNullType, parse, typeFromAST } from 'graphql';
import type { DocumentNode, GraphQLSchema, GraphQLType } from 'graphql';
import { z } from 'zod';

import { noAggregates } from '#gateway/aggregates/aggregates.ts';
import type { Context } from '#gateway/context.ts';
import { stitch } from '#gateway/stitch.ts';
import { Pseudonym } from '#schema/caller.ts';
import type { Caller } from '#schema/caller.ts';
import { Policy } from '#schema/directory.ts';
import type { Directory, Member } from '#schema/directory.ts';
import { Fault } from '#schema/errors.ts';
import { GatewayCode, ProvinceCode, StationCode } from '#schema/ids.ts';

const station: Member = {
  code: StationCode.parse('110101B01'),
  kind: 'BLOOD',
  province: ProvinceCode.parse('11'),
  nameZh: '站',
  nameEn: 'Station',
  endpoint: 'http://localhost',
  status: 'ACTIVE',
  suspensions: [],
  keys: [],
};
const day = '2026-01-01T00:00:00Z';
const directory: Directory = {
  version: 1,
  issuedAt: day,
  softUntil: day,
  hardUntil: day,
  authorities: { threshold: 1, keys: [] },
  policy: Policy.parse({}),
  ruleSets: [],
  gateways: [],
  regulators: [],
  members: [station],
};
const caller: Caller = {
  from: 'OWN',
  member: GatewayCode.parse('G00'),
  role: 'OPERATOR',
  subject: Pseudonym.parse('planner'),
  purpose: 'OPERATION',
  case: null,
  rights: [],
};

const silent = () => Promise.reject(new Fault('STATION_UNREACHABLE', { station: station.code }));
const exchange = { ask: () => Promise.resolve([]) };
const context: Context = { requestId: '', caller, request: undefined, directory, exchange, aggregates: noAggregates };

const samples: Readonly<Record<string, unknown>> = {
  StationCode: station.code,
  DonorToken: 'A'.repeat(43),
  Int: 1,
  Float: 1,
  String: '',
  ID: '',
  Boolean: true,
};

function sampleOf(type: GraphQLType): unknown {
  if (isNonNullType(type)) return sampleOf(type.ofType);
  return isListType(type) ? [sampleOf(type.ofType)] : samples[String(type)];
}

/** Something for each variable that must be there. */
function variablesFor(schema: GraphQLSchema, document: DocumentNode): Record<string, unknown> {
  const variables = getOperationAST(document)?.variableDefinitions ?? [];
  return Object.fromEntries(
    variables.flatMap(({ variable, type: node, defaultValue }) => {
      const type = typeFromAST(schema, node);
      const required = type !== undefined && isNonNullType(type) && defaultValue === undefined;
      return required ? [[variable.name.value, sampleOf(type)]] : [];
    }),
  );
}

const Body = z.object({ query: z.string() });

/** The questions, each once, named after the documents they are made of. */
export async function derivedQuestions(documents: readonly string[]): Promise<{ name: string; text: string }[]> {
  const questions = new Map<string, string>();
  for (const text of documents) {
    const document = parse(text);
    const name = getOperationAST(document)?.name?.value ?? '';
    let count = 0;
    const forwarding = {
      askForItself: (_member: Member, { body }: { readonly body: string }) => {
        const { query } = Body.parse(JSON.parse(body));
        if (!questions.has(query)) questions.set(query, (count += 1) === 1 ? name : `${name}${count}`);
        return silent();
      },
    };
    const notes = { answered: () => undefined, failed: () => new Fault('STATION_UNREACHABLE') };
    const schema = await stitch({ forwarding, notes });
    await execute({ schema, document, variableValues: variablesFor(schema, document), contextValue: context });
  }
  return [...questions].map(([question, name]) => ({ name, text: question }));
}
