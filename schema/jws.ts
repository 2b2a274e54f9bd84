/** The kinds of JWS a member signs, each with a `typ` of its own (RFC 7515 section 4.1.9), so that one never passes for another. */
import { exchangeTypes } from './exchange.ts';
import { receiptType } from './receipt.ts';

export const jwsTypes = {
  event: 'lookout-event+jws',
  heartbeat: 'lookout-heartbeat+jws',
  auditHead: 'lookout-audit-head+jws',
  receipt: receiptType,
  ...exchangeTypes,
} as const;
export type JwsKind = keyof typeof jwsTypes;
