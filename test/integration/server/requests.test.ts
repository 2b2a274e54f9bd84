/** Requests that are no questions: what is refused, with which status, and at what cost. */
import { once } from 'node:events';
import { connect } from 'node:net';
import { gzipSync } from 'node:zlib';
import { describe, expect, test } from 'vitest';
import { Answer, startSmallServer } from './small-server.ts';

const head = (lines: readonly string[]) => [...lines, 'Host: 127.0.0.1', '', ''].join('\r\n');
const json = 'Content-Type: application/json';
const question = JSON.stringify({ query: '{ hello }' });

describe('a body', () => {
  test('of a thousand donor tokens fits', async () => {
    await using small = await startSmallServer();
    const tokens = Array.from({ length: 1_000 }, () => 'A'.repeat(43));
    const query = 'query($tokens: [Int!]!) { count(values: $tokens) }';
    // Tokens are no numbers: what counts is that the variables were read.
    expect((await small.ask(query, { tokens })).errors?.[0]?.message).toContain('"$tokens" is not valid');
  });

  test('too long by its own account is refused before it is read', async () => {
    await using small = await startSmallServer();
    const answer = await small.raw(head(['POST /graphql HTTP/1.1', json, 'Content-Length: 2147483648']));
    expect(answer).toMatch(/^HTTP\/1.1 413 /);
    expect(answer).toContain('BODY_TOO_LARGE');
  });

  test('too long without saying so is refused once it is', async () => {
    await using small = await startSmallServer();
    const piece = `10000\r\n${' '.repeat(0x10000)}\r\n`;
    const start = head(['POST /graphql HTTP/1.1', json, 'Transfer-Encoding: chunked']);
    const answer = await small.raw(start, piece.repeat(5));
    expect(answer).toMatch(/^HTTP\/1.1 413 /);
  });

  test('too long reaches a caller that sends all of it before it reads', async () => {
    await using small = await startSmallServer();
    const response = await small.post(' '.repeat(2_000_000));
    expect(response.status).toBe(413);
    expect(Answer.parse(await response.json()).errors?.[0]?.extensions['code']).toBe('BODY_TOO_LARGE');
  });

  test('that never arrives is given up', async () => {
    await using small = await startSmallServer({ limits: { bodyMs: 50 } });
    const answer = await small.raw(head(['POST /graphql HTTP/1.1', json, 'Content-Length: 100']), '{');
    expect(answer).toMatch(/^HTTP\/1.1 408 /);
  });

  test('that breaks off is nobody’s fault', async () => {
    await using small = await startSmallServer();
    const socket = connect(Number(small.url.port), small.url.hostname);
    await once(socket, 'connect');
    socket.write(head(['POST /graphql HTTP/1.1', json, 'Content-Length: 100']) + '{');
    socket.resetAndDestroy();
    expect((await small.ask('{ hello }')).data).toEqual({ hello: 'hello' });
    expect(small.lines.filter((line) => line.includes('"level":50'))).toEqual([]);
  });

  test.each([
    ['compressed', { 'content-encoding': 'gzip' }, gzipSync(question)],
    ['of a form', { 'content-type': 'application/x-www-form-urlencoded' }, 'query={hello}'],
    ['of plain text', { 'content-type': 'text/plain' }, question],
    ['of a GraphQL document', { 'content-type': 'application/graphql' }, '{ hello }'],
    ['of many parts', { 'content-type': 'multipart/form-data; boundary=x' }, '--x--'],
    ['of lines of JSON', { 'content-type': 'application/x-ndjson' }, question],
    ['in another encoding', { 'content-type': 'application/json; charset=gb18030' }, question],
  ])('%s is refused', async (_name, headers: Record<string, string>, body) => {
    await using small = await startSmallServer();
    const response = await fetch(small.endpoint, {
      method: 'POST',
      headers: { 'content-type': 'application/json', ...headers },
      body,
    });
    expect(response.status).toBe(415);
    expect(Answer.parse(await response.json()).errors?.[0]?.extensions['code']).toBe('UNSUPPORTED_MEDIA_TYPE');
  });

  test.each([
    ['several operations', `[${question},${question}]`],
    ['a number', '1'],
    ['null', 'null'],
    ['half a JSON', '{"query": "{ he'],
    ['deep JSON', '['.repeat(100_000)],
    ['deep JSON that ends', '{"query":"{ hello }","x":' + '['.repeat(50_000) + ']'.repeat(50_000) + ',"variables":1}'],
  ])('with %s is refused', async (_name, body) => {
    await using small = await startSmallServer();
    const response = await small.post(body);
    expect(response.status).toBe(400);
    expect(Answer.parse(await response.json()).errors?.[0]?.extensions['code']).toBe('BAD_REQUEST');
  });

  test('that is not UTF-8 is refused', async () => {
    await using small = await startSmallServer();
    const body = Buffer.from([0x22, 0xc3, 0x28, 0x22]);
    const response = await fetch(small.endpoint, {
      method: 'POST',
      headers: { 'content-type': 'application/json' },
      body,
    });
    expect(response.status).toBe(400);
  });
});

describe('headers', () => {
  test('without end are refused', async () => {
    await using small = await startSmallServer();
    const many = Array.from({ length: 1_500 }, (_, index) => `x-${index}: ${index}`);
    expect(await small.raw(head(['POST /graphql HTTP/1.1', ...many]))).toMatch(/^HTTP\/1.1 431 /);
  });

  test('that never end are given up', async () => {
    await using small = await startSmallServer({ limits: { headersMs: 100 } });
    expect(await small.raw('POST /graphql HTTP/1.1\r\nHost:')).toMatch(/^HTTP\/1.1 408 /);
  });

  test.each([
    [undefined, 'application/json'],
    ['*/*', 'application/json'],
    ['application/json', 'application/json'],
    ['application/graphql-response+json', 'application/graphql-response+json'],
    ['application/graphql-response+json, application/json;q=0.9', 'application/graphql-response+json'],
    ['application/graphql-response+json;q=0.5, application/json', 'application/json'],
    ['text/html, */*;q=0.1', 'application/json'],
  ])('accepting %s get %s', async (accept, type) => {
    await using small = await startSmallServer();
    const response = await small.post(question, accept === undefined ? {} : { accept });
    expect(response.headers.get('content-type')).toBe(`${type}; charset=utf-8`);
    expect(await response.json()).toEqual({ data: { hello: 'hello' } });
  });

  test.each(['text/html', 'application/json;q=0', 'application/json;charset=utf-16', 'text/event-stream'])(
    'accepting only %s are refused',
    async (accept) => {
      await using small = await startSmallServer();
      expect((await small.post(question, { accept })).status).toBe(406);
    },
  );
});

describe('a method', () => {
  test.each(['PUT', 'DELETE', 'OPTIONS', 'PATCH'])('%s is not taken', async (method) => {
    await using small = await startSmallServer();
    const response = await fetch(small.endpoint, { method });
    expect(response.status).toBe(405);
    expect(response.headers.get('allow')).toBe('GET, POST');
    expect(response.headers.get('access-control-allow-origin')).toBeNull();
  });

  test('GET answers queries, and no others', async () => {
    await using small = await startSmallServer();
    const get = (query: string) => fetch(new URL(`?query=${encodeURIComponent(query)}`, small.endpoint));
    expect(await (await get('{ hello }')).json()).toEqual({ data: { hello: 'hello' } });
    const mutation = await get('mutation { touch }');
    expect(mutation.status).toBe(405);
    expect(mutation.headers.get('allow')).toBe('POST');
    expect(await mutation.text()).not.toContain('"data"');
    expect((await small.ask('mutation { touch }')).data).toEqual({ touch: 1 });
  });

  test('GET with variables that are no JSON is refused', async () => {
    await using small = await startSmallServer();
    const response = await fetch(new URL('?query={hello}&variables={', small.endpoint));
    expect(response.status).toBe(400);
  });
});

describe('a request from the page of another site', () => {
  const search = '?query={hello}';

  test.each([
    { 'sec-fetch-site': 'cross-site' },
    { 'sec-fetch-site': 'same-site' },
    { origin: 'https://evil.example' },
    { origin: 'null' },
  ])('is refused: %o', async (headers) => {
    await using small = await startSmallServer();
    const requests = [fetch(new URL(search, small.endpoint), { headers }), small.post(question, headers)];
    for (const response of await Promise.all(requests)) {
      expect(response.status).toBe(403);
      expect(Answer.parse(await response.json()).errors?.[0]?.extensions['code']).toBe('CROSS_SITE_REQUEST');
    }
  });

  test('is not one from our own page, or from no page', async () => {
    await using small = await startSmallServer();
    for (const headers of [
      { 'sec-fetch-site': 'same-origin' },
      { 'sec-fetch-site': 'none' },
      { origin: small.url.origin },
    ]) {
      expect((await fetch(new URL(search, small.endpoint), { headers })).status).toBe(200);
    }
  });
});
