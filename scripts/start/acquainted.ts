/**
 * Whether every station has a fresh copy of what all others have told the donor log. Before that they answer too, but each
 * check asks the others live, while they are busy catching up.
 */
import { z } from 'zod';

import { ask } from '#scripts/lookout/ask.ts';
import { usualAskers } from '#scripts/lookout/sign-in.ts';
import type { SignIn } from '#scripts/lookout/sign-in.ts';
import type { Progress } from '#scripts/lookout/terminal.ts';
import type { StationCode } from '#schema/ids.ts';
import { stationOperations } from '#schema/operations.ts';

import { until } from './until.ts';

const Standing = z.object({
  _stations: z.tuple([
    z.object({ replication: z.object({ fresh: z.int(), members: z.int(), lag: z.int().nullable() }) }),
  ]),
});

interface Station {
  readonly code: StationCode;
  readonly url: string;
}

/** How many records a station has still to apply before it knows what all others know; undefined while it cannot say. */
async function findLag({ code, url }: Station, signIn: SignIn): Promise<number | undefined> {
  try {
    const { data } = await ask({
      who: `Station ${code}`,
      url,
      signedIn: await signIn({ code, url }, usualAskers.operator),
      query: stationOperations.Standing.document,
      variables: { code },
      shape: Standing,
    });
    const { fresh, members, lag } = data._stations[0].replication;
    // One record, at least, is still to come of whoever is not fresh: its heartbeat.
    return fresh === members ? 0 : Math.max(1, lag ?? 0);
  } catch {
    return undefined;
  }
}

/** Waits until all copies are fresh, for a while; what then is missing comes by itself. */
export async function becomeAcquainted(
  stations: readonly Station[],
  {
    signIn,
    progress,
    patienceMs,
    signal,
  }: { signIn: SignIn; progress: Progress; patienceMs: number; signal: AbortSignal },
): Promise<void> {
  const allFresh = async (): Promise<true | undefined> => {
    const lags = await Promise.all(stations.map((station) => findLag(station, signIn)));
    const done = lags.filter((lag) => lag === 0).length;
    const left = lags.reduce<number>((sum, lag) => sum + (lag ?? 0), 0);
    progress.update(
      `Exchanging facts: ${done} of ${stations.length} stations know everything, ${left} records to apply`,
    );
    return done === stations.length ? true : undefined;
  };
  const inTime = await until(allFresh, { everyMs: 500, deadlineMs: patienceMs, signal });
  if (inTime === undefined) progress.say('Some stations are still catching up with the donor log (lookout stations).');
}
