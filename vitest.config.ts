/** One project a test kind; the kind is the folder. Everything that needs a server starts the real one. */
import { defineConfig } from 'vitest/config';

const project = (
  name: string,
  options: { timeout: number; parallel: boolean; database?: boolean; kafka?: boolean; browser?: boolean },
) => ({
  // Vite would take graphql's ES modules while every package in node_modules gets the CommonJS ones: two realms.
  resolve: { alias: [{ find: /^graphql$/, replacement: 'graphql/index.js' }] },
  test: {
    name,
    include: [`test/${name}/**/*.test.ts`],
    testTimeout: options.timeout,
    hookTimeout: 120_000,
    fileParallelism: options.parallel,
    globalSetup: [
      ...(options.database === true ? ['./test/support/postgres.ts'] : []),
      ...(options.kafka === true ? ['./test/support/kafka.ts'] : []),
      ...(options.browser === true ? ['./test/support/chromium.ts'] : []),
    ],
  },
});

export default defineConfig({
  test: {
    reporters: ['default', './test/support/closing-line.ts'],
    maxWorkers: 2,
    projects: [
      project('unit', { timeout: 10_000, parallel: true }),
      project('golden', { timeout: 30_000, parallel: true }),
      project('property', { timeout: 60_000, parallel: true }),
      project('integration', { database: true, timeout: 60_000, parallel: true }),
      project('contract', { database: true, kafka: true, timeout: 120_000, parallel: false }),
      project('chaos', { database: true, kafka: true, timeout: 1_800_000, parallel: false }),
      project('simulation', { timeout: 120_000, parallel: true }),
      project('federation', { database: true, timeout: 60_000, parallel: false }),
      project('browser', { browser: true, timeout: 60_000, parallel: false }),
      project('e2e', { timeout: 300_000, parallel: false }),
    ],
  },
});
