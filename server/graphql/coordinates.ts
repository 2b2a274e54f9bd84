/**
 * What an operation asks for, as the table of disclosure names it: the coordinates (`Type.field`) it touches on the types that
 * have lines there. Found once for each document that is kept.
 */
import { isAbstractType, separateOperations, TypeInfo, visit, visitWithTypeInfo } from 'graphql';
import type { DocumentNode, GraphQLCompositeType, GraphQLSchema, OperationDefinitionNode } from 'graphql';

/** Types whose every field has a line. Fields of other types are part of what the field above them answers. */
const guarded = new Set(['Query', 'Mutation', 'Station']);

/** The types a selection may be on: of an interface or a union, whatever it may turn out to be. */
const typesOf = (schema: GraphQLSchema, type: GraphQLCompositeType): readonly GraphQLCompositeType[] =>
  isAbstractType(type) ? schema.getPossibleTypes(type) : [type];

/** @param document an operation and the fragments it spreads, nothing else. */
function collect(schema: GraphQLSchema, document: DocumentNode): readonly string[] {
  const found = new Set<string>();
  const types = new TypeInfo(schema);
  const visitor = visitWithTypeInfo(types, {
    Field({ name: { value: field } }) {
      const parent = types.getParentType();
      // `__typename` and introspection say nothing that the schema does not.
      if (!parent || field.startsWith('__')) return;
      for (const { name } of typesOf(schema, parent)) if (guarded.has(name)) found.add(`${name}.${field}`);
    },
  });
  visit(document, visitor);
  return [...found];
}

export interface Operation {
  readonly schema: GraphQLSchema;
  readonly document: DocumentNode;
  readonly operation: OperationDefinitionNode;
}

/** Remembers what it found for as long as the document is remembered. */
export function createCoordinates(): (operation: Operation) => readonly string[] {
  const known = new WeakMap<OperationDefinitionNode, readonly string[]>();
  return ({ schema, document, operation }) => {
    const found = known.get(operation);
    if (found !== undefined) return found;
    const own = separateOperations(document)[operation.name?.value ?? ''] ?? document;
    const coordinates = collect(schema, own);
    known.set(operation, coordinates);
    return coordinates;
  };
}
