/** What the server gives away about itself. */
import { getIntrospectionQuery } from 'graphql';
import { expect, test } from 'vitest';
import { startSmallServer } from './small-server.ts';

test('in production the schema cannot be read', async () => {
  await using small = await startSmallServer();
  const answer = await small.ask(getIntrospectionQuery());
  expect(answer.data).toBeUndefined();
  expect(answer.errors?.[0]?.message).toBe('Introspection is off on this server.');
});

test.each([
  ['{ __type(name: "Node") { name fields { name } } }', undefined],
  ['query Type($name: String!) { __type(name: $name) { name } }', { name: 'Node' }],
  ['{ ...All } fragment All on Query { ... { __type(name: "Node") { name } } }', undefined],
])('in production no type is known by name: %s', async (query, variables) => {
  await using small = await startSmallServer();
  expect(await small.ask(query, variables)).toEqual({ data: { __type: null } });
});

test.each([
  ['{ helo }', undefined],
  ['{ echo(tex: "x") }', undefined],
  ['{ echo(mood: CAL) }', undefined],
  ['{ node }', undefined],
  ['{ ... on Nod { id } }', undefined],
  ['query($mood: Mood) { echo(mood: $mood) }', { mood: 'CAL' }],
])('in production nothing is suggested for %s', async (query, variables) => {
  await using small = await startSmallServer();
  const answer = await small.ask(query, variables);
  expect(answer.errors?.length).toBeGreaterThan(0);
  expect(JSON.stringify(answer)).not.toMatch(/did you mean|hello|"text"|CALM|Node"\?/i);
});

test('GraphiQL, introspection and suggestions are there in development, and GraphiQL only there', async () => {
  const page = { headers: { accept: 'text/html,application/xhtml+xml,*/*;q=0.8' } };
  await using development = await startSmallServer({ production: false });
  expect(await (await fetch(development.endpoint, page)).text()).toContain('<title>Donor Lookout</title>');
  expect((await development.ask(getIntrospectionQuery())).errors).toBeUndefined();
  expect((await development.ask('{ helo }')).errors?.[0]?.message).toContain('Did you mean "hello"?');
  await using production = await startSmallServer();
  const response = await fetch(production.endpoint, page);
  expect(response.headers.get('content-type')).toContain('json');
});
