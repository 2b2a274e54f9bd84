/** What a caller and the log learn of an error. */
import { expect, test } from 'vitest';
import type { z } from 'zod';
import { personal } from './small-schema.ts';
import { Answer, startSmallServer } from './small-server.ts';

const errorsOf = ({ errors = [] }: z.infer<typeof Answer>): Record<string, unknown>[] =>
  errors.map(({ message, extensions: { requestId, ...extensions } }) => {
    expect(requestId).toEqual(expect.any(String));
    return { message, ...extensions };
  });

const INTERNAL = {
  message: 'Something unexpected failed: see the log under this request id.',
  code: 'INTERNAL',
  retryable: false,
};

test('an unexpected error is masked, whether it stays in its field or takes the whole answer', async () => {
  await using small = await startSmallServer();
  const answer = await small.ask('{ broken hello }');
  expect(answer.data).toEqual({ broken: null, hello: 'hello' });
  expect(errorsOf(answer)).toEqual([INTERNAL]);
  expect(errorsOf(await small.ask('{ brokenRequired }'))).toEqual([INTERNAL]);
});

test('a value that does not fit its type is masked, since the message would hold the value', async () => {
  await using small = await startSmallServer();
  expect(errorsOf(await small.ask('{ badNumber }'))).toEqual([INTERNAL]);
});

test('a fault says its code, its station and whether to try again', async () => {
  await using small = await startSmallServer();
  expect(errorsOf(await small.ask('{ fault }'))).toEqual([
    { message: 'The station did not answer in time.', code: 'STATION_TIMEOUT', station: '330198B01', retryable: true },
  ]);
});

test('errors that were gathered are told apart', async () => {
  await using small = await startSmallServer();
  const codes = errorsOf(await small.ask('{ several }')).map((error) => error['code']);
  expect(codes).toEqual(['STATION_UNREACHABLE', 'INTERNAL']);
});

test('a refusal and an error given a code on purpose pass, but nothing else of them', async () => {
  await using small = await startSmallServer();
  expect(errorsOf(await small.ask('{ refused coded }'))).toEqual([
    { message: 'A record with this number exists and says something else.', code: 'CONFLICT', retryable: false },
    { message: 'Not today.', code: 'CODED' },
  ]);
});

test.each([
  ['{', undefined, 'GRAPHQL_PARSE_FAILED'],
  ['{ unknown }', undefined, 'GRAPHQL_VALIDATION_FAILED'],
  ['query Count($values: [Int!]!) { count(values: $values) }', { values: ['x'] }, 'BAD_VARIABLES'],
  ['query A { hello } query B { hello }', undefined, 'OPERATION_UNKNOWN'],
  ['subscription { hello }', undefined, 'GRAPHQL_VALIDATION_FAILED'],
])('what is wrong with the document %s is said with its code', async (query, variables, code) => {
  await using small = await startSmallServer();
  const answer = await small.ask(query, variables);
  expect(errorsOf(answer)).toEqual(expect.arrayContaining([expect.objectContaining({ code })]));
  expect(answer.data).toBeUndefined();
});

test('the log names request, code, station and field of a fault, and no one', async () => {
  await using small = await startSmallServer();
  const response = await small.post({ query: '{ alias110101199003078515: fault }' }, { 'x-request-id': 'desk-7' });
  await response.text();
  await small.ask('{ broken }');
  await small.ask('query($t: String) { echo(text: $t) }', { t: personal[0] });
  await small.ask(`{ echo(text: "${personal[1]}") }`);
  const log = small.lines.join('');
  expect(log).toContain('"requestId":"desk-7","code":"STATION_TIMEOUT","station":"330198B01","field":"fault"');
  expect(log).toContain('"code":"23505"');
  for (const secret of personal) expect(log).not.toContain(secret);
});

test('the request id goes from the header into context, answer and errors', async () => {
  await using small = await startSmallServer();
  const id = '9d2a1f0c-1111-4222-8333-abcdefabcdef';
  const response = await small.post({ query: '{ requestId broken }' }, { 'x-request-id': id });
  expect(response.headers.get('x-request-id')).toBe(id);
  const answer = Answer.parse(await response.json());
  expect(answer.data?.['requestId']).toBe(id);
  expect(answer.errors?.[0]?.extensions['requestId']).toBe(id);
});

test.each([personal[0], personal[1], 'x'.repeat(65), 'a b'])('the request id %s is not taken over', async (offered) => {
  await using small = await startSmallServer();
  const response = await small.post({ query: '{ hello }' }, { 'x-request-id': offered });
  expect(response.headers.get('x-request-id')).toMatch(/^[\da-f-]{36}$/);
});

test('when the context cannot be made, the answer is masked and says so by its status', async () => {
  await using small = await startSmallServer({
    context: () => {
      throw new TypeError(personal[0]);
    },
  });
  const response = await small.post({ query: '{ hello }' });
  expect(response.status).toBe(500);
  expect(errorsOf(Answer.parse(await response.json()))).toEqual([INTERNAL]);
});

test('in development an error says what caused it', async () => {
  await using small = await startSmallServer({ production: false });
  const [error] = (await small.ask('{ broken }')).errors ?? [];
  expect(error?.extensions['cause']).toMatchObject({ name: 'TypeError', code: '23505' });
});
