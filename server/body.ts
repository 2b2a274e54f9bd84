/** Reading a request body into memory, bounded in size and time. */
import { isUtf8 } from 'node:buffer';
import type { IncomingMessage } from 'node:http';
import type { Limits } from './limits.ts';
import { RequestError } from './request-error.ts';

const read = (request: IncomingMessage, limits: Limits): Promise<Buffer> =>
  new Promise((resolve, reject) => {
    const chunks: Buffer[] = [];
    let size = 0;
    const timer = setTimeout(() => {
      reject(new RequestError('BODY_TIMEOUT'));
    }, limits.bodyMs);
    request.on('data', (chunk: Buffer) => {
      size += chunk.length;
      if (size <= limits.bodyBytes) {
        chunks.push(chunk);
        return;
      }
      clearTimeout(timer);
      request.removeAllListeners('data');
      reject(new RequestError('BODY_TOO_LARGE'));
    });
    request.on('end', () => {
      clearTimeout(timer);
      resolve(chunks.length === 1 && chunks[0] !== undefined ? chunks[0] : Buffer.concat(chunks, size));
    });
    request.on('error', () => {
      clearTimeout(timer);
      reject(new RequestError('BAD_REQUEST', { detail: 'The body broke off.' }));
    });
  });

/** The JSON value of a body. What is announced as too long is refused before a byte of it is read. */
export const readJson = async (request: IncomingMessage, limits: Limits): Promise<unknown> => {
  if (Number(request.headers['content-length'] ?? 0) > limits.bodyBytes) throw new RequestError('BODY_TOO_LARGE');
  const bytes = await read(request, limits);
  if (!isUtf8(bytes)) throw new RequestError('BAD_REQUEST', { detail: 'The body is not UTF-8.' });
  try {
    return JSON.parse(bytes.toString());
  } catch {
    throw new RequestError('BAD_REQUEST', { detail: 'The body is not JSON.' });
  }
};
