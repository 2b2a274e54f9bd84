/**
 * The receipt of a decision or a permit: a JWT (EdDSA, `typ` below) by the station that gave it, which any member can verify
 * later with the directory alone. It names the donor by a hash only, the rules, what the answer rested on, and its entry in
 * the station's record.
 */
import { z } from 'zod';

import { AuditReference } from './audit.ts';
import { CivilDate } from './calendar.ts';
import { GroundCode, Verdict } from './decision.ts';
import { Digest, EventId, StationCode } from './ids.ts';
import { Procedure } from './procedures.ts';

export const receiptType = 'lookout-receipt+jwt';

const shared = {
  iss: StationCode,
  iat: z.int().min(0),
  /** SHA-256 of the donor token. */
  donor: Digest,
  procedure: Procedure,
  ruleSet: z.object({ id: z.string(), hash: z.string() }),
  entry: AuditReference,
};

/** What an answer rested on: how many stations, which were missing, how old the oldest part was, and the hash of the whole as canonical JSON. */
export const CoverageSummary = z.object({
  complete: z.boolean(),
  stations: z.int().min(1),
  missing: z.array(StationCode),
  oldest: z.iso.datetime().nullable(),
  digest: Digest,
});
export type CoverageSummary = z.infer<typeof CoverageSummary>;

const DecisionReceipt = z.object({
  kind: z.literal('DECISION'),
  ...shared,
  verdict: Verdict,
  on: CivilDate,
  eligibleFrom: CivilDate.nullable(),
  grounds: z.array(z.object({ code: GroundCode, rule: z.string().nullable(), until: CivilDate.nullable() })),
  coverage: CoverageSummary,
});

const PermitReceipt = z.object({
  kind: z.literal('PERMIT'),
  ...shared,
  permit: EventId,
  grantedAt: z.iso.datetime(),
  until: z.iso.datetime(),
  /** Of the check before it; null when the receipt was asked for later, as from the list of permits. */
  coverage: CoverageSummary.nullable(),
});

/** The claims of a receipt. */
export const ReceiptClaims = z.discriminatedUnion('kind', [DecisionReceipt, PermitReceipt]);
export type ReceiptClaims = z.infer<typeof ReceiptClaims>;
