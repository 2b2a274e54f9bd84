/** How a `node:http` server starts and how it ends without dropping an answer. */
import { once } from 'node:events';
import type { Server } from 'node:http';

/** How often connections whose last answer is out are closed while the server drains. */
const SWEEP_MS = 20;

const urlOf = (server: Server, host: string) => {
  const address = server.address();
  const port = typeof address === 'object' && address !== null ? address.port : 0;
  return new URL(`http://${host.includes(':') ? `[${host}]` : host}:${port}`);
};

/** Listens; a port in use and the like is thrown. */
export const listen = async (server: Server, { host, port }: { host: string; port: number }): Promise<URL> => {
  server.listen(port, host);
  await once(server, 'listening');
  return urlOf(server, host);
};

/** Takes no more connections, waits for the requests in flight, and cuts what is left after `drainMs`. */
export const drain = async (server: Server, drainMs: number): Promise<void> => {
  if (!server.listening) return;
  const closed = once(server, 'close');
  server.close();
  // Node closes idle connections once; those that become idle later, after their last answer, it would keep alive.
  const sweep = setInterval(() => {
    server.closeIdleConnections();
  }, SWEEP_MS);
  const cut = setTimeout(() => {
    server.closeAllConnections();
  }, drainMs);
  await closed;
  clearInterval(sweep);
  clearTimeout(cut);
};
