/**
 * Documents ready to run. A document goes through the pipeline's parsing and validation, all plugins and limits included,
 * once; what passes is kept, up to a number of documents and of characters, so that callers who never send the same
 * document twice cannot fill the memory. What fails is not kept: it costs its sender as much as it costs us.
 */
import { GraphQLError } from 'graphql';
import type { DocumentNode, GraphQLSchema, ParseOptions, ValidationRule } from 'graphql';
import { LRUCache } from 'lru-cache';
import type { RequestErrorCode } from '#schema/codes.ts';
import { costLimit } from './document-cost.ts';
import { hideTypes, noSchemaIntrospection } from './introspection.ts';
import type { Limits } from '../http/limits.ts';
import { nestingLimit, repetitionLimit } from './selection-limits.ts';
import { tooComplex } from './too-complex.ts';

/** The part of the pipeline that looks at documents. */
export interface DocumentPipeline {
  readonly schema: GraphQLSchema;
  parse(source: string, options: ParseOptions): DocumentNode;
  validate(
    schema: GraphQLSchema,
    document: DocumentNode,
    rules: ValidationRule[],
    options: { maxErrors: number; hideSuggestions: boolean },
  ): readonly GraphQLError[];
}

/** Errors of a request that was not executed, and the code of those that have none. */
export interface Rejected {
  readonly errors: readonly GraphQLError[];
  readonly code: RequestErrorCode;
}

const rejected = (error: unknown, code: RequestErrorCode): Rejected => {
  if (error instanceof GraphQLError) return { errors: [error], code };
  // The parser calls itself for a list in a list, and so many fit into the tokens that the stack does not.
  if (error instanceof RangeError) return { errors: [tooComplex('The document is nested too deeply.')], code };
  throw error;
};

/** Prepares documents, and remembers those that passed for as long as the schema stays the same. */
export const createDocuments = (limits: Limits, production: boolean) => {
  const known = new LRUCache<string, DocumentNode>({
    max: limits.documents,
    maxSize: limits.documentCharacters,
    sizeCalculation: (_document, source) => source.length + 1,
  });
  const rules: ValidationRule[] = [
    repetitionLimit(limits.repetitions),
    nestingLimit(limits.nesting),
    costLimit(limits.cost),
    ...(production ? [noSchemaIntrospection] : []),
  ];
  let knownSchema: GraphQLSchema | undefined;

  const prepare = (pipeline: DocumentPipeline, source: string): DocumentNode | Rejected => {
    let document: DocumentNode;
    try {
      document = pipeline.parse(source, { maxLexicalTokens: limits.tokens });
    } catch (error) {
      return rejected(error, 'GRAPHQL_PARSE_FAILED');
    }
    try {
      const options = { maxErrors: 20, hideSuggestions: production };
      const errors = pipeline.validate(pipeline.schema, document, rules, options);
      if (errors.length > 0) return { errors, code: 'GRAPHQL_VALIDATION_FAILED' };
    } catch (error) {
      return rejected(error, 'GRAPHQL_VALIDATION_FAILED');
    }
    return production && /__type\b/.test(source) ? hideTypes(document) : document;
  };

  return {
    find(pipeline: DocumentPipeline, source: string): DocumentNode | Rejected {
      if (knownSchema !== pipeline.schema) {
        known.clear();
        knownSchema = pipeline.schema;
      }
      const found = known.get(source);
      if (found !== undefined) return found;
      const prepared = prepare(pipeline, source);
      if (!('errors' in prepared)) known.set(source, prepared);
      return prepared;
    },
  };
};
