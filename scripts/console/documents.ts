/** The documents of the manifest that the console asks with, as typed constants: what each takes and answers, from the gateway's SDL. */
import { readFile } from 'node:fs/promises';
import path from 'node:path';

import { codegen } from '@graphql-codegen/core';
import * as operations from '@graphql-codegen/typescript-operations';
import { parse } from 'graphql';

import { gatewayOperations } from '#schema/operations.ts';

const asked = ['Measures', 'Aggregate'] as const;

/** Scalars that have a type of their own; all others are strings. */
const scalars = {
  Date: '../../../schema/calendar.ts#CivilDate',
  Period: '../../../schema/periods.ts#Period',
  ProvinceCode: '../../../schema/ids.ts#ProvinceCode',
  StationCode: '../../../schema/ids.ts#StationCode',
};

const heading = `/** Written by scripts/console.ts: do not edit. */
import type { TypedDocument } from '../typed-document.ts';
`;

const constantOf = (name: (typeof asked)[number]): string => {
  const constant = `${name.charAt(0).toLowerCase()}${name.slice(1)}Document`;
  const { id } = gatewayOperations[name];
  return `export const ${constant}: TypedDocument<${name}Query, ${name}QueryVariables> = { id: '${id}' };`;
};

/** The text of the module. @param root where the project is. */
export async function writeDocuments(root: string): Promise<string> {
  const types = await codegen({
    filename: 'documents.ts',
    schema: parse(await readFile(path.join(root, 'schema/sdl/gateway.graphql'), 'utf8')),
    documents: asked.map((name) => ({ location: name, document: parse(gatewayOperations[name].document) })),
    config: { scalars, defaultScalarType: 'string', skipTypename: true, useTypeImports: true },
    plugins: [{ operations: {} }],
    pluginMap: { operations },
  });
  return [heading, types, ...asked.map(constantOf), ''].join('\n');
}
