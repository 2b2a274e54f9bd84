/** Who may come in at a station and what they may ask: its doors and its table of disclosure put together. */
import type { Member } from '#schema/directory.ts';
import { stationDisclosure } from '#schema/disclosure.ts';
import { createAuthority } from '#server/authority.ts';
import type { Authority } from '#server/authority.ts';
import type { Door } from '#server/door.ts';
import { openDoor, openTo } from '#server/open-door.ts';
import { createPeopleDoor } from '#server/people-door.ts';

import type { NodeConfig } from './config.ts';

export interface Trust {
  readonly door: Door;
  readonly authority: Authority;
}

export interface TrustOptions {
  readonly config: NodeConfig;
  readonly station: Pick<Member, 'code' | 'kind'>;
}

export function createTrust({ config, station }: TrustOptions): Trust {
  const people = createPeopleDoor({ member: station.code, settings: config });
  return {
    door: {
      admit: (knock) => (knock.headers.authorization === undefined ? openDoor : people).admit(knock),
    },
    authority: openTo(createAuthority({ table: stationDisclosure, kind: station.kind })),
  };
}
