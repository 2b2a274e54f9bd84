/** Values of the shared language as column values of Prisma, and back. */
import type { CivilDate } from '#schema/calendar.ts';
import type { DonorToken } from '#schema/ids.ts';

/** A civil day as Prisma wants a date column: midnight UTC. */
export function dateColumn(day: CivilDate): Date {
  return new Date(`${day}T00:00:00Z`);
}

/** The civil day of a date column. */
export function civilDateOfColumn(date: Date): CivilDate {
  return date.toISOString().slice(0, 10) as CivilDate;
}

/** A token as the 32 bytes of a column. */
export function bytesOf(token: DonorToken): Uint8Array<ArrayBuffer> {
  return Uint8Array.from(Buffer.from(token, 'base64url'));
}

/** The token of 32 bytes of a column. */
export function tokenOf(bytes: Uint8Array): DonorToken {
  return Buffer.from(bytes).toString('base64url') as DonorToken;
}
