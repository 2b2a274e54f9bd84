/**
 * One server process. A line of shell stands between us and it: the server is stopped when the pipe to us closes, which is
 * how we stop it and also what happens when we are killed. It runs in a session of its own, so that a Ctrl-C at the terminal
 * reaches the stations first and the database last.
 */
import { spawn } from 'node:child_process';
import { rm } from 'node:fs/promises';
import { createInterface } from 'node:readline';
import type { Binaries } from './binaries.ts';
import type { Cluster } from './cluster.ts';

export interface Server {
  /** Its exit code; 0 when it stopped because it was told to. */
  readonly exited: Promise<number>;
  stop(): Promise<void>;
}

type Started =
  | { readonly ok: true; readonly server: Server }
  | { readonly ok: false; readonly reason: Reason; readonly sentence: string };
type Reason = 'port-in-use' | 'old-server-still-ending' | 'broken';

interface Launch {
  readonly cluster: Cluster;
  readonly binaries: Binaries;
  readonly port: number;
  readonly log: (line: string) => void;
  readonly ephemeral: boolean;
  readonly sharedBuffers: string;
}

/** `$1` is a folder to remove at the end, or empty; the rest is the server's command. Descriptor 3 is the pipe to us. */
const keeper = `
remove=$1; shift
"$@" 3<&- & server=$!
( read -r _ <&3; kill -INT "$server" ) 2>/dev/null & watch=$!
wait "$server"; code=$?
kill "$watch" 2>/dev/null
[ -z "$remove" ] || rm -rf "$remove"
exit "$code"`;

/** Small databases, many of them; everything durable unless the data is to be thrown away. */
function settings({ port, ephemeral, sharedBuffers }: Launch): string[] {
  const values = {
    listen_addresses: '127.0.0.1',
    unix_socket_directories: '',
    port: String(port),
    max_connections: '200',
    shared_buffers: sharedBuffers,
    jit: 'off', // plans of ANY($1) with a thousand tokens look dear enough to compile, and are not
    timezone: 'UTC',
    log_timezone: 'UTC',
    lc_messages: 'C', // read below
    ...(ephemeral && { fsync: 'off', full_page_writes: 'off', autovacuum: 'off' }),
  };
  return Object.entries(values).flatMap(([name, value]) => ['-c', `${name}=${value}`]);
}

/** Starts the server and waits until it takes connections, or says why it does not. */
export async function launch(options: Launch): Promise<Started> {
  const { cluster, binaries, port, log, ephemeral } = options;
  const command = [binaries.postgres, '-D', cluster.pgdata, ...settings(options)];
  const child = spawn('/bin/sh', ['-c', keeper, 'sh', ephemeral ? cluster.folder : '', ...command], {
    ...cluster.account.ids,
    cwd: '/',
    detached: true,
    stdio: ['ignore', 'ignore', 'pipe', 'pipe'],
  });
  const { stderr, stdio } = child;
  const leash = stdio[3];
  if (leash === null || leash === undefined || stderr === null)
    throw new TypeError('the server was started without its pipes');
  leash.on('error', () => undefined); // it was closed from the other side: `exited` tells
  const exited = new Promise<number>((resolve, reject) => {
    child.once('error', reject);
    child.once('close', (code) => {
      leash.destroy();
      resolve(code ?? 1);
    });
  });
  const said: string[] = [];
  const ready = new Promise<'ready'>((resolve) => {
    createInterface({ input: stderr }).on('line', (line) => {
      log(line);
      if (said.length < 50) said.push(line);
      if (line.includes('database system is ready to accept connections')) resolve('ready');
    });
  });
  if ((await Promise.race([ready, exited])) !== 'ready') return { ok: false, ...explain(said, cluster.dataDir, port) };
  const stop = async () => {
    leash.destroy();
    await exited;
    // What the server's account may not remove: an entry of a folder that is not its own.
    if (ephemeral) await rm(cluster.folder, { recursive: true, force: true });
  };
  return { ok: true, server: { exited, stop } };
}

function explain(said: readonly string[], dataDir: string, port: number): { reason: Reason; sentence: string } {
  const all = said.join('\n');
  if (all.includes('Address already in use')) {
    return { reason: 'port-in-use', sentence: `Port ${port} is in use, so PostgreSQL cannot listen on it.` };
  }
  const told =
    said.findLast((line) => /(FATAL|PANIC): /.test(line)) ?? said.find((line) => /could not|cannot|error/i.test(line));
  const cause = (told ?? said.at(-1) ?? 'it said nothing').replace(/^(.*?(FATAL|PANIC):|postgres:) +/, '');
  const ending =
    all.includes('pre-existing shared memory block') || all.includes('lock file "postmaster.pid" already exists');
  return {
    reason: ending ? 'old-server-still-ending' : 'broken',
    sentence: `PostgreSQL could not start on the data in ${dataDir} (${cause}): start with --fresh for an empty one, or name another folder.`,
  };
}
