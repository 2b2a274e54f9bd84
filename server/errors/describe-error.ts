/**
 * What of an error may be written to the log. Drivers put rows, arguments and keys into messages and properties
 * (`Key (token)=(...) already exists`), so only name, code, stack and a scrubbed message are taken, never the rest.
 */

/** Six digits in a row may be part of a document number, 24 characters of base64url part of a token. */
const PERSONAL = /[A-Za-z]{0,2}\d{6,}[\dXx]?|[\w-]{24,}/g;
const LONGEST_MESSAGE = 500;
const DEEPEST_CAUSE = 5;

export interface DescribedError {
  readonly name: string;
  readonly message: string;
  readonly code?: string;
  readonly stack?: string;
  readonly cause?: DescribedError;
}

/** Blots out whatever could be a document number or a donor token. */
export const scrub = (text: string): string => text.replace(PERSONAL, '[…]');

const framesOf = (stack: string | undefined) =>
  stack
    ?.split('\n')
    .filter((line) => /^\s+at /.test(line))
    .join('\n');

/** An error as the log shows it. */
export const describeError = (error: unknown, depth = 0): DescribedError => {
  if (!(error instanceof Error)) return { name: typeof error, message: 'Thrown, but not an Error.' };
  const code = 'code' in error && typeof error.code === 'string' ? error.code : undefined;
  const stack = framesOf(error.stack);
  return {
    name: error.name,
    message: scrub(error.message.slice(0, LONGEST_MESSAGE)),
    ...(code !== undefined && { code: scrub(code) }),
    ...(stack !== undefined && { stack }),
    ...(error.cause !== undefined && depth < DEEPEST_CAUSE && { cause: describeError(error.cause, depth + 1) }),
  };
};
