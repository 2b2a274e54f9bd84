/** The manifest of the project's documents, made from their files and from the gateway's own planner. */
import { hash } from 'node:crypto';
import { readdir, readFile } from 'node:fs/promises';

import { buildSchema, getOperationAST, Kind, parse, stripIgnoredCharacters, validate } from 'graphql';
import type { GraphQLSchema } from 'graphql';

import { printGatewaySdl } from '#gateway/sdl.ts';
import { printStationSdl } from '#node/graphql/schema.ts';
import { questions } from '#schema/questions.ts';

import { derivedQuestions } from './derived.ts';

interface Operation {
  readonly id: string;
  readonly document: string;
}
type Operations = Readonly<Record<string, Operation>>;

export interface Manifest {
  readonly station: Operations;
  readonly gateway: Operations;
  /** What the gateway makes of its own documents for the stations. */
  readonly derived: Operations;
}

const operationOf = (document: string): Operation => ({ id: `sha256:${hash('sha256', document)}`, document });

interface Found {
  readonly name: string;
  readonly text: string;
}

/** The documents of a folder without what they say to people only: another line break makes no other document. */
async function readDocuments(folder: URL): Promise<Found[]> {
  const names = (await readdir(folder)).filter((name) => name.endsWith('.graphql')).toSorted();
  return Promise.all(
    names.map(async (name) => ({
      name: name.replace('.graphql', ''),
      text: stripIgnoredCharacters(await readFile(new URL(name, folder), 'utf8')),
    })),
  );
}

/** What is wrong with a document: one operation a file, under the file's name, that fits the schema. */
function problemsOf(schema: GraphQLSchema, { name, text }: Found): string[] {
  const document = parse(text);
  const named = document.definitions.flatMap((one) =>
    one.kind === Kind.OPERATION_DEFINITION ? [one.name?.value] : [],
  );
  if (named.length !== 1 || named[0] !== name) return ['holds something else than one operation of that name'];
  return validate(schema, document).map(({ message }) => message);
}

const collect = (documents: readonly Found[]): Operations =>
  Object.fromEntries(documents.map(({ name, text }) => [name, operationOf(text)]));

/** What members ask each other is in `schema/questions.ts`, beside the shape of its variables. */
const exchanged = Object.values(questions).map(({ document }) => ({
  name: getOperationAST(parse(document))?.name?.value ?? '',
  text: document,
}));

/** @param folder where the folders of documents are. */
export async function buildManifest(folder: URL): Promise<{ manifest: Manifest; problems: readonly string[] }> {
  const station = [...(await readDocuments(new URL('station/', folder))), ...exchanged];
  const gateway = await readDocuments(new URL('gateway/', folder));
  const schemas = { station: buildSchema(printStationSdl()), gateway: buildSchema(await printGatewaySdl()) };
  const problems = [
    ...station.flatMap((one) => problemsOf(schemas.station, one).map((why) => `station/${one.name}.graphql: ${why}`)),
    ...gateway.flatMap((one) => problemsOf(schemas.gateway, one).map((why) => `gateway/${one.name}.graphql: ${why}`)),
  ];
  const derived = problems.length > 0 ? [] : await derivedQuestions(gateway.map(({ text }) => text));
  return {
    manifest: { station: collect(station), gateway: collect(gateway), derived: collect(derived) },
    problems,
  };
}
