/**
 * The documents the project's own parts and commands ask with: a file each in `operations/`, gathered in a manifest. In
 * production a service answers these and, unless the caller has the right `OPEN_DOCUMENTS`, no others.
 */
import manifest from './operations/manifest.json' with { type: 'json' };

/** A document, and the id it can be asked by: `sha256:` and the hash of its text in hexadecimal (GraphQL over HTTP, appendix A). */
export interface Operation {
  readonly id: string;
  readonly document: string;
}

/** What stations are asked, by name. */
export const stationOperations = manifest.station;

/** What a gateway is asked, by name. */
export const gatewayOperations = manifest.gateway;

/** Documents by id. */
export type KnownDocuments = ReadonlyMap<string, string>;

const known = (operations: readonly Operation[]): KnownDocuments =>
  new Map(operations.map(({ id, document }) => [id, document]));

/** What a station answers: its own documents, and what gateways make of theirs for it. */
export const stationDocuments: KnownDocuments = known([
  ...Object.values(manifest.station),
  ...Object.values(manifest.derived),
]);

/** What a gateway answers. */
export const gatewayDocuments: KnownDocuments = known(Object.values(manifest.gateway));
