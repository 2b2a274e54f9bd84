/**
 * Introspection in production: `__schema` is an error, and `__type` knows no type. The latter is an answer and not an
 * error because the audits of GraphQL over HTTP ask every server for a type by name and want an answer.
 */
import { GraphQLError, Kind, visit } from 'graphql';
import type { ASTVisitor, DocumentNode, ValidationContext } from 'graphql';

/** A validation rule: no introspection of the whole schema. */
export const noSchemaIntrospection = (context: ValidationContext): ASTVisitor => ({
  Field(node) {
    if (node.name.value !== '__schema') return;
    context.reportError(new GraphQLError('Introspection is off on this server.', { nodes: node }));
  },
});

/** The same document, asking for a type that cannot exist wherever it asked for a type by name. */
export const hideTypes = (document: DocumentNode): DocumentNode =>
  visit(document, {
    Field: (node) =>
      node.name.value === '__type'
        ? {
            ...node,
            arguments: node.arguments?.map((argument) => ({ ...argument, value: { kind: Kind.STRING, value: '' } })),
          }
        : undefined,
  });
