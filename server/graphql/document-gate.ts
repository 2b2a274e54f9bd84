/**
 * Which documents are answered: in development all, in production those of the manifest, and of others those of callers who
 * have the right to write their own. Yoga's plugin for this works on Yoga's HTTP, which we do not use.
 */
import type { Caller } from '#schema/caller.ts';
import type { KnownDocuments } from '#schema/operations.ts';
import type { Parameters } from '../http/parameters.ts';
import { RequestError } from '../errors/request-error.ts';

export const createDocumentGate = (known: KnownDocuments, production: boolean) => {
  const texts = new Set(known.values());

  /** The text of the document that is asked for. Throws `DOCUMENT_UNKNOWN`. */
  return ({ document }: Pick<Parameters, 'document'>, { rights }: Pick<Caller, 'rights'>): string => {
    const text = 'id' in document ? known.get(document.id) : document.text;
    const isOpen = !production || rights.includes('OPEN_DOCUMENTS');
    if (text === undefined || !(isOpen || texts.has(text))) throw new RequestError('DOCUMENT_UNKNOWN');
    return text;
  };
};
