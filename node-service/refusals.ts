/** Who is turned away, from the door to the last budget, goes into the record: here it is put together. */
import type { RequestErrorCode } from '#schema/codes.ts';
import type { Denial } from '#server/graphql/authority.ts';

import type { AuditPort } from './audit-port.ts';

export function createRefusals(audit: Pick<AuditPort, 'turnedAway'>) {
  const refused =
    (code: RequestErrorCode) =>
    ({ caller, coordinate }: Denial): void => {
      audit.turnedAway({ caller, field: coordinate, code });
    };
  return {
    onTurnedAway: () => {
      audit.turnedAway({ caller: null, field: null, code: 'UNAUTHENTICATED' satisfies RequestErrorCode });
    },
    onDenied: refused('FORBIDDEN'),
    onExhausted: refused('TOO_MANY_REQUESTS'),
  };
}
