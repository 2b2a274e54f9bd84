/** When two signed heads of one chain cannot both be true. Pure. */
import type { AuditHead } from '#schema/audit.ts';

/**
 * Instances of a station whose clocks differ a little may say two heads in the wrong order; what was said this much later and is
 * shorter was cut off.
 */
const toleranceMs = 60_000;

/** A chain only grows: under one place there is one hash, and a later head is not a shorter one. */
export function contradict(one: AuditHead, other: AuditHead): boolean {
  if (one.origin !== other.origin) return false;
  if (one.seq === other.seq) return one.hash !== other.hash;
  const [shorter, longer] = one.seq < other.seq ? [one, other] : [other, one];
  return Date.parse(shorter.at) - Date.parse(longer.at) > toleranceMs;
}
