/**
 * One HTTP exchange with one station: within a deadline that counts from now, connecting included, and with an answer
 * that cannot grow beyond a bound. Callbacks instead of streams, because this is the hot path of every question.
 */
import type { Dispatcher } from 'undici';

import type { FaultCode } from '#schema/codes.ts';

export interface Asked {
  readonly method: 'GET' | 'POST';
  readonly path: string;
  /** Names and values in turn. */
  readonly headers: string[];
  readonly body: string | null;
  readonly deadlineMs: number;
  /** A longer answer is not read. */
  readonly answerBytes: number;
}

export interface Answer {
  readonly status: number;
  readonly body: string;
}

/** How an exchange ends without an answer. */
export type Broken = Extract<FaultCode, 'STATION_TIMEOUT' | 'STATION_UNREACHABLE' | 'STATION_BAD_ANSWER'>;

export interface Settle {
  answered(answer: Answer): void;
  broke(code: Broken, cause: unknown): void;
  /** The connection is done with this exchange; at a deadline this comes later than `broke`. */
  released(): void;
}

const textOf = (chunks: readonly Buffer[]) =>
  chunks.length === 1 && chunks[0] !== undefined ? chunks[0].toString() : Buffer.concat(chunks).toString();

/** Asks. Exactly one of `answered` and `broke` is called, once, and `released` once. */
export function exchange(pool: Dispatcher, asked: Asked, settle: Settle): void {
  let controller: Dispatcher.DispatchController | undefined;
  let ended = false;
  let status = 0;
  let bytes = 0;
  const chunks: Buffer[] = [];

  const fail = (code: Broken, cause: unknown) => {
    if (ended) return;
    ended = true;
    clearTimeout(deadline);
    settle.broke(code, cause);
  };
  const giveUp = (code: Broken, reason: string) => {
    fail(code, reason);
    controller?.abort(new DOMException(reason, 'AbortError'));
  };
  const deadline = setTimeout(giveUp, asked.deadlineMs, 'STATION_TIMEOUT', 'deadline');

  pool.dispatch(
    { path: asked.path, method: asked.method, headers: asked.headers, body: asked.body },
    {
      onRequestStart(started) {
        controller = started;
        // It may have waited for a connection until nobody waits for it.
        if (ended) started.abort(new DOMException('deadline', 'AbortError'));
      },
      onResponseStart(_controller, code) {
        status = code;
      },
      onResponseData(_controller, chunk) {
        bytes += chunk.length;
        if (bytes > asked.answerBytes) giveUp('STATION_BAD_ANSWER', 'the answer is too large');
        else chunks.push(chunk);
      },
      onResponseEnd() {
        if (!ended) {
          ended = true;
          clearTimeout(deadline);
          settle.answered({ status, body: textOf(chunks) });
        }
        settle.released();
      },
      onResponseError(_controller, error) {
        fail('STATION_UNREACHABLE', error);
        settle.released();
      },
    },
  );
}
