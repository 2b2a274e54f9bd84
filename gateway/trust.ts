/** Who may come in at the gateway and what they may ask: its doors and its table of disclosure put together. */
import { gatewayDisclosure } from '#schema/disclosure.ts';
import { createAuthority } from '#server/authority.ts';
import type { Authority } from '#server/authority.ts';
import type { Door } from '#server/door.ts';
import { openDoor, openTo } from '#server/open-door.ts';
import { createPeopleDoor } from '#server/people-door.ts';

import type { GatewayConfig } from './config.ts';

export interface Trust {
  readonly door: Door;
  readonly authority: Authority;
}

export function createTrust(config: GatewayConfig): Trust {
  const people = createPeopleDoor({ member: config.LOOKOUT_GATEWAY_CODE, settings: config });
  return {
    door: {
      admit: (knock) => (knock.headers.authorization === undefined ? openDoor : people).admit(knock),
    },
    authority: openTo(createAuthority({ table: gatewayDisclosure, kind: null })),
  };
}
