/** The list of a station's permits, page by page, the newest first. */
import type { Member } from '#schema/directory.ts';
import type { EventId } from '#schema/ids.ts';

import type { Database } from '../../db/client.ts';
import { tokenOf } from '../../db/columns.ts';
import type { ClockPort, KnowledgePort, LogTimePort } from '../../ports.ts';
import { permitsOf } from './permit-view.ts';
import type { Permit } from './permit-view.ts';

interface Dependencies {
  readonly station: Pick<Member, 'code'>;
  readonly prisma: Database['prisma'];
  readonly knowledge: KnowledgePort;
  readonly logTime: Pick<LogTimePort, 'latest'>;
  readonly clock: ClockPort;
}

/** A page as the Relay plugin asks for it. */
export interface PageAsked {
  readonly before?: string | undefined;
  readonly after?: string | undefined;
  readonly limit: number;
  readonly inverted: boolean;
}

/** The place of a permit in the list. */
export function cursorOf({ grantedAt, id }: Permit): string {
  return `${grantedAt} ${id}`;
}

function placeOf(cursor: string): { appendedAt: Date; id: string } {
  const [time = '', id = ''] = cursor.split(' ');
  return { appendedAt: new Date(Number(time)), id };
}

function beyond(cursor: string | undefined, side: 'lt' | 'gt'): object {
  if (cursor === undefined) return {};
  const { appendedAt, id } = placeOf(cursor);
  return { OR: [{ appendedAt: { [side]: appendedAt } }, { appendedAt, id: { [side]: id } }] };
}

/** At most `limit` permits between two places, oldest first when `inverted`. One question for the list, one for the donors. */
export async function permitPage(dependencies: Dependencies, asked: PageAsked): Promise<Permit[]> {
  const { station, prisma, knowledge, logTime, clock } = dependencies;
  const order = asked.inverted ? 'asc' : 'desc';
  const claims = await prisma.event.findMany({
    where: {
      origin: station.code,
      claim: 'GRANTED',
      AND: [beyond(asked.after, 'lt'), beyond(asked.before, 'gt')],
    },
    orderBy: [{ appendedAt: order }, { id: order }],
    take: asked.limit,
    select: { id: true, token: true },
  });
  const donors = [...new Set(claims.map(({ token }) => tokenOf(token)))];
  const latest = logTime.latest() ?? clock.now().getTime();
  const known = await knowledge.knowledgeOfMany(donors);
  const permits = new Map<EventId | string, Permit>(
    donors
      .flatMap((token, place) => permitsOf(token, known[place]?.history ?? [], station.code, latest))
      .map((permit) => [permit.id, permit]),
  );
  return claims.flatMap(({ id }) => permits.get(id) ?? []);
}
