/**
 * A server under test in a process of its own, which tells its address and, when asked, the CPU time it has used: so the
 * load is not measured with it. The child's module calls `reportToBench` once it listens.
 */
import { fork } from 'node:child_process';
import { on, once } from 'node:events';
import { z } from 'zod';

const Started = z.object({ url: z.url() });
const Used = z.object({ cpuMs: z.number() });

export interface ChildServer {
  readonly url: URL;
  /** CPU milliseconds since the process started. */
  cpuMs(): Promise<number>;
  stop(): Promise<void>;
}

/** In the child: says where it listens, answers questions, and ends with the bench. */
export const reportToBench = (url: URL): void => {
  process.on('message', () => {
    const { user, system } = process.cpuUsage();
    process.send?.({ cpuMs: (user + system) / 1000 });
  });
  process.on('disconnect', () => process.exit(0));
  process.send?.({ url: url.href });
};

const nextMessage = async (messages: AsyncIterator<unknown>): Promise<unknown> => {
  const next: IteratorResult<unknown, unknown> = await messages.next();
  return z.tuple([z.unknown()]).rest(z.unknown()).parse(next.value)[0];
};

/** In the bench: forks the module and waits until it listens. */
export const forkServer = async (module: URL, ...parameters: readonly string[]): Promise<ChildServer> => {
  const child = fork(module, parameters, {
    stdio: ['ignore', 'ignore', 'inherit', 'ipc'],
    // Libraries leave their checks for developers out, as they will where it counts.
    env: { ...process.env, NODE_ENV: 'production' },
  });
  const gone = new AbortController();
  const exited = once(child, 'exit').then(() => {
    gone.abort(new Error(`the server ${parameters.join(' ')} ended`));
  });
  const messages = on(child, 'message', { signal: gone.signal });
  const { url } = Started.parse(await nextMessage(messages));
  return {
    url: new URL(url),
    async cpuMs() {
      child.send('cpu');
      return Used.parse(await nextMessage(messages)).cpuMs;
    },
    async stop() {
      child.disconnect();
      await exited;
    },
  };
};
