/** A document of the manifest, by its id, with the types of what it takes and answers. */
export interface TypedDocument<Data, Variables> {
  readonly id: string;
  /** Never there: it carries the types. */
  readonly types?: (variables: Variables) => Data;
}
