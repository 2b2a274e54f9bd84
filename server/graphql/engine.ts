/**
 * GraphQL itself: Yoga's pipeline and plugins without Yoga's HTTP. A request costs the pipeline's context and execution;
 * parsing and validation are done once a document (see `documents.ts`).
 */
import type { IncomingMessage, ServerResponse } from 'node:http';
import { execute, getOperationAST, GraphQLError, OperationTypeNode } from 'graphql';
import type { DocumentNode, ExecutionArgs, ExecutionResult, GraphQLSchema, OperationDefinitionNode } from 'graphql';
import { createYoga } from 'graphql-yoga';
import type { Plugin } from 'graphql-yoga';
import type { RequestErrorCode } from '#schema/codes.ts';
import type { ChargeTable } from '#schema/rate-limits.ts';
import { armorPlugins } from './armor.ts';
import type { Authority } from './authority.ts';
import { createCharges } from './charges.ts';
import { createCoordinates } from './coordinates.ts';
import { createDocuments } from './documents.ts';
import type { DocumentPipeline } from './documents.ts';
import type { Incoming } from '../http/incoming.ts';
import type { Limits } from '../http/limits.ts';
import type { Parameters } from '../http/parameters.ts';
import type { RateLimits } from './rate-limits.ts';
import { RequestError } from '../errors/request-error.ts';

export interface EngineOptions<Context extends object> {
  readonly schema: GraphQLSchema | (() => GraphQLSchema);
  readonly context: (incoming: Incoming) => Context | Promise<Context>;
  readonly production: boolean;
  readonly authority: Authority;
  readonly charges: ChargeTable;
  readonly rateLimits: RateLimits;
  readonly limits: Limits;
}

/** The result, and the code of those of its errors that have none. */
export interface Outcome {
  readonly result: ExecutionResult;
  readonly code: RequestErrorCode;
}

export interface Question {
  /** The text of the document. */
  readonly document: string;
  readonly parameters: Omit<Parameters, 'document'>;
  /** A GET, or a question of another member: neither may change anything. */
  readonly readOnly: boolean;
  readonly incoming: Incoming;
}

interface Pipeline extends DocumentPipeline {
  contextFactory(): unknown;
  execute(args: ExecutionArgs): ExecutionResult | Promise<ExecutionResult>;
}

/** A schema that may be another one at the next request. */
const useSchemaOf = (schema: GraphQLSchema | (() => GraphQLSchema)): Plugin => ({
  onEnveloped({ setSchema }) {
    setSchema(typeof schema === 'function' ? schema() : schema);
  },
});

/** graphql-js executes a fifth faster than Yoga's own executor, whose streams and signals nothing here uses. */
const useGraphqlJs: Plugin = {
  onExecute({ setExecuteFn }) {
    setExecuteFn(execute);
  },
};

const createPipeline = <Context extends object>(options: EngineOptions<Context>) => {
  const { schema, context, production, limits } = options;
  return createYoga<{ incoming: Incoming }, Context>({
    context: ({ incoming }) => context(incoming),
    plugins: [useSchemaOf(schema), useGraphqlJs, ...armorPlugins(limits)],
    graphiql: !production && { title: 'Donor Lookout' },
    // Errors are masked where answers are written, since only there the request is known that the log must name.
    maskedErrors: false,
    parserAndValidationCache: false,
    landingPage: false,
    cors: false,
    multipart: false,
    maxRequestBodySize: false,
    logging: false,
  });
};

const failed = (code: RequestErrorCode, message: string): Outcome => ({
  result: { errors: [new GraphQLError(message)] },
  code,
});

const operationOf = (
  document: DocumentNode,
  { parameters, readOnly }: Question,
): OperationDefinitionNode | undefined => {
  const operation = getOperationAST(document, parameters.operationName) ?? undefined;
  if (readOnly && operation !== undefined && operation.operation !== OperationTypeNode.QUERY) {
    throw new RequestError('METHOD_NOT_ALLOWED', { detail: 'Only queries are answered by GET.', allow: 'POST' });
  }
  return operation;
};

export const createEngine = <Context extends object>(options: EngineOptions<Context>) => {
  const yoga = createPipeline(options);
  // Read once: `yoga` is a proxy, and looks each property up in two places.
  const { getEnveloped } = yoga;
  const documents = createDocuments(options.limits, options.production);
  const coordinatesOf = createCoordinates();
  const chargesOf = createCharges(options.charges);

  return {
    /**
     * Answers a question. Errors of the request and of resolvers are in the outcome; what is thrown is a `RequestError`, such as
     * `FORBIDDEN` and `TOO_MANY_REQUESTS`, or unexpected.
     */
    async answer(question: Question): Promise<Outcome> {
      const { parameters, incoming } = question;
      const pipeline: Pipeline = getEnveloped({ incoming });
      const document = documents.find(pipeline, question.document);
      if ('errors' in document) return { result: { errors: document.errors }, code: document.code };
      const operation = operationOf(document, question);
      if (operation === undefined) return failed('OPERATION_UNKNOWN', 'The document has no such operation.');
      if (operation.operation === OperationTypeNode.SUBSCRIPTION || !pipeline.schema.getRootType(operation.operation)) {
        return failed('GRAPHQL_VALIDATION_FAILED', `There is no ${operation.operation} on this server.`);
      }
      const { schema } = pipeline;
      const asked = { schema, document, operation };
      const asking = options.authority.assertMayAsk(incoming, coordinatesOf(asked));
      if (asking !== undefined) await asking;
      const charged = chargesOf(asked, parameters.variables);
      if (charged.length > 0) await options.rateLimits.spend(incoming, charged);
      const result = await pipeline.execute({
        schema,
        document,
        contextValue: await pipeline.contextFactory(),
        variableValues: parameters.variables,
        operationName: parameters.operationName,
        hideSuggestions: options.production,
      });
      return { result, code: 'BAD_VARIABLES' };
    },

    /** Yoga's own page for development. */
    async graphiql(request: IncomingMessage, response: ServerResponse): Promise<void> {
      await yoga(request, response);
    },
  };
};

export type Engine = ReturnType<typeof createEngine>;
