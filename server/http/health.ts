/** What orchestrators ask: `/livez` whether the process runs, `/readyz` whether it can do its work. */
import { setTimeout } from 'node:timers/promises';
import type { Logger } from 'pino';
import { write } from './answer.ts';
import type { Asked } from './asked.ts';
import { describeError } from '../errors/describe-error.ts';

/** One thing a service needs, and whether it has it. The detail is shown to whoever asks. */
export interface Check {
  readonly name: string;
  readonly ok: boolean;
  readonly detail?: string;
}

export interface HealthOptions {
  readonly readiness: () => Promise<readonly Check[]> | readonly Check[];
  readonly timeLimitMs: number;
  readonly log: Logger;
}

export const isHealthPath = (path: string): boolean => path === '/livez' || path === '/healthz' || path === '/readyz';

const lineOf = ({ name, ok, detail }: Check) =>
  `[${ok ? '+' : '-'}] ${name} ${ok ? 'ok' : 'failed'}${detail === undefined ? '' : `: ${detail}`}`;

export const createHealth = ({ readiness, timeLimitMs, log }: HealthOptions) => {
  const late = async (signal: AbortSignal): Promise<readonly Check[]> => {
    await setTimeout(timeLimitMs, undefined, { signal });
    return [{ name: 'readiness', ok: false, detail: 'the checks took too long' }];
  };

  const check = async (): Promise<readonly Check[]> => {
    const settled = new AbortController();
    try {
      return await Promise.race([readiness(), late(settled.signal)]);
    } catch (error) {
      log.error({ error: describeError(error) }, 'readiness check failed');
      return [{ name: 'readiness', ok: false, detail: 'the checks failed' }];
    } finally {
      settled.abort();
    }
  };

  return async (path: string, { response, requestId, search }: Asked): Promise<void> => {
    const checks = path === '/readyz' ? await check() : [];
    const ok = checks.every((one) => one.ok);
    const verbose = new URLSearchParams(search).has('verbose');
    const body = [...(verbose ? checks.map(lineOf) : []), ok ? 'ok' : 'not ready', ''].join('\n');
    write(response, { status: ok ? 200 : 503, type: 'text/plain; charset=utf-8', body, requestId });
  };
};
