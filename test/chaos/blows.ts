/** What befalls the processes while the desks work: they are killed, held still, and begun again, at moments of the seed. */
import type { Random } from '#test/simulation/random.ts';

import type { ChaosFederation } from './federation.ts';

const rest = (milliseconds: number, signal?: AbortSignal): Promise<void> =>
  new Promise((resolve) => {
    const timer = setTimeout(resolve, milliseconds);
    signal?.addEventListener('abort', () => {
      clearTimeout(timer);
      resolve();
    });
  });

/** Strikes until the signal fires; then everything runs. @param done what was done, and how often. */
export async function strike(
  { stations, broker }: ChaosFederation,
  random: Random,
  signal: AbortSignal,
  done: Map<string, number>,
): Promise<void> {
  async function blow(): Promise<string> {
    const { process } = random.pick(stations);
    const pause = random.whole(300, 3_000);
    return random.weighted<() => Promise<string>>([
      [
        5,
        async () => {
          await process.kill();
          await rest(random.whole(0, 1_500));
          await process.start();
          return 'a station was killed';
        },
      ],
      [
        4,
        async () => {
          process.pause();
          await rest(pause);
          process.resume();
          return 'a station was held still';
        },
      ],
      [
        2,
        async () => {
          await broker.kill();
          await broker.start();
          return 'the broker was killed';
        },
      ],
      [
        2,
        async () => {
          broker.pause();
          await rest(pause * 2);
          broker.resume();
          return 'the broker was held still';
        },
      ],
    ])();
  }

  const isOver = (): boolean => signal.aborted;
  while (!isOver()) {
    await rest(random.whole(500, 3_000), signal);
    if (isOver()) break;
    const what = await blow();
    done.set(what, (done.get(what) ?? 0) + 1);
  }
}
