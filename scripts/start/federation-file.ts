/** `federation.json`: what runs just now and where. Written when the federation is up, removed when it stops; how the other commands find it. */
import { z } from 'zod';

import { StationCode } from '#schema/ids.ts';
import { Problem } from '#scripts/lookout/problem.ts';

import { findJson } from './json-file.ts';
import type { Layout } from './layout.ts';
import { ProcessIdentity, isRunning } from './process-identity.ts';

const url = z.url({ protocol: /^http$/ });
const pid = z.int().min(1).nullable();

export const RunningFederation = z.object({
  starter: ProcessIdentity,
  startedAt: z.iso.datetime(),
  gateway: z.object({ url, pid }),
  stations: z.array(z.object({ code: StationCode, url, pid })),
  /** Where people sign in; null when that is somewhere else. */
  provider: z.object({ url, pid }).nullable(),
  postgres: z.object({ port: z.int().min(1) }),
});
export type RunningFederation = z.infer<typeof RunningFederation>;

/** The federation that runs on this state folder; undefined when none does, also when one was killed and left its file. */
export async function findFederation(layout: Layout): Promise<RunningFederation | undefined> {
  const found = await findJson(
    layout.federation,
    RunningFederation,
    (cause) =>
      new Problem(`${layout.federation} cannot be read: stop the federation and start it again.`, 'failed', { cause }),
  );
  return found !== undefined && isRunning(found.starter) ? found : undefined;
}
