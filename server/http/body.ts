/** Reading request bodies into memory, bounded in size and time. */
import { isUtf8 } from 'node:buffer';
import type { IncomingMessage } from 'node:http';
import type { Limits } from './limits.ts';
import { RequestError } from '../errors/request-error.ts';

const SWEEP_MS = 500;

interface Arrival {
  readonly due: number;
  expire(): void;
}

/** One timer for all bodies that are still arriving: nearly all are there at once, and a timer each would cost more. */
const createDeadlines = (limitMs: number) => {
  const arriving = new Set<Arrival>();
  let timer: NodeJS.Timeout | undefined;

  const sweep = () => {
    const now = performance.now();
    for (const arrival of arriving) {
      // Oldest first: the next ones have more time left.
      if (arrival.due > now) break;
      arriving.delete(arrival);
      arrival.expire();
    }
    timer = arriving.size > 0 ? setTimeout(sweep, Math.min(SWEEP_MS, limitMs)) : undefined;
  };

  return {
    begin(expire: () => void): Arrival {
      const arrival = { due: performance.now() + limitMs, expire };
      arriving.add(arrival);
      timer ??= setTimeout(sweep, Math.min(SWEEP_MS, limitMs));
      return arrival;
    },
    end(arrival: Arrival): void {
      arriving.delete(arrival);
    },
  };
};

const joined = (chunks: readonly Buffer[], size: number): Buffer =>
  chunks.length === 1 && chunks[0] !== undefined ? chunks[0] : Buffer.concat(chunks, size);

/** The JSON value of a body. */
export const parseJson = (bytes: Buffer): unknown => {
  if (!isUtf8(bytes)) throw new RequestError('BAD_REQUEST', { detail: 'The body is not UTF-8.' });
  try {
    return JSON.parse(bytes.toString());
  } catch {
    throw new RequestError('BAD_REQUEST', { detail: 'The body is not JSON.' });
  }
};

export const createBodyReader = ({ bodyBytes, bodyMs }: Limits) => {
  const deadlines = createDeadlines(bodyMs);

  /** The bytes of a body. What is announced as too long is refused before a byte of it is read. */
  return (request: IncomingMessage): Promise<Buffer> =>
    new Promise((resolve, reject) => {
      if (Number(request.headers['content-length'] ?? 0) > bodyBytes) throw new RequestError('BODY_TOO_LARGE');
      const chunks: Buffer[] = [];
      let size = 0;
      const fail = (error: RequestError) => {
        deadlines.end(arrival);
        request.removeAllListeners('data');
        reject(error);
      };
      const arrival = deadlines.begin(() => {
        fail(new RequestError('BODY_TIMEOUT'));
      });
      request.on('data', (chunk: Buffer) => {
        size += chunk.length;
        if (size > bodyBytes) fail(new RequestError('BODY_TOO_LARGE'));
        else chunks.push(chunk);
      });
      request.on('end', () => {
        deadlines.end(arrival);
        resolve(joined(chunks, size));
      });
      request.on('error', () => {
        fail(new RequestError('BAD_REQUEST', { detail: 'The body broke off.' }));
      });
    });
};
