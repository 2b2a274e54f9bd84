/** Messages of the GraphQL engine without what the caller wrote: it may be an identity number in the wrong place. */

/** Five digits in a row make a word look like a number of a document. */
const looksLikeNumber = /[\p{L}\p{N}_-]*\d{5}[\p{L}\p{N}_-]*/gu;

/** The message without the value it is about, and without anything that looks like the number of a document. */
export const withoutValues = (message: string): string =>
  message.replace(/ got invalid value .*?(?= at "|; )/s, ' is not valid').replace(looksLikeNumber, '…');
