/**
 * The one place where errors meet the outside. A caller sees a code, and a message only if it is about the caller's own
 * request or one of ours; the log sees the rest, under the request id.
 */
import { GraphQLError, Kind } from 'graphql';
import type { Logger } from 'pino';
import { faults } from '#schema/codes.ts';
import type { FaultCode, RequestErrorCode } from '#schema/codes.ts';
import { Fault, Refused } from '#schema/errors.ts';
import { describeError } from './describe-error.ts';
import { RequestError } from './request-error.ts';
import { withoutValues } from './without-values.ts';

/** An error as it is sent. */
export interface PresentedError {
  readonly message: string;
  readonly locations?: GraphQLError['locations'];
  readonly path?: GraphQLError['path'];
  readonly extensions: {
    readonly code: string;
    readonly station?: string;
    readonly retryable?: boolean;
    readonly requestId: string;
    /** What really happened; in development only. */
    readonly cause?: unknown;
  };
}

export interface Presenter {
  readonly requestId: string;
  readonly log: Logger;
  readonly production: boolean;
  /** For errors of the request that carry no code of their own. */
  readonly code: RequestErrorCode;
}

/** The error that was thrown, from within the GraphQL errors that say where. */
const thrownIn = (error: unknown): unknown =>
  error instanceof GraphQLError && error.originalError ? thrownIn(error.originalError) : error;

/** Errors that were gathered on the way (stitching does) are one each to the caller, all at the same place. */
const separate = (error: GraphQLError): readonly GraphQLError[] => {
  const { originalError, nodes = null, path = null } = error;
  if (!(originalError instanceof AggregateError)) return [error];
  return originalError.errors.map((gathered) => {
    const thrown = gathered instanceof Error ? gathered : originalError;
    return new GraphQLError(thrown.message, { nodes, path, originalError: thrown });
  });
};

/** Written by the engine about the caller's own document or variables, or given a code on purpose by a resolver. */
const isOpen = (thrown: GraphQLError, path: GraphQLError['path']) =>
  path === undefined || thrown.nodes !== undefined || typeof thrown.extensions['code'] === 'string';

/** graphql-js leaves suggestions out when asked to, but for this one. */
const withoutSuggestion = (message: string) => message.replace(/ Did you mean .*$/s, '');

const openExtensions = (
  { extensions }: GraphQLError,
  { code, requestId }: Presenter,
): PresentedError['extensions'] => ({
  code: typeof extensions['code'] === 'string' ? extensions['code'] : code,
  ...(typeof extensions['station'] === 'string' && { station: extensions['station'] }),
  ...(typeof extensions['retryable'] === 'boolean' && { retryable: extensions['retryable'] }),
  requestId,
});

const faultExtensions = (thrown: unknown, { requestId, production }: Presenter): PresentedError['extensions'] => {
  const code: FaultCode = thrown instanceof Fault ? thrown.code : 'INTERNAL';
  return {
    code,
    ...(thrown instanceof Fault && thrown.station !== undefined && { station: thrown.station }),
    retryable: faults[code].retryable,
    requestId,
    ...(!production && { cause: describeError(thrown) }),
  };
};

const placeOf = (error: unknown): Pick<PresentedError, 'locations' | 'path'> => {
  if (!(error instanceof GraphQLError)) return {};
  return { ...(error.locations && { locations: error.locations }), ...(error.path && { path: error.path }) };
};

/** The field an error happened in, by the name the schema has for it: an alias is the caller's own words. */
const fieldOf = (error: unknown) => {
  const node = error instanceof GraphQLError ? error.nodes?.[0] : undefined;
  return node?.kind === Kind.FIELD ? node.name.value : undefined;
};

/** What the caller is told of an error. Whatever broke is logged whole. */
export const presentError = (error: unknown, presenter: Presenter): PresentedError => {
  const { log, production, requestId } = presenter;
  const thrown = thrownIn(error);
  const place = placeOf(error);
  if (thrown instanceof Refused || thrown instanceof RequestError) {
    const retryable = thrown instanceof RequestError && thrown.retryAfterS !== undefined;
    return { message: thrown.message, ...place, extensions: { code: thrown.code, retryable, requestId } };
  }
  if (error instanceof GraphQLError && thrown instanceof GraphQLError && isOpen(thrown, place.path)) {
    const message = withoutValues(production ? withoutSuggestion(error.message) : error.message);
    return { message, ...place, extensions: openExtensions(error, presenter) };
  }
  const extensions = faultExtensions(thrown, presenter);
  const { code, station } = extensions;
  log.error({ requestId, code, station, field: fieldOf(error), error: describeError(thrown) }, 'request failed');
  return { message: thrown instanceof Fault ? thrown.message : faults.INTERNAL.en, ...place, extensions };
};

/** The same for all errors of a result. */
export const presentErrors = (errors: readonly GraphQLError[], presenter: Presenter): readonly PresentedError[] =>
  errors.flatMap(separate).map((error) => presentError(error, presenter));
