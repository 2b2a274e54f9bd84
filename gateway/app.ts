/** The gateway put together: the one place where its parts meet. */
import type { Logger } from 'pino';

import { gatewayDocuments } from '#schema/operations.ts';
import { gatewayCharges } from '#schema/rate-limits.ts';
import { readAuthorities } from '#server/directory/authorities.ts';
import { openLiveDirectory } from '#server/directory/live-directory.ts';
import { takenInFile } from '#server/directory/taken.ts';
import { createExchangeVerifier } from '#server/keys/exchange-jwt.ts';
import { createMemberSigner, createMemberVerifier } from '#server/keys/member-keys.ts';
import { createGraphqlServer } from '#server/server.ts';

import { createAggregates } from './aggregates/aggregates.ts';
import { createBooksStore } from './aggregates/books-store.ts';
import { createEditions } from './aggregates/editions.ts';
import { createGather } from './aggregates/gather.ts';
import { createQuestionLog } from './aggregates/question-log.ts';
import type { GatewayConfig } from './config.ts';
import type { Context } from './context.ts';
import { createExchange } from './exchange-fields.ts';
import { createForwarding } from './forwarding.ts';
import { createReadiness } from './readiness.ts';
import { createRegulatorPages } from './regulator-pages.ts';
import { createRetries } from './retries.ts';
import { createStationLinks } from './station-links.ts';
import { createStationNotes } from './station-notes.ts';
import { stitch } from './stitch.ts';
import { createTrust } from './trust.ts';

/** A running gateway. */
export interface Gateway {
  /** Listens; answers the base URL. */
  start(): Promise<URL>;
  /** Takes no more requests, lets those in flight end, closes the connections to the stations. */
  stop(): Promise<void>;
}

/** Throws a `Fault` when the directory cannot be read. */
export async function createGateway(config: GatewayConfig, log: Logger): Promise<Gateway> {
  const directory = await openLiveDirectory(config.LOOKOUT_DIRECTORY, {
    authorities: readAuthorities(config.LOOKOUT_AUTHORITIES),
    taken: takenInFile(`${config.LOOKOUT_DIRECTORY}.taken`),
    self: config.LOOKOUT_GATEWAY_CODE,
    log,
  });
  const deadlineMs = config.LOOKOUT_STATION_DEADLINE_MS;
  const links = createStationLinks({ directory, deadlineMs });
  const notes = createStationNotes(log);
  const verifier = createExchangeVerifier({
    directory,
    verifier: createMemberVerifier({ directory }),
    now: () => Date.now(),
  });
  const forwarding = createForwarding({
    gateway: config.LOOKOUT_GATEWAY_CODE,
    signer: createMemberSigner(config.LOOKOUT_SIGNING_KEY),
    retries: createRetries(),
    ...{ verifier, links, deadlineMs },
  });
  const exchange = createExchange({ forwarding, notes });
  const figures = `${config.LOOKOUT_DIRECTORY}.figures`;
  const aggregates = createAggregates({
    gateway: config.LOOKOUT_GATEWAY_CODE,
    editions: createEditions({ store: createBooksStore(figures), gather: createGather({ forwarding, notes }) }),
    questions: createQuestionLog(figures),
  });
  const readiness = createReadiness({ directory, links });
  const server = createGraphqlServer({
    schema: await stitch({ forwarding, notes }),
    context: ({ id: requestId, caller, request }): Context => ({
      ...{ requestId, caller, request, exchange, aggregates },
      directory: directory.current(),
    }),
    ...createTrust({ config, directory, verifier }),
    documents: gatewayDocuments,
    rates: { table: gatewayCharges, budgets: config.LOOKOUT_RATE_LIMITS },
    production: config.NODE_ENV === 'production',
    readiness: () => [directory.check(), ...readiness.checks()],
    routes: [...directory.routes, ...(await createRegulatorPages(config, log))],
    log,
  });
  return {
    start: async () => {
      const url = await server.start({ host: config.LOOKOUT_HOST, port: config.LOOKOUT_PORT });
      readiness.start();
      directory.start();
      return url;
    },
    stop: async () => {
      readiness.stop();
      await server.stop();
      await links.stop();
      await aggregates.close();
      await directory.stop();
    },
  };
}
