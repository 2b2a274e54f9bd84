/** What one request may cost, and how long it may take to arrive. Every bound of the server is a line of this table. */

export interface Limits {
  /** Fields within fields; fragments add nothing. */
  readonly depth: number;
  /** Selections within each other, inline fragments counted. */
  readonly nesting: number;
  /** Aliases of one operation, `__typename` included. */
  readonly aliases: number;
  /** Times a field is named again in the same selection. */
  readonly repetitions: number;
  /** Lexical tokens of a document. */
  readonly tokens: number;
  /** Directives of one operation. */
  readonly directives: number;
  /** Fields that would be resolved if every list were as long as `document-cost.ts` assumes. */
  readonly cost: number;
  /** Bytes of a request body. A batch of 1,000 donor tokens takes about 50 KiB. */
  readonly bodyBytes: number;
  /** Bytes of a document in the query string of a GET, and of all other headers together. */
  readonly headerBytes: number;
  /** Lists and objects within each other in the variables. */
  readonly variableDepth: number;
  /** Values in the variables, all lists and objects counted. */
  readonly variableValues: number;
  /** Time in which the headers must have arrived. */
  readonly headersMs: number;
  /** Time in which the body of a GraphQL request must have arrived. */
  readonly bodyMs: number;
  /** Time in which any request, an upload included, must have arrived. */
  readonly uploadMs: number;
  /** Time an idle connection is kept open for its next request. */
  readonly keepAliveMs: number;
  /** Open connections; more are dropped. */
  readonly connections: number;
  /** Of them, those of one address (of IPv6, one /64): a quarter, so that no three can shut out everybody else. */
  readonly connectionsPerAddress: number;
  /** Requests on one connection; then the caller makes a new one. */
  readonly requestsPerConnection: number;
  /** Requests on one connection that wait for the answer to the one before them; with more it is closed. */
  readonly pipelined: number;
  /** Characters of an answer. */
  readonly answerCharacters: number;
  /** Time in which a caller takes nothing of an answer before the connection is cut. */
  readonly stalledMs: number;
  /** Time the checks behind `/readyz` may take together. */
  readonly readinessMs: number;
  /** Time that requests in flight get to end when the server stops. */
  readonly drainMs: number;
  /** Documents kept parsed and validated, and their characters together. */
  readonly documents: number;
  readonly documentCharacters: number;
}

export const defaultLimits: Limits = {
  depth: 12,
  nesting: 30,
  aliases: 50,
  repetitions: 50,
  tokens: 2_000,
  directives: 50,
  cost: 10_000,
  bodyBytes: 256 * 1024,
  headerBytes: 16 * 1024,
  variableDepth: 16,
  variableValues: 10_000,
  headersMs: 10_000,
  bodyMs: 10_000,
  uploadMs: 3_600_000,
  keepAliveMs: 60_000,
  connections: 4_096,
  connectionsPerAddress: 1_024,
  requestsPerConnection: 100_000,
  pipelined: 16,
  answerCharacters: 16 * 1024 * 1024,
  stalledMs: 30_000,
  readinessMs: 2_000,
  drainMs: 10_000,
  documents: 1_000,
  documentCharacters: 1_000_000,
};
