/** A service in a process of its own, always at the same port, which can be killed, held still and started again. */
import { spawn } from 'node:child_process';
import type { ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { openSync } from 'node:fs';
import path from 'node:path';

import { request } from 'undici';

export interface ServiceProcess {
  readonly url: string;
  /** Resolves once it answers that it lives. */
  start(): Promise<void>;
  /** Ends it at once, as a power cut would. */
  kill(): Promise<void>;
  /** Holds it still, and lets it go on. */
  pause(): void;
  resume(): void;
  isUp(): boolean;
}

interface Options {
  /** The file to run, from the root of the repository. */
  readonly main: string;
  readonly port: number;
  readonly environment: Record<string, string>;
  readonly logFile: string;
}

const root = path.join(import.meta.dirname, '..', '..');
const startsWithinMs = 60_000;

async function isAlive(url: string): Promise<boolean> {
  try {
    const { statusCode, body } = await request(new URL('livez', url), {
      headersTimeout: 1_000,
      bodyTimeout: 1_000,
    });
    await body.dump();
    return statusCode === 200;
  } catch {
    return false;
  }
}

export function createServiceProcess({ main, port, environment, logFile }: Options): ServiceProcess {
  const url = `http://127.0.0.1:${port}/`;
  let child: ChildProcess | undefined;

  return {
    url,
    async start() {
      const log = openSync(logFile, 'a');
      // The channel is what it notices the end of this process by.
      const started = spawn(process.execPath, [path.join(root, main)], {
        cwd: root,
        env: { PATH: process.env['PATH'] ?? '', ...environment, LOOKOUT_PORT: String(port) },
        stdio: ['ignore', log, log, 'ipc'],
      });
      child = started;
      const deadline = performance.now() + startsWithinMs;
      while (!(await isAlive(url))) {
        if (started.exitCode !== null) throw new Error(`${main} ended with ${started.exitCode}: see ${logFile}`);
        if (started.signalCode !== null) return;
        if (performance.now() > deadline) throw new Error(`${main} does not answer: see ${logFile}`);
        await new Promise((resolve) => setTimeout(resolve, 100));
      }
    },
    async kill() {
      const ending = child;
      child = undefined;
      if (ending === undefined || ending.exitCode !== null || ending.signalCode !== null) return;
      const ended = once(ending, 'exit');
      ending.kill('SIGKILL');
      await ended;
    },
    pause() {
      child?.kill('SIGSTOP');
    },
    resume() {
      child?.kill('SIGCONT');
    },
    isUp: () => child !== undefined,
  };
}
