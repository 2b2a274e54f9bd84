/** A directory with everything that was not said left as it usually is. */
import { Policy } from '#schema/directory.ts';
import type { Directory } from '#schema/directory.ts';
import { ruleSets } from '#schema/rule-sets.ts';

const dayMs = 86_400_000;
/** A month until the soft expiry, two until the hard one. */
export const usualTerms = { softDays: 30, hardDays: 60 } as const;

/** How long a directory is good that is issued now. */
export function termsFrom(
  now: number,
  softDays: number = usualTerms.softDays,
  hardDays: number = usualTerms.hardDays,
): Pick<Directory, 'issuedAt' | 'softUntil' | 'hardUntil'> {
  const after = (days: number): string => new Date(now + days * dayMs).toISOString();
  return { issuedAt: after(0), softUntil: after(softDays), hardUntil: after(hardDays) };
}

/** The rule sets of this version that are in force. */
const inForce = (): Directory['ruleSets'] =>
  [...ruleSets.values()].flatMap(({ file, hash }) => (file.status === 'IN_FORCE' ? [{ id: file.id, hash }] : []));

/** A first version. @param said at least who signs it. */
export function newDirectory(
  said: Pick<Directory, 'authorities'> & Partial<Directory>,
  now: number = Date.now(),
): Directory {
  return {
    version: 1,
    ...termsFrom(now),
    policy: Policy.parse({}),
    ruleSets: inForce(),
    gateways: [],
    regulators: [],
    members: [],
    ...said,
  };
}
