/** Ctrl-C, SIGTERM and a closed terminal: the first asks for an end in good order, the second ends everything at once. */
import { exitCodes } from '#scripts/lookout/problem.ts';

const signals = ['SIGINT', 'SIGTERM', 'SIGHUP'] as const;

/** npm passes on the Ctrl-C that the terminal has sent to us already: what comes so soon after the first is its echo. */
const echoMs = 500;

export interface End {
  /** Aborted once somebody asked. */
  readonly signal: AbortSignal;
  /** Settles once somebody asked. */
  readonly asked: Promise<void>;
  close(): void;
}

export function listenForEnd(force: () => void): End {
  const controller = new AbortController();
  const { promise: asked, resolve } = Promise.withResolvers<undefined>();
  let askedAt = Number.POSITIVE_INFINITY;
  const hear = () => {
    if (!controller.signal.aborted) {
      askedAt = performance.now();
      controller.abort();
      resolve(undefined);
    } else if (performance.now() - askedAt > echoMs) {
      force();
      process.exit(exitCodes.interrupted);
    }
  };
  for (const signal of signals) process.on(signal, hear);
  return {
    signal: controller.signal,
    asked,
    close: () => {
      for (const signal of signals) process.off(signal, hear);
    },
  };
}
