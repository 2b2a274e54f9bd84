/** Runs what a person runs: the starter and the `lookout` command, as processes of their own, and waits for what they do. */
import { spawn } from 'node:child_process';
import type { ChildProcessByStdio } from 'node:child_process';
import { chmod, mkdtemp, readdir, readFile, rm } from 'node:fs/promises';
import { connect } from 'node:net';
import { tmpdir } from 'node:os';
import path from 'node:path';
import type { Readable } from 'node:stream';
import { fileURLToPath } from 'node:url';

import { findFederation } from '#scripts/start/federation-file.ts';
import type { RunningFederation } from '#scripts/start/federation-file.ts';
import { isHealthy } from '#scripts/start/health.ts';
import { layoutOf } from '#scripts/start/layout.ts';
import { findObstacle } from '#scripts/start/ports.ts';
import { until } from '#scripts/start/until.ts';

const root = fileURLToPath(new URL('../../', import.meta.url));

export const sampleFolder = path.join(root, 'scripts/sample');

export interface Ended {
  readonly code: number | null;
  readonly stdout: string;
  readonly stderr: string;
}

function run(
  script: string,
  args: readonly string[],
): { child: ChildProcessByStdio<null, Readable, Readable>; ended: Promise<Ended>; said: () => string } {
  const child = spawn(process.execPath, [path.join(root, script), ...args], {
    cwd: root,
    env: { ...process.env, NO_COLOR: '1' },
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  const text = { stdout: '', stderr: '' };
  for (const name of ['stdout', 'stderr'] as const)
    child[name].setEncoding('utf8').on('data', (chunk: string) => (text[name] += chunk));
  const ended = new Promise<Ended>((resolve, reject) => {
    child.once('error', reject);
    child.once('close', (code) => {
      resolve({ code, ...text });
    });
  });
  return { child, ended, said: () => text.stdout + text.stderr };
}

/** The `lookout` command, to its end. */
export function lookout(...args: readonly string[]): Promise<Ended> {
  return run('scripts/lookout.ts', args).ended;
}

/** The starter, for starts that are to fail. */
export function startToEnd(...args: readonly string[]): Promise<Ended> {
  return run('scripts/start.ts', args).ended;
}

export interface Started extends AsyncDisposable {
  readonly gatewayUrl: string;
  readonly starter: ChildProcessByStdio<null, Readable, Readable>;
  readonly ended: Promise<Ended>;
  /** Everything the starter has said so far. */
  said(): string;
  /** What runs, as the state folder has it. */
  running(): Promise<RunningFederation>;
}

/** Starts a federation and returns once its gateway is ready. Disposed of, it is stopped. */
export async function start(state: string, port: number, ...args: readonly string[]): Promise<Started> {
  const { child, ended, said } = run('scripts/start.ts', ['--state', state, '--port', String(port), ...args]);
  const gatewayUrl = `http://127.0.0.1:${port}`;
  const stop = async () => {
    child.kill('SIGTERM');
    await ended;
  };
  const isOver = () => child.exitCode !== null || child.signalCode !== null;
  const asked = async () => (isOver() || (await isHealthy(gatewayUrl, '/readyz')) ? true : undefined);
  const inTime = await until(asked, { everyMs: 50, deadlineMs: 90_000 });
  if (isOver() || inTime === undefined) {
    await stop();
    throw new Error(`the federation did not come up:\n${said()}`);
  }
  const running = async () => {
    const found = await findFederation(layoutOf(state));
    if (found === undefined) throw new Error('no federation runs');
    return found;
  };
  return { gatewayUrl, starter: child, ended, said, running, [Symbol.asyncDispose]: stop };
}

/** Waits until it is so, or says what did not come true. */
export async function eventually(
  what: string,
  isSo: () => Promise<boolean> | boolean,
  deadlineMs = 30_000,
): Promise<void> {
  const ask = async () => ((await isSo()) ? true : undefined);
  if ((await until(ask, { everyMs: 50, deadlineMs })) === undefined)
    throw new Error(`not in ${deadlineMs} ms: ${what}`);
}

export function isAlive(pid: number): boolean {
  try {
    return process.kill(pid, 0);
  } catch {
    return false;
  }
}

/** Every process of a federation that runs. */
export function pidsOf({ starter, gateway, provider, stations }: RunningFederation): number[] {
  const services = [gateway.pid, provider?.pid ?? null, ...stations.map(({ pid }) => pid)];
  return [starter.pid, ...services].filter((pid) => pid !== null);
}

/** The services of a state folder, whether or not anybody still knows of them: Linux tells what each was started with. */
export async function findServices(state: string): Promise<string[]> {
  const pids = (await readdir('/proc')).filter((name) => /^\d+$/.test(name));
  const environments = pids.map((pid) => readFile(`/proc/${pid}/environ`, 'utf8').catch(() => ''));
  return (await Promise.all(environments)).filter((text) => text.includes(`LOOKOUT_DIRECTORY=${state}`));
}

export async function isListening(port: number): Promise<boolean> {
  const socket = connect({ port, host: '127.0.0.1' });
  const answer = await new Promise<boolean>((resolve) => {
    socket.once('connect', () => {
      resolve(true);
    });
    socket.once('error', () => {
      resolve(false);
    });
  });
  socket.destroy();
  return answer;
}

/** So many ports in a row that nobody uses; the first of them. */
export async function findPorts(count: number): Promise<number> {
  for (;;) {
    const first = 20_000 + Math.floor(Math.random() * 10_000);
    const all = Array.from({ length: count }, (_, index) => findObstacle(first + index));
    if ((await Promise.all(all)).every((obstacle) => obstacle === undefined)) return first;
  }
}

export interface Folder extends AsyncDisposable {
  readonly path: string;
}

/** A folder that is gone at the end of the scope. */
export async function temporaryFolder(): Promise<Folder> {
  const folder = await mkdtemp(path.join(tmpdir(), 'donor-lookout-e2e-'));
  await chmod(folder, 0o755); // PostgreSQL may run as another user than we do
  return { path: folder, [Symbol.asyncDispose]: () => rm(folder, { recursive: true, force: true }) };
}
