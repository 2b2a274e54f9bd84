/** How the record of a station stands, as `/readyz?verbose` shows it. None of it keeps a station from answering: people look at it. */
import type { Check } from '#server/http/health.ts';

import type { RecordStanding } from './replication/heads.ts';

export function checkOfRecord({ lost, isUnwitnessed, contradicting }: RecordStanding): Check {
  const said = [
    ...(lost === null ? [] : [`entry ${lost.seq} is not what was said of it: changed, or an old backup`]),
    ...(isUnwitnessed ? ['unwitnessed: the donor log has not taken its head for minutes'] : []),
    ...contradicting.map((origin) => `${origin} has signed two histories of its record`),
  ];
  return { name: 'record', ok: true, ...(said.length > 0 && { detail: said.join('; ') }) };
}
