/** The error every limit on documents throws. Thrown rather than reported, it ends the validation at once. */
import { GraphQLError } from 'graphql';
import type { RequestErrorCode } from '#schema/codes.ts';

export const tooComplex = (detail: string): GraphQLError =>
  new GraphQLError(detail, { extensions: { code: 'DOCUMENT_TOO_COMPLEX' satisfies RequestErrorCode } });
