/** The least that answers JSON over HTTP: reads each body, and writes what `answer` makes of it. */
import { once } from 'node:events';
import { createServer } from 'node:http';

import { z } from 'zod';

/** Listens on a free port; answers where. `answer` gets the path and the body. */
export async function startBareServer(answer: (path: string, body: string) => Promise<string> | string): Promise<URL> {
  const server = createServer((request, response) => {
    let body = '';
    request.setEncoding('utf8');
    request.on('data', (chunk: string) => (body += chunk));
    request.on('end', () => {
      void Promise.resolve(answer(request.url ?? '', body)).then((text) => {
        response.writeHead(200, { 'content-type': 'application/json', 'content-length': Buffer.byteLength(text) });
        response.end(text);
      });
    });
  });
  server.keepAliveTimeout = 60_000;
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  const { port } = z.object({ port: z.number() }).parse(server.address());
  return new URL(`http://127.0.0.1:${port}`);
}
