/** The server audits of GraphQL over HTTP (`graphql-http`), for any of our servers. */
import { auditServer } from 'graphql-http';

/**
 * Runs all audits, MUST, SHOULD and MAY, against a GraphQL endpoint; gives those that are not met, in a sentence each.
 * @param signedIn the headers that say who asks.
 */
export const unmetAudits = async (
  endpoint: string | URL,
  signedIn: Record<string, string> = {},
): Promise<readonly string[]> => {
  const fetchFn = (url: string, init: RequestInit = {}) =>
    fetch(url, { ...init, headers: { ...Object.fromEntries(new Headers(init.headers)), ...signedIn } });
  const results = await auditServer({ url: new URL(endpoint).href, fetchFn });
  return results.flatMap((result) => (result.status === 'ok' ? [] : [`${result.id} ${result.name}: ${result.reason}`]));
};
