/** What the project's HTTP costs: bare `node:http`, `node:http` with graphql-js, and our server, on one small question. */
import { measureInterleaved } from './bench.ts';
import type { Bench, Contender } from './bench.ts';
import { forkServer } from './child-server.ts';
import type { ChildServer } from './child-server.ts';
import { httpLoad } from './http-load.ts';
import { question } from './http-question.ts';

const CONTENDERS = {
  bare: 'node:http, fixed JSON',
  graphqlJs: 'node:http + graphql-js, parsed documents kept',
  ours: 'server/',
};
const IN_FLIGHT = 32;
const headers = { 'content-type': 'application/json', accept: 'application/json' };

const contender = (name: string, server: ChildServer): Contender => ({
  name,
  run: (seconds) =>
    httpLoad(
      { url: server.url, method: 'POST', headers, body: question, inFlight: IN_FLIGHT, cpuMs: () => server.cpuMs() },
      seconds,
    ),
});

export const httpBench: Bench = {
  name: 'http',
  async run() {
    const module = new URL('http-contenders.ts', import.meta.url);
    const servers = await Promise.all(
      Object.entries(CONTENDERS).map(async ([key, name]) => ({ name, server: await forkServer(module, key) })),
    );
    try {
      const contenders = servers.map(({ name, server }) => contender(name, server));
      return await measureInterleaved({ contenders, rounds: 9, seconds: 0.8 });
    } finally {
      await Promise.all(servers.map(({ server }) => server.stop()));
    }
  },
};
