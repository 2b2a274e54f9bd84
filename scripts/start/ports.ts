/** Whether the ports a federation needs are free, asked before anything is started. */
import { createServer } from 'node:net';

import { Problem, systemCodeOf } from '#scripts/lookout/problem.ts';

import { host } from './directory.ts';

export interface Wanted {
  readonly port: number;
  /** Who is to listen there. */
  readonly by: string;
}

export async function refuseTaken(wanted: readonly Wanted[]): Promise<void> {
  const found = await Promise.all(wanted.map(async (one) => ({ ...one, why: await findObstacle(one.port) })));
  const taken = found.filter(({ why }) => why !== undefined);
  const [first] = taken;
  if (first === undefined) return;
  const others = taken.length > 1 ? ` (and ${taken.length - 1} more)` : '';
  throw new Problem(
    `Port ${first.port}${others}, meant for ${first.by}, ${first.why ?? ''}: stop what uses it, or choose another with --port.`,
    'failed',
  );
}

/** Why nobody can listen there; undefined when somebody can. */
export async function findObstacle(port: number): Promise<string | undefined> {
  const probe = createServer();
  const code = await new Promise<string | undefined>((resolve) => {
    probe.once('error', (error) => {
      resolve(systemCodeOf(error) ?? 'unknown error');
    });
    probe.listen({ port, host, exclusive: true }, () => {
      resolve(undefined);
    });
  });
  if (code === undefined) await new Promise((resolve) => probe.close(resolve));
  if (code === 'EADDRINUSE') return 'is in use';
  return code === 'EACCES' ? 'needs more rights than you have' : code;
}
