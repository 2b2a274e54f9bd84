/** Which errors of the database are outages: nothing happened, and the same works again later. */
import { DatabaseError } from 'pg';
import { z } from 'zod';

import { Fault } from '#schema/errors.ts';

import { Prisma } from './generated/prisma/client.ts';

/** Classes of mistakes of our own: cardinality, data, integrity, syntax (PostgreSQL's documentation, appendix A). */
const ourOwnMistake = /^(?:21|22|23|42)/;

/** Unreachable, timed out, closed, no connection left, transaction over or given up (Prisma's error reference). */
const outages: ReadonlySet<string> = new Set(['P1001', 'P1002', 'P1008', 'P1017', 'P2024', 'P2028', 'P2034', 'P2037']);

/** What Prisma says of an error of the driver. */
const FromDriver = z.object({ driverAdapterError: z.object({ cause: z.object({ originalCode: z.string() }) }) });

/** What pg throws without a code of PostgreSQL: of a connection that broke, or that could not be had. */
const connectionLost =
  /^(?:Connection terminated|Client has encountered a connection error|timeout exceeded when trying to connect)/;
const socketErrors: ReadonlySet<unknown> = new Set(['ECONNREFUSED', 'ECONNRESET', 'EPIPE', 'ETIMEDOUT']);

const isPrismaOutage = ({ code, meta }: Prisma.PrismaClientKnownRequestError): boolean => {
  const said = FromDriver.safeParse(meta).data?.driverAdapterError.cause.originalCode;
  return said === undefined ? outages.has(code) : !ourOwnMistake.test(said);
};

function isOutage(error: Error): boolean {
  if (error instanceof Prisma.PrismaClientKnownRequestError) return isPrismaOutage(error);
  if (error instanceof DatabaseError) return !isOurOwnMistake(error);
  return connectionLost.test(error.message) || ('code' in error && socketErrors.has(error.code));
}

/** Whether a statement that pg was given failed by a mistake of our own. */
export const isOurOwnMistake = (error: unknown): boolean =>
  error instanceof DatabaseError && ourOwnMistake.test(error.code ?? '');

/** The same error, or `DATABASE_UNAVAILABLE` in its place when it tells of an outage. */
export const asDatabaseFault = (error: unknown): unknown =>
  error instanceof Error && isOutage(error) ? new Fault('DATABASE_UNAVAILABLE', { cause: error }) : error;
