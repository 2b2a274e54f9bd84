/**
 * The connections to one station: a pool of few, and a queue of bounded length for what waits for one of them. A question
 * whose deadline passes in the queue never reaches the station, so a dead one costs no memory and a slow one gets no
 * work that nobody waits for.
 */
import { Pool } from 'undici';

import { Fault } from '#schema/errors.ts';
import type { StationCode } from '#schema/ids.ts';

import { createExchange } from './exchange.ts';
import type { Answer, Asked, Exchange } from './exchange.ts';

const CONNECTIONS = 32;
const WAITING = 512;

/** No connection was made, or it broke before anything of an answer came. */
export class Lost extends Fault {
  constructor(station: StationCode, cause: unknown) {
    super('STATION_UNREACHABLE', { station, cause });
  }
}

export interface StationLink {
  readonly endpoint: string;
  /** What is answered, whatever it says; rejects with a `Fault` that names the station when nothing is. */
  ask(question: Asked): Promise<Answer>;
  /** Closes the connections once every question asked before has ended. */
  close(): Promise<void>;
}

export function createStationLink(station: StationCode, endpoint: string, deadlineMs: number): StationLink {
  // Our own deadline covers headers and body.
  const times = { headersTimeout: 0, bodyTimeout: 0, connect: { timeout: deadlineMs } };
  const pool = new Pool(new URL(endpoint).origin, { connections: CONNECTIONS, ...times });
  const waiting: Exchange[] = [];
  let busy = 0;
  const idle = Promise.withResolvers<undefined>();
  let closing = false;

  const begin = (exchange: Exchange) => {
    busy += 1;
    exchange.begin(pool);
  };
  const closeIfIdle = () => {
    if (closing && busy === 0) idle.resolve(undefined);
  };
  const release = () => {
    busy -= 1;
    let next = waiting.shift();
    while (next?.isOver() === true) next = waiting.shift();
    if (next === undefined) closeIfIdle();
    else begin(next);
  };

  return {
    endpoint,
    ask: (question) =>
      new Promise((resolve, reject) => {
        if (waiting.length >= WAITING) {
          reject(new Fault('STATION_TIMEOUT', { station, cause: 'too many questions wait for it' }));
          return;
        }
        const exchange = createExchange(question, question.deadlineMs ?? deadlineMs, {
          answered: resolve,
          broke: (code, cause, begun) => {
            const isLost = code === 'STATION_UNREACHABLE' && !begun;
            reject(isLost ? new Lost(station, cause) : new Fault(code, { station, cause }));
          },
          released: release,
        });
        if (busy < CONNECTIONS) begin(exchange);
        else waiting.push(exchange);
      }),
    close: async () => {
      closing = true;
      closeIfIdle();
      await idle.promise;
      await pool.close();
    },
  };
}
