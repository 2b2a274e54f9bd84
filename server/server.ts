/**
 * The one GraphQL-over-HTTP server of the project: a station and the gateway differ in schema, context, checks and routes,
 * and in nothing that faces the network.
 */
import { createServer } from 'node:http';
import type { IncomingMessage, RequestListener, ServerResponse } from 'node:http';
import type { GraphQLSchema } from 'graphql';
import type { Logger } from 'pino';
import type { KnownDocuments } from '#schema/operations.ts';
import { defaultBudgets } from '#schema/rate-limits.ts';
import type { ChargeTable } from '#schema/rate-limits.ts';
import { addressOf } from './http/address.ts';
import { writeFailure } from './http/answer.ts';
import type { Asked } from './http/asked.ts';
import type { Authority } from './graphql/authority.ts';
import { isCrossSite, isNavigation } from './http/cross-site.ts';
import type { Door } from './http/door.ts';
import { createEngine } from './graphql/engine.ts';
import { createEntrance } from './entrance.ts';
import { createGraphqlEndpoint } from './graphql-endpoint.ts';
import { createHealth, isHealthPath } from './http/health.ts';
import type { Check } from './http/health.ts';
import type { Incoming } from './http/incoming.ts';
import { defaultLimits } from './http/limits.ts';
import type { Limits } from './http/limits.ts';
import { drain, listen } from './lifecycle.ts';
import { createRateLimits } from './graphql/rate-limits.ts';
import type { RateLimitsOptions } from './graphql/rate-limits.ts';
import { RequestError } from './errors/request-error.ts';
import { requestIdOf } from './http/request-id.ts';
import { coordinateOf, createRouter } from './http/routes.ts';
import type { Route } from './http/routes.ts';
import { cutIfStalled, guardSockets, inTurn } from './http/sockets.ts';

export interface GraphqlServerOptions<Context extends object> {
  /** The schema, or where to find the one of the moment. */
  readonly schema: GraphQLSchema | (() => GraphQLSchema);
  /** What resolvers get, made anew for each request. */
  readonly context: (incoming: Incoming) => Context | Promise<Context>;
  /** Nothing that helps an attacker: no introspection, no suggestions, no GraphiQL, no causes in errors. */
  readonly production: boolean;
  /** What the service needs to do its work, asked at every `/readyz`. */
  readonly readiness: () => Promise<readonly Check[]> | readonly Check[];
  readonly door: Door;
  /** Holds every question and every route that is not open to the table of disclosure. */
  readonly authority: Authority;
  /** The documents that are answered in production, besides those of callers with the right to write their own. */
  readonly documents?: KnownDocuments;
  /** What is charged for which question, and how much there is; nothing when left out. */
  readonly rates?: Rates;
  /** Called for everybody whom the door does not let in. */
  readonly onTurnedAway?: () => void;
  readonly log: Logger;
  readonly routes?: readonly Route[];
  readonly limits?: Partial<Limits>;
}

export interface Rates extends Omit<RateLimitsOptions, 'log'> {
  readonly table: ChargeTable;
}

export interface GraphqlServer {
  /** Listens, and tells where: port 0 takes any free one. */
  start(address: { host: string; port: number }): Promise<URL>;
  /** Takes no more connections, lets requests in flight end, then closes. */
  stop(): Promise<void>;
}

/** Of a request only what cannot carry a donor: no query string, no document, no variables. */
const logAccess = (log: Logger, { request, response, requestId }: Asked) => {
  const began = performance.now();
  response.once('close', () => {
    const ms = Math.round(performance.now() - began);
    log.debug({ requestId, method: request.method, status: response.statusCode, ms }, 'answered');
  });
};

const nothing = Buffer.alloc(0);

const createHttpServer = (limits: Limits, listener: RequestListener) => {
  const server = createServer(
    {
      maxHeaderSize: limits.headerBytes,
      headersTimeout: limits.headersMs,
      requestTimeout: limits.uploadMs,
      keepAliveTimeout: limits.keepAliveMs,
      connectionsCheckingInterval: Math.min(limits.headersMs, 1_000),
    },
    inTurn(listener, limits),
  );
  server.maxConnections = limits.connections;
  server.maxRequestsPerSocket = limits.requestsPerConnection;
  return server;
};

export const createGraphqlServer = <Context extends object>(options: GraphqlServerOptions<Context>): GraphqlServer => {
  const { production, readiness, door, authority, documents = new Map(), rates, log } = options;
  const limits: Limits = { ...defaultLimits, ...options.limits };
  const budgets = rates?.budgets ?? defaultBudgets;
  const rateLimits = createRateLimits({ ...rates, budgets, log });
  const engine = createEngine({ ...options, limits, rateLimits, charges: rates?.table ?? {} });
  const entrance = createEntrance({ door, budgets, log, onTurnedAway: options.onTurnedAway });
  const graphql = createGraphqlEndpoint({ engine, entrance, documents, production, limits, log });
  const health = createHealth({ readiness, timeLimitMs: limits.readinessMs, log });
  const findRoute = createRouter(options.routes ?? []);

  const answerRoute = async (path: string, { request, response, requestId }: Asked) => {
    try {
      const { method = '', headers } = request;
      const { route, parameters } = findRoute(method, path);
      const isVisit = route.page === true && isNavigation(headers);
      if (!isVisit && isCrossSite(headers)) throw new RequestError('CROSS_SITE_REQUEST');
      const address = addressOf(request.socket);
      entrance.assertNotWaiting(address);
      if (route.givesTokens === true) await entrance.spendToken(address);
      const knock = { requestId, method, path, headers, body: nothing };
      const visit = route.open === true ? null : await entrance.admit(knock, address);
      if (visit !== null) await authority.assertMayAsk({ id: requestId, ...visit }, [coordinateOf(route)]);
      await route.handle({ id: requestId, caller: visit?.caller ?? null, request, response, parameters });
      cutIfStalled(response, limits.stalledMs);
      if (route.givesTokens === true && response.statusCode >= 400) await entrance.turnedAway(address);
    } catch (error) {
      writeFailure({ request, response }, error, { log, production, requestId });
    }
  };

  const listener = (request: IncomingMessage, response: ServerResponse) => {
    sockets.asked(request.socket);
    const requestId = requestIdOf(request.headers['x-request-id']);
    const url = request.url ?? '';
    const queryAt = url.indexOf('?');
    const path = queryAt < 0 ? url : url.slice(0, queryAt);
    const asked = { request, response, requestId, search: queryAt < 0 ? '' : url.slice(queryAt) };
    if (log.isLevelEnabled('debug')) logAccess(log, asked);
    if (path === '/graphql') void graphql(asked);
    else if (isHealthPath(path)) void health(path, asked);
    else void answerRoute(path, asked);
  };

  const server = createHttpServer(limits, listener);
  const sockets = guardSockets(server, limits);
  return {
    start: (address) => listen(server, address),
    stop: () => {
      sockets.endUnused();
      return drain(server, limits.drainMs);
    },
  };
};
