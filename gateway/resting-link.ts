/**
 * A link that leaves a station alone once it has failed several times in a row: what is asked meanwhile fails at once, at no
 * cost to anybody, while one small request a second finds out whether it is there again. No question is spent on finding out.
 */
import { circuitBreaker, CircuitState, ConsecutiveBreaker, handleWhen } from 'cockatiel';

import { Fault } from '#schema/errors.ts';
import type { StationCode } from '#schema/ids.ts';

import type { Answer, Asked } from './exchange.ts';
import type { StationLink } from './station-link.ts';

const FAILURES = 5;
const REST_MS = 1_000;

const probe: Asked = { method: 'GET', path: '/livez', headers: [], body: null, answerBytes: 64 * 1024 };

/** Whoever answers at all, whatever it says, is there. */
const isSilence = (error: unknown): boolean =>
  error instanceof Fault && (error.code === 'STATION_TIMEOUT' || error.code === 'STATION_UNREACHABLE');

export function createRestingLink(station: StationCode, link: StationLink): StationLink {
  const breaker = circuitBreaker(handleWhen(isSilence), {
    halfOpenAfter: REST_MS,
    breaker: new ConsecutiveBreaker(FAILURES),
  });
  const asking = new Set<Promise<Answer>>();
  let timer: NodeJS.Timeout | undefined;
  let isClosed = false;

  const look = async (): Promise<void> => {
    await breaker.execute(() => link.ask(probe)).catch(() => undefined);
    if (breaker.state !== CircuitState.Closed) lookSoon();
  };
  const lookSoon = (): void => {
    if (!isClosed) timer = setTimeout(() => void look(), REST_MS).unref();
  };
  breaker.onStateChange((state) => {
    if (state === CircuitState.Open && timer === undefined) lookSoon();
    if (state === CircuitState.Closed) timer = undefined;
  });

  return {
    endpoint: link.endpoint,
    async ask(question) {
      // How a station is says nothing of whether it answers questions.
      if (question.method === 'GET') return link.ask(question);
      if (breaker.state !== CircuitState.Closed) throw new Fault('STATION_RESTING', { station });
      const answer = breaker.execute(() => link.ask(question)).finally(() => asking.delete(answer));
      asking.add(answer);
      return answer;
    },
    async close() {
      isClosed = true;
      clearTimeout(timer);
      // The breaker passes a question on a moment later.
      await Promise.allSettled(asking);
      await link.close();
    },
  };
}
