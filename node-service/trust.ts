/** Who may come in at a station and what they may ask: its doors and its table of disclosure put together. */
import type { Pool } from 'pg';

import type { Member } from '#schema/directory.ts';
import { stationDisclosure } from '#schema/disclosure.ts';
import { exchangeHeaders } from '#schema/exchange.ts';
import { createAuthority } from '#server/graphql/authority.ts';
import type { Authority, AuthorityOptions } from '#server/graphql/authority.ts';
import { readBearer } from '#server/doors/bearer.ts';
import { readClients } from '#server/doors/clients.ts';
import type { Door } from '#server/http/door.ts';
import { createPeopleDoor } from '#server/doors/people-door.ts';
import type { Route } from '#server/http/routes.ts';
import { createSystemDoor, isSystemToken } from '#server/doors/system-door.ts';
import { createSystemTokens } from '#server/doors/system-tokens.ts';
import { createTokenEndpoint } from '#server/doors/token-endpoint.ts';

import { createPostgresAssertions } from './adapters/postgres-assertions.ts';
import type { NodeConfig } from './config.ts';
import type { Exchange } from './exchange.ts';

export interface Trust {
  readonly door: Door;
  readonly authority: Authority;
  /** Where the station's own systems sign in. */
  readonly tokenEndpoint: Route;
}

export interface TrustOptions {
  readonly config: NodeConfig;
  readonly station: Pick<Member, 'code' | 'kind'>;
  readonly pool: Pool;
  readonly exchange: Pick<Exchange, 'door'>;
  readonly onDenied: NonNullable<AuthorityOptions['onDenied']>;
}

export function createTrust({ config, station, pool, exchange, onDenied }: TrustOptions): Trust {
  const { code, kind } = station;
  const tokens = createSystemTokens(code, config.LOOKOUT_SIGNING_KEY);
  const people = createPeopleDoor({ member: code, settings: config });
  const systems = createSystemDoor(code, tokens);
  const clients = readClients(config.LOOKOUT_CLIENTS);
  return {
    door: {
      async admit(knock) {
        if (exchangeHeaders.forward in knock.headers) return exchange.door.admit(knock);
        return (isSystemToken(readBearer(knock.headers), code) ? systems : people).admit(knock);
      },
    },
    authority: createAuthority({ table: stationDisclosure, kind, onDenied }),
    tokenEndpoint: createTokenEndpoint({ station: code, clients, tokens, isFirst: createPostgresAssertions(pool) }),
  };
}
