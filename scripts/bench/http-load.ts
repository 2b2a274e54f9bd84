/** Load on a server: one request again and again, so many at a time, for so many seconds. */
import { Pool } from 'undici';
import type { Turn } from './bench.ts';

export interface Load {
  readonly url: URL;
  readonly method: 'GET' | 'POST';
  /** The same each time, or made anew for each request. */
  readonly headers?: Readonly<Record<string, string>> | (() => Readonly<Record<string, string>>);
  /** The same each time, or made anew for each request. */
  readonly body?: string | (() => string);
  /** Requests in flight, each on a connection of its own. */
  readonly inFlight: number;
  /** CPU milliseconds that the process under test has used so far. */
  cpuMs(): Promise<number>;
}

const pathOf = ({ pathname, search }: URL) => `${pathname}${search}`;

/** Puts the load on; an answer that is not 200 ends the bench, since it would measure something else. */
export const httpLoad = async (load: Load, seconds: number): Promise<Turn> => {
  const { url, method, headers = {}, body = null, inFlight } = load;
  const pool = new Pool(url.origin, { connections: inFlight, pipelining: 1 });
  const path = pathOf(url);
  const request = () => ({
    path,
    method,
    headers: typeof headers === 'function' ? headers() : headers,
    body: typeof body === 'function' ? body() : body,
  });
  let operations = 0;
  const cpuBefore = await load.cpuMs();
  const began = performance.now();
  const end = began + seconds * 1000;
  const worker = async () => {
    while (performance.now() < end) {
      const answer = await pool.request(request());
      if (answer.statusCode !== 200) throw new Error(`${url.href} answered ${answer.statusCode}`);
      await answer.body.dump();
      operations += 1;
    }
  };
  await Promise.all(Array.from({ length: inFlight }, worker));
  const elapsed = (performance.now() - began) / 1000;
  const cpuMs = (await load.cpuMs()) - cpuBefore;
  await pool.close();
  return { operations, seconds: elapsed, cpuMs };
};
