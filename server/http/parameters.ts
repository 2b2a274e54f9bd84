/** The parameters of GraphQL over HTTP, parsed from a JSON body or a query string. */
import type { Limits } from './limits.ts';
import { RequestError } from '../errors/request-error.ts';

type Values = Readonly<Record<string, unknown>>;

export interface Parameters {
  /** The document itself, or the id of one that is known here. */
  readonly document: { readonly text: string } | { readonly id: string };
  readonly operationName: string | undefined;
  readonly variables: Values | undefined;
}

const isObject = (value: unknown): value is Values =>
  typeof value === 'object' && value !== null && !Array.isArray(value);

const malformed = (detail: string) => new RequestError('BAD_REQUEST', { detail });

/** Counts down, so that neither a deep nor a wide value costs more than the limits allow. */
const assertModest = (variables: Values, limits: Limits) => {
  let values = limits.variableValues;
  const visit = (value: unknown, depth: number): void => {
    if ((values -= 1) < 0) throw new RequestError('BAD_VARIABLES', { detail: 'The variables have too many values.' });
    if (typeof value !== 'object' || value === null) return;
    if (depth === 0) throw new RequestError('BAD_VARIABLES', { detail: 'The variables are nested too deeply.' });
    if (Array.isArray(value)) for (const item of value) visit(item, depth - 1);
    else for (const key in value) visit(Reflect.get(value, key), depth - 1);
  };
  visit(variables, limits.variableDepth);
};

const documentOf = (query: unknown, documentId: unknown): Parameters['document'] => {
  if (documentId === undefined) {
    if (typeof query !== 'string') throw malformed('The parameter "query" must be a string.');
    return { text: query };
  }
  if (typeof documentId !== 'string') throw malformed('The parameter "documentId" must be a string.');
  if (query !== undefined) throw malformed('Either "query" or "documentId" names the document.');
  return { id: documentId };
};

/** Parses what a client sent as parameters. Parameters we do not know are ignored. */
export const parseParameters = (sent: unknown, limits: Limits): Parameters => {
  if (Array.isArray(sent)) throw malformed('Several operations in one request are not served.');
  if (!isObject(sent)) throw malformed('The body must be a JSON object.');
  const document = documentOf(sent['query'] ?? undefined, sent['documentId'] ?? undefined);
  const operationName = sent['operationName'] ?? undefined;
  const variables = sent['variables'] ?? undefined;
  const extensions = sent['extensions'] ?? undefined;
  if (operationName !== undefined && typeof operationName !== 'string') {
    throw malformed('The parameter "operationName" must be a string.');
  }
  if (extensions !== undefined && !isObject(extensions))
    throw malformed('The parameter "extensions" must be an object.');
  if (variables === undefined) return { document, operationName, variables };
  if (!isObject(variables)) throw malformed('The parameter "variables" must be an object.');
  assertModest(variables, limits);
  return { document, operationName, variables };
};

const parseJson = (name: string, text: string | null): unknown => {
  if (text === null || text === '') return undefined;
  try {
    return JSON.parse(text);
  } catch {
    throw malformed(`The parameter "${name}" is not JSON.`);
  }
};

/** The same from the query string of a GET. */
export const parseSearch = (search: string, limits: Limits): Parameters => {
  const sent = new URLSearchParams(search);
  return parseParameters(
    {
      query: sent.get('query') ?? undefined,
      documentId: sent.get('documentId') ?? undefined,
      operationName: sent.get('operationName') ?? undefined,
      variables: parseJson('variables', sent.get('variables')),
      extensions: parseJson('extensions', sent.get('extensions')),
    },
    limits,
  );
};
