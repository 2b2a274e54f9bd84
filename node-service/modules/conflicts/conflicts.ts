/** The conflicts that concern this station: somebody looks at each and says why it is settled. */
import { Refused } from '#schema/errors.ts';

import type { Entry } from '../../audit-port.ts';
import type { Database } from '../../db/client.ts';
import { tokenOf } from '../../db/columns.ts';
import type { Conflict } from '../../db/generated/prisma/client.ts';
import type { ClockPort } from '../../ports.ts';

interface Dependencies {
  readonly prisma: Database['prisma'];
  readonly clock: ClockPort;
}

/** Who settles a conflict, and why. */
export interface Resolution {
  readonly id: string;
  readonly resolvedBy: string;
  readonly reason: string;
}

export interface Conflicts {
  /** Settles one for good. Refuses `BAD_INPUT`, `NOT_FOUND`, `ALREADY_RESOLVED`. */
  resolve(entry: Entry, resolution: Resolution): Promise<Conflict>;
}

function refuseOutside(name: string, text: string, longest: number): void {
  if (text.trim() === '' || text.length > longest)
    throw new Refused('BAD_INPUT', `${name}: 1 to ${longest} characters`);
}

export function createConflicts({ prisma, clock }: Dependencies): Conflicts {
  return {
    async resolve(entry, { id, resolvedBy, reason }) {
      refuseOutside('resolvedBy', resolvedBy, 100);
      refuseOutside('reason', reason, 500);
      const data = { state: 'RESOLVED', resolvedBy, reason, closedAt: clock.now() } as const;
      return prisma.$transaction(async (transaction) => {
        const { count } = await transaction.conflict.updateMany({ where: { id, state: 'OPEN' }, data });
        const conflict = await transaction.conflict.findUnique({ where: { id } });
        if (conflict === null) throw new Refused('NOT_FOUND');
        entry.about(tokenOf(conflict.token));
        if (count === 0) throw new Refused('ALREADY_RESOLVED');
        await entry.changed(transaction, { record: id, outcome: 'RESOLVED' });
        return conflict;
      });
    },
  };
}
