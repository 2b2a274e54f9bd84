/** GraphQL over HTTP, by the book: every audit of graphql-http, in both modes. */
import { describe, expect, test } from 'vitest';
import { unmetAudits } from '#test/support/audits.ts';
import { startSmallServer } from './small-server.ts';

describe.each([{ production: true }, { production: false }])('the server with production $production', (mode) => {
  test('meets every audit of GraphQL over HTTP: MUST, SHOULD and MAY', async () => {
    await using small = await startSmallServer(mode);
    expect(await unmetAudits(small.endpoint)).toEqual([]);
  });
});
