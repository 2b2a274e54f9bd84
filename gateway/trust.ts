/** Who may come in at the gateway and what they may ask: its doors and its table of disclosure put together. */
import type { Directory } from '#schema/directory.ts';
import { gatewayDisclosure } from '#schema/disclosure.ts';
import { exchangeHeaders } from '#schema/exchange.ts';
import { createAuthority } from '#server/graphql/authority.ts';
import type { Authority } from '#server/graphql/authority.ts';
import type { Door } from '#server/http/door.ts';
import type { ExchangeVerifier } from '#server/keys/exchange-jwt.ts';
import { createPeopleDoor } from '#server/doors/people-door.ts';

import type { GatewayConfig } from './config.ts';
import { createMemberDoor } from './member-door.ts';

export interface Trust {
  readonly door: Door;
  readonly authority: Authority;
}

export interface TrustOptions {
  readonly config: GatewayConfig;
  readonly directory: { current(): Directory };
  readonly verifier: ExchangeVerifier;
}

export function createTrust({ config, directory, verifier }: TrustOptions): Trust {
  const people = createPeopleDoor({
    member: config.LOOKOUT_GATEWAY_CODE,
    settings: config,
    findRegulator: (names) =>
      directory.current().regulators.find(({ code, status }) => status === 'ACTIVE' && names.includes(code))?.code,
  });
  const members = createMemberDoor({ gateway: config.LOOKOUT_GATEWAY_CODE, verifier });
  return {
    door: {
      admit: (knock) => (exchangeHeaders.request in knock.headers ? members : people).admit(knock),
    },
    authority: createAuthority({ table: gatewayDisclosure, kind: null }),
  };
}
