/** The small server in a process of its own, which says where it listens and, when asked, how much memory it takes. */
import { createSmallSchema } from './small-schema.ts';
import { startSmallServer } from './small-server.ts';

/** More than the buffers between two sockets hold. */
const long = 'x'.repeat(4_000_000);

const small = await startSmallServer({
  schema: createSmallSchema(() => Promise.resolve(long)),
  limits: { connectionsPerAddress: 8, stalledMs: 500 },
  logLevel: 'silent',
});
process.on('message', () => {
  globalThis.gc?.();
  process.send?.({ rss: process.memoryUsage.rss() });
});
process.on('disconnect', () => process.exit(0));
process.send?.({ url: small.url.href });
