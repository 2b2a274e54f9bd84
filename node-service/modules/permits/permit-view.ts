/** A station's own permits as it shows them. */
import type { Coverage } from '#schema/coverage.ts';
import type { RuleSetReference } from '#schema/decision.ts';
import type { DonorToken, StationCode } from '#schema/ids.ts';

import type { History } from '../../domain/history.ts';
import { permitsAt } from '../../domain/permit.ts';
import type { PermitState } from '../../domain/permit.ts';

/** A permit of this station. Times are in milliseconds since 1970, by the log's clock. */
export interface Permit extends Pick<PermitState, 'id' | 'procedure' | 'grantedAt' | 'until' | 'state'> {
  readonly token: DonorToken;
  /** The rules it was granted by. */
  readonly ruleSet: RuleSetReference;
  /** What the check before it rested on; null when it was looked up later. */
  readonly coverage: Coverage | null;
}

/** The permits of a station that a donor's history tells of, as of a moment of the log's time. */
export function permitsOf(token: DonorToken, history: History, station: StationCode, logTime: number): Permit[] {
  const rules = new Map(
    history.flatMap(({ id, origin, body }) =>
      body.type === 'permit.claimed' && origin === station ? [[id, body.ruleSet] as const] : [],
    ),
  );
  return permitsAt(history, logTime).flatMap((permit) => {
    const ruleSet = rules.get(permit.id);
    if (permit.station !== station || ruleSet === undefined) return [];
    const { id, procedure, grantedAt, until, state } = permit;
    return { id, token, procedure, grantedAt, until, state, ruleSet, coverage: null };
  });
}
