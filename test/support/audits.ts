/** The server audits of GraphQL over HTTP (`graphql-http`), for any of our servers. */
import { auditServer } from 'graphql-http';

/** Runs all audits, MUST, SHOULD and MAY, against a GraphQL endpoint; gives those that are not met, in a sentence each. */
export const unmetAudits = async (endpoint: string | URL): Promise<readonly string[]> => {
  const results = await auditServer({ url: new URL(endpoint).href });
  return results.flatMap((result) => (result.status === 'ok' ? [] : [`${result.id} ${result.name}: ${result.reason}`]));
};
