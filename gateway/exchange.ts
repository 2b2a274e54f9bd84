/**
 * One HTTP exchange with one station: within a deadline that counts from now, connecting included, and with an answer
 * that cannot grow beyond a bound. Callbacks instead of streams, because this is the hot path of every question.
 */
import type { Dispatcher } from 'undici';

import type { FaultCode } from '#schema/codes.ts';
import { exchangeHeaders } from '#schema/exchange.ts';

export interface Asked {
  readonly method: 'GET' | 'POST';
  readonly path: string;
  /** Names and values in turn. */
  readonly headers: string[];
  readonly body: string | null;
  /** A longer answer is not read. */
  readonly answerBytes: number;
  /** What is left of the time to answer, in milliseconds; all of it when left out. */
  readonly deadlineMs?: number;
}

export interface Answer {
  readonly status: number;
  readonly body: string;
  /** What the station signed for it; null when there is nothing. */
  readonly jwt: string | null;
}

/** How an exchange ends without an answer. */
export type Broken = Extract<FaultCode, 'STATION_TIMEOUT' | 'STATION_UNREACHABLE' | 'STATION_BAD_ANSWER'>;

export interface Settle {
  answered(answer: Answer): void;
  /** @param begun whether something of an answer had come. */
  broke(code: Broken, cause: unknown, begun: boolean): void;
  /** The connection is free again, if one was taken; at a deadline this comes later than `broke`. */
  released(): void;
}

/** An exchange whose deadline runs. Exactly one of `answered` and `broke` will be called, once. */
export interface Exchange {
  readonly isOver: () => boolean;
  /** Takes a connection. Not called at all when it is over before there is one. */
  readonly begin: (pool: Dispatcher) => void;
}

const jwtOf = (header: string | string[] | undefined): string | null => (typeof header === 'string' ? header : null);

const textOf = (chunks: readonly Buffer[]) =>
  chunks.length === 1 && chunks[0] !== undefined ? chunks[0].toString() : Buffer.concat(chunks).toString();

export function createExchange(asked: Asked, deadlineMs: number, settle: Settle): Exchange {
  let controller: Dispatcher.DispatchController | undefined;
  let over = false;
  let status = 0;
  let jwt: string | null = null;
  let bytes = 0;
  const chunks: Buffer[] = [];

  const end = () => {
    over = true;
    clearTimeout(deadline);
  };
  const fail = (code: Broken, cause: unknown) => {
    if (over) return;
    end();
    settle.broke(code, cause, status !== 0);
  };
  const giveUp = (code: Broken, reason: string) => {
    fail(code, reason);
    controller?.abort(new DOMException(reason, 'AbortError'));
  };
  const deadline = setTimeout(giveUp, deadlineMs, 'STATION_TIMEOUT', 'deadline');

  const handler: Dispatcher.DispatchHandler = {
    onRequestStart: (started) => {
      controller = started;
      // Connecting may have taken until nobody waits for it.
      if (over) started.abort(new DOMException('deadline', 'AbortError'));
    },
    onResponseStart: (_, code, headers) => {
      status = code;
      jwt = jwtOf(headers[exchangeHeaders.answer]);
    },
    onResponseData: (_, chunk) => {
      bytes += chunk.length;
      if (bytes > asked.answerBytes) giveUp('STATION_BAD_ANSWER', 'the answer is too large');
      else chunks.push(chunk);
    },
    onResponseEnd: () => {
      if (!over) {
        end();
        settle.answered({ status, body: textOf(chunks), jwt });
      }
      settle.released();
    },
    onResponseError: (_, error) => {
      fail('STATION_UNREACHABLE', error);
      settle.released();
    },
  };
  return {
    isOver: () => over,
    begin: (pool) => {
      const { method, path, headers, body } = asked;
      pool.dispatch({ method, path, headers, body }, handler);
    },
  };
}
