/** What both engines of the donor log ask of an append before anything is sent. */
import { Fault } from '#schema/errors.ts';

import type { LogEntry } from '../ports.ts';

/** Kafka's own limit for a record, less what it adds: 1 MiB is the brokers' default. */
export const maxEntryBytes = 1_000_000;

/** The bytes of an entry. */
export const bytesOf = ({ key, value }: LogEntry): number => Buffer.byteLength(key) + Buffer.byteLength(value);

/** Throws the fault `INTERNAL` for an entry that no engine could ever take: it must not hold up those it travels with. */
export function requirePossible(entries: readonly LogEntry[]): void {
  const tooBig = entries.find((entry) => bytesOf(entry) > maxEntryBytes);
  if (tooBig !== undefined) throw new Fault('INTERNAL', { cause: `a log entry of ${bytesOf(tooBig)} bytes` });
}
