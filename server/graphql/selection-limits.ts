/**
 * What graphql-armor does not count. A field named again and again in one selection is merged into one answer, but not
 * for free; and inline fragments within each other add no depth to the answer, but do to the document.
 */
import { Kind } from 'graphql';
import type { ASTVisitor } from 'graphql';
import { tooComplex } from './too-complex.ts';

/** A validation rule: in a whole document, no more than `limit` selections may repeat one beside them. */
export const repetitionLimit = (limit: number) => (): ASTVisitor => {
  let repetitions = 0;
  return {
    SelectionSet({ selections }) {
      const seen = new Set<string>();
      for (const selection of selections) {
        if (selection.kind === Kind.INLINE_FRAGMENT) continue;
        const key =
          selection.kind === Kind.FIELD ? (selection.alias ?? selection.name).value : `...${selection.name.value}`;
        if (seen.has(key) && (repetitions += 1) > limit)
          throw tooComplex(`The document repeats more than ${limit} fields.`);
        seen.add(key);
      }
    },
  };
};

/** A validation rule: no more than `limit` pairs of braces within each other. */
export const nestingLimit = (limit: number) => (): ASTVisitor => {
  let nesting = 0;
  return {
    SelectionSet: {
      enter() {
        if ((nesting += 1) > limit) throw tooComplex(`The document nests more than ${limit} selections.`);
      },
      leave() {
        nesting -= 1;
      },
    },
  };
};
