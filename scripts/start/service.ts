/**
 * One service of the federation as a process of its own: started, waited for, started again when it ends by itself, stopped.
 * It runs in a session of its own, so that a Ctrl-C at the terminal reaches the starter only, which then ends things in
 * their order; the channel to us tells the service when we are gone.
 */
import { fork } from 'node:child_process';
import type { ChildProcess } from 'node:child_process';
import { once } from 'node:events';

import { Problem } from '#scripts/lookout/problem.ts';

import { isHealthy } from './health.ts';
import { lastWords, rotate, withAppending } from './log-file.ts';
import { until } from './until.ts';

export interface ServiceOptions {
  readonly name: string;
  /** The file Node runs. */
  readonly entry: string;
  readonly env: Readonly<Record<string, string>>;
  readonly url: string;
  readonly log: string;
  /** Tells the person at the terminal. */
  readonly say: (text: string) => void;
  /** There is a new process. */
  readonly onLaunch: () => void;
}

export interface Service {
  readonly name: string;
  readonly url: string;
  pid(): number | null;
  /** Returns once it answers; throws when it ends before that. */
  start(signal: AbortSignal): Promise<void>;
  /** Asks it to end and waits; ends it when it does not. */
  stop(): Promise<void>;
  /** Ends it at once. */
  kill(): void;
}

/** Ten processes share the machine: without a bound V8 lets each young generation grow with the machine's memory. */
const execArgv = ['--max-semi-space-size=16'];

const patienceMs = 60_000;
const graceMs = 10_000;
const rotateEveryMs = 60_000;
/** A service that ran for so long was well: the next pause is the first one again. */
const wellAfterMs = 60_000;

/** Pauses before a service is started again: half a second, doubled each time, at most half a minute. */
export function pauseBefore(attempt: number): number {
  return Math.min(30_000, 500 * 2 ** Math.min(attempt, 10));
}

export function createService(options: ServiceOptions): Service {
  const { name, url, log, say } = options;
  let phase: 'starting' | 'up' | 'stopping' = 'starting';
  let child: ChildProcess | undefined;
  let attempts = 0;
  let again: NodeJS.Timeout | undefined;
  const rotating = setInterval(() => void rotate(log).catch(() => undefined), rotateEveryMs).unref();

  const launch = () => {
    const born = performance.now();
    child = spawn(options);
    child.once('exit', (code, signal) => {
      if (phase !== 'up') return;
      if (performance.now() - born > wellAfterMs) attempts = 0;
      const pause = pauseBefore(attempts);
      attempts += 1;
      say(
        `${name} ended (${signal ?? `exit code ${code ?? 0}`}) and is started again in ${pause / 1000} s; see ${log}`,
      );
      again = setTimeout(launch, pause);
    });
    options.onLaunch();
  };

  const hasEnded = () => child === undefined || child.exitCode !== null || child.signalCode !== null;

  const start = async (signal: AbortSignal) => {
    await rotate(log).catch(() => undefined);
    launch();
    const settled = async () => (hasEnded() || (await isHealthy(url, '/livez')) ? true : undefined);
    const inTime = await until(settled, { everyMs: 100, deadlineMs: patienceMs, signal });
    if (hasEnded()) throw new Problem(`${name} could not start: ${await lastWords(log)} (see ${log})`, 'failed');
    if (inTime === undefined) throw new Problem(`${name} does not answer at ${url} (see ${log})`, 'failed');
    phase = 'up';
  };

  const stop = async () => {
    phase = 'stopping';
    clearTimeout(again);
    clearInterval(rotating);
    if (child === undefined || hasEnded()) return;
    const gone = once(child, 'exit');
    child.kill('SIGTERM');
    const force = setTimeout(() => {
      say(`${name} does not end and is killed; see ${log}`);
      child?.kill('SIGKILL');
    }, graceMs);
    await gone;
    clearTimeout(force);
  };

  return {
    name,
    url,
    pid: () => (hasEnded() ? null : (child?.pid ?? null)),
    start,
    stop,
    kill: () => child?.kill('SIGKILL'),
  };
}

function spawn({ entry, env, log }: ServiceOptions): ChildProcess {
  return withAppending(log, (descriptor) =>
    fork(entry, { env: { ...env }, execArgv, stdio: ['ignore', descriptor, descriptor, 'ipc'], detached: true }),
  );
}
