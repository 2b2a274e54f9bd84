/**
 * What Node has compiled is kept for the next process: a command is there in half the time, and so is each of ten stations.
 * Node writes what it kept when a process ends. Ten that do so at once would make the first stop a long one, so before the
 * first start a process of its own loads everything once, while the database makes its folder.
 */
import { fork } from 'node:child_process';
import { once } from 'node:events';
import { readdir } from 'node:fs/promises';
import { enableCompileCache } from 'node:module';
import path from 'node:path';

/** Goes with the packages it was compiled from. */
const folder = path.resolve(import.meta.dirname, '../../node_modules/.cache/donor-lookout');

/** For this process. What is imported before is not kept, so the rest of a command is imported after it. */
export function keepCompiled(): void {
  enableCompileCache(path.join(folder, 'commands'));
}

/** For the services, by the environment variable that Node reads. */
export const compiledServices = path.join(folder, 'services');

/** Returns once the services find themselves compiled; at once when they do already. */
export async function warmUp(): Promise<void> {
  const kept = await readdir(compiledServices).catch(() => []);
  if (kept.some((name) => name.startsWith(process.version))) return;
  const env = { ...process.env, NODE_COMPILE_CACHE: compiledServices };
  await once(fork(new URL('./warm-up.ts', import.meta.url), { env, execArgv: [], stdio: 'ignore' }), 'exit');
}
