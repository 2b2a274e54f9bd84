/**
 * The connections to the stations: one pool a member, opened when the member is first asked, closed after its last
 * request when it leaves the directory or moves. What waits for a station is bounded, so that a dead one costs its own
 * part of an answer and no memory.
 */
import { Pool } from 'undici';

import type { Member } from '#schema/directory.ts';
import { Fault } from '#schema/errors.ts';
import type { StationCode } from '#schema/ids.ts';
import type { DirectoryFile } from '#server/directory-file.ts';

import { createExchange } from './exchange.ts';
import type { Answer, Asked, Exchange } from './exchange.ts';

/** Connections to one station, and how many questions may wait for one of them. */
const CONNECTIONS = 32;
const WAITING = 512;

export type Question = Omit<Asked, 'deadlineMs'>;

export interface StationLinks {
  /** What the station answers over HTTP, whatever it says; rejects with a `Fault` that names it when it says nothing. */
  ask(member: Member, question: Question): Promise<Answer>;
  /** Ends when the requests in flight have. */
  stop(): Promise<void>;
}

interface Link {
  readonly endpoint: string;
  readonly pool: Pool;
  busy: number;
  /** In the order they came; those that are over are dropped when their turn comes. */
  readonly waiting: Exchange[];
  /** Called when nobody uses it any more; set when it is to be closed. */
  whenIdle: () => void;
}

export interface StationLinksOptions {
  readonly directory: DirectoryFile;
  /** A station's time to answer, in milliseconds. */
  readonly deadlineMs: number;
}

export function createStationLinks({ directory, deadlineMs }: StationLinksOptions): StationLinks {
  const links = new Map<StationCode, Link>();
  const closing = new Set<Promise<void>>();

  const open = (endpoint: string): Link => {
    // Our own deadline covers headers and body.
    const times = { headersTimeout: 0, bodyTimeout: 0, connect: { timeout: deadlineMs } };
    const pool = new Pool(new URL(endpoint).origin, { connections: CONNECTIONS, ...times });
    return { endpoint, pool, busy: 0, waiting: [], whenIdle: () => undefined };
  };
  const close = (code: StationCode, link: Link) => {
    links.delete(code);
    const idle = new Promise<void>((resolve) => {
      link.whenIdle = resolve;
      if (link.busy === 0) resolve();
    });
    const closed = idle.then(() => link.pool.close()).finally(() => closing.delete(closed));
    closing.add(closed);
  };
  const linkTo = ({ code, endpoint }: Member): Link => {
    const known = links.get(code);
    if (known?.endpoint === endpoint) return known;
    if (known !== undefined) close(code, known);
    const link = open(endpoint);
    links.set(code, link);
    return link;
  };
  const forget = directory.onChange(({ members }) => {
    const endpoints = new Map(members.map(({ code, endpoint }) => [code, endpoint]));
    for (const [code, link] of links) if (endpoints.get(code) !== link.endpoint) close(code, link);
  });
  const begin = (link: Link, exchange: Exchange) => {
    link.busy += 1;
    exchange.begin(link.pool);
  };
  const release = (link: Link) => {
    link.busy -= 1;
    let next = link.waiting.shift();
    while (next?.isOver() === true) next = link.waiting.shift();
    if (next !== undefined) begin(link, next);
    else if (link.busy === 0) link.whenIdle();
  };

  return {
    ask: (member, question) =>
      new Promise((resolve, reject) => {
        const link = linkTo(member);
        const station = member.code;
        if (link.waiting.length >= WAITING) {
          reject(new Fault('STATION_TIMEOUT', { station, cause: 'too many questions wait for it' }));
          return;
        }
        const exchange = createExchange(
          { ...question, deadlineMs },
          {
            answered: resolve,
            broke: (code, cause) => {
              reject(new Fault(code, { station, cause }));
            },
            released: () => {
              release(link);
            },
          },
        );
        if (link.busy < CONNECTIONS) begin(link, exchange);
        else link.waiting.push(exchange);
      }),
    stop: async () => {
      forget();
      for (const [code, link] of links) close(code, link);
      await Promise.all(closing);
    },
  };
}
