/**
 * Which process a number meant. A process number alone is not enough: after a crash or a restart of the machine it may
 * belong to somebody else. Where the system tells when a process was born, that is compared too.
 */
import { readFileSync } from 'node:fs';

import { z } from 'zod';

export const ProcessIdentity = z.object({ pid: z.int().min(1), born: z.string().nullable() });
export type ProcessIdentity = z.infer<typeof ProcessIdentity>;

/** When a process was born, in the system's own counting; null where that cannot be known. */
function birthOf(pid: number): string | null {
  try {
    // The second field is the program's name in brackets and may hold anything; birth is the 22nd field.
    const text = readFileSync(`/proc/${pid}/stat`, 'utf8');
    return text.slice(text.lastIndexOf(')') + 2).split(' ')[19] ?? null;
  } catch {
    return null;
  }
}

export function identityOf(pid: number): ProcessIdentity {
  return { pid, born: birthOf(pid) };
}

/** Whether that very process still runs. */
export function isRunning({ pid, born }: ProcessIdentity): boolean {
  try {
    process.kill(pid, 0);
  } catch (error) {
    if (!(error instanceof Error && 'code' in error && error.code === 'EPERM')) return false;
  }
  return born === null || birthOf(pid) === born;
}
