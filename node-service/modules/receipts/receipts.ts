/** Receipts of what this station answered, signed when somebody wants one. The entry they name is durable by then. */
import type { AuditReference } from '#schema/audit.ts';
import type { Decision } from '#schema/decision.ts';
import type { Member } from '#schema/directory.ts';
import type { DonorToken } from '#schema/ids.ts';
import type { ReceiptClaims } from '#schema/receipt.ts';

import { claimsOfDecision, claimsOfPermit } from '../../domain/receipt.ts';
import type { GivenPermit } from '../../domain/receipt.ts';
import type { ClockPort, SignerPort } from '../../ports.ts';

interface Dependencies {
  readonly station: Pick<Member, 'code'>;
  readonly clock: ClockPort;
  readonly signer: SignerPort;
}

/** Each answers a compact JWT, signed with the station's newest key. */
export interface Receipts {
  ofDecision(decision: Decision, donor: DonorToken, entry: AuditReference): Promise<string>;
  ofPermit(permit: GivenPermit, donor: DonorToken, entry: AuditReference): Promise<string>;
}

export function createReceipts({ station, clock, signer }: Dependencies): Receipts {
  const given = (donor: DonorToken, entry: AuditReference) => ({
    station: station.code,
    at: clock.now(),
    donor,
    entry,
  });
  const sign = (claims: ReceiptClaims): Promise<string> => signer.sign('receipt', JSON.stringify(claims));
  return {
    ofDecision: (decision, donor, entry) => sign(claimsOfDecision(decision, given(donor, entry))),
    ofPermit: (permit, donor, entry) => sign(claimsOfPermit(permit, given(donor, entry))),
  };
}
