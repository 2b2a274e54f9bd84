/** The servers that `http.ts` compares, one a process: `node http-contenders.ts <name>`. */
import { once } from 'node:events';
import { createServer } from 'node:http';
import { execute, parse } from 'graphql';
import type { DocumentNode } from 'graphql';
import { pino } from 'pino';
import { z } from 'zod';
import { openAuthority, openDoor } from '#scripts/bench/open-door.ts';
import { createGraphqlServer } from '#server/server.ts';
import { reportToBench } from './child-server.ts';
import { answer, schema } from './http-question.ts';

/** A `node:http` server that reads each body and answers what `reply` makes of it: as few steps as there can be. */
const serve = async (reply: (body: string) => string): Promise<URL> => {
  const server = createServer((request, response) => {
    const chunks: Buffer[] = [];
    request.on('data', (chunk: Buffer) => chunks.push(chunk));
    request.on('end', () => {
      const body = reply(Buffer.concat(chunks).toString());
      response.writeHead(200, ['content-type', 'application/json', 'content-length', String(Buffer.byteLength(body))]);
      response.end(body);
    });
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  const { port } = z.object({ port: z.number() }).parse(server.address());
  return new URL(`http://127.0.0.1:${port}/graphql`);
};

const graphqlJs = () => {
  const documents = new Map<string, DocumentNode>();
  return serve((body) => {
    const { query, variables } = JSON.parse(body) as { query: string; variables: Record<string, unknown> };
    let document = documents.get(query);
    if (document === undefined) documents.set(query, (document = parse(query)));
    return JSON.stringify(execute({ schema, document, variableValues: variables }));
  });
};

const ours = async () => {
  const server = createGraphqlServer({
    schema,
    context: () => ({}),
    production: true,
    door: openDoor,
    authority: openAuthority,
    readiness: () => [],
    log: pino({ level: 'error' }),
  });
  return new URL('/graphql', await server.start({ host: '127.0.0.1', port: 0 }));
};

const contenders: Record<string, () => Promise<URL>> = { bare: () => serve(() => answer), graphqlJs, ours };

const start = contenders[process.argv[2] ?? ''];
if (start === undefined) throw new Error(`one of ${Object.keys(contenders).join(', ')}`);
reportToBench(await start());
