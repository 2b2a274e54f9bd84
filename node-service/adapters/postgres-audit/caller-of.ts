/** A caller as an entry has it: who, for what; what else they may do is not the record's. */
import type { AuditPayload } from '#schema/audit.ts';
import type { Caller } from '#schema/caller.ts';

type CallerOfEntry = Extract<AuditPayload, { kind: 'CHANGED' }>['caller'];

export function callerOf({ from, member, role, subject, purpose, case: number }: Caller): CallerOfEntry {
  return { from, member, role, subject, purpose, case: number };
}
