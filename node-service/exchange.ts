/** A station's part in the exchange, put together: what it asks of the other members, and the door at which they ask it. */
import type { Pool } from 'pg';
import type { Logger } from 'pino';

import type { Member } from '#schema/directory.ts';
import type { Door } from '#server/http/door.ts';
import { createExchangeVerifier } from '#server/keys/exchange-jwt.ts';
import { createMemberSigner, createMemberVerifier } from '#server/keys/member-keys.ts';

import { createExchangeDoor } from './adapters/exchange-door.ts';
import { createGatewayExchange } from './adapters/gateway-exchange.ts';
import { forgetExpired } from './adapters/postgres-seen.ts';
import type { AuditPort } from './audit-port.ts';
import type { NodeConfig } from './config.ts';
import type { DirectoryPort, ExchangePort } from './ports.ts';
import { createLoop } from './replication/loop.ts';

export interface Exchange extends ExchangePort {
  readonly door: Door;
  start(): void;
  stop(): Promise<void>;
}

interface Options {
  readonly config: NodeConfig;
  readonly station: Pick<Member, 'code'>;
  readonly directory: DirectoryPort;
  readonly audit: AuditPort;
  readonly pool: Pool;
  readonly log: Logger;
}

/** A name is forgotten within so much of its end. */
const sweepMs = 60_000;

export function createExchange({ config, station, directory, audit, pool, log }: Options): Exchange {
  const signer = createMemberSigner(config.LOOKOUT_SIGNING_KEY);
  const verifier = createExchangeVerifier({
    directory,
    verifier: createMemberVerifier({ directory }),
    now: () => Date.now(),
  });
  const asking = createGatewayExchange({
    gatewayUrl: config.LOOKOUT_GATEWAY_URL,
    gateway: config.LOOKOUT_GATEWAY_CODE,
    station: station.code,
    deadlineMs: config.LOOKOUT_GATEWAY_DEADLINE_MS,
    ...{ directory, signer, verifier, audit },
  });
  const sweep = async (): Promise<boolean> => {
    await forgetExpired(pool);
    return false;
  };
  const loop = createLoop({ name: 'exchange', step: sweep, intervalMs: sweepMs, log });
  return {
    ask: (question) => asking.ask(question),
    door: createExchangeDoor({ station, verifier, signer, audit }),
    start: () => {
      loop.start();
    },
    stop: async () => {
      await loop.stop();
      await asking.stop();
    },
  };
}
