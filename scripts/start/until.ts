/** Asks again and again until the answer is there. */
import { setTimeout } from 'node:timers/promises';

export interface Patience {
  readonly everyMs: number;
  readonly deadlineMs: number;
  readonly signal?: AbortSignal | undefined;
}

/** What `ask` gives once it is not undefined; undefined when the deadline comes first. */
export async function until<T>(
  ask: () => Promise<T | undefined>,
  { everyMs, deadlineMs, signal }: Patience,
): Promise<T | undefined> {
  const end = performance.now() + deadlineMs;
  for (;;) {
    signal?.throwIfAborted();
    const answer = await ask();
    if (answer !== undefined) return answer;
    if (performance.now() >= end) return undefined;
    await setTimeout(everyMs, undefined, { signal });
  }
}
