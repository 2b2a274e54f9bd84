/** Which of the two media types of GraphQL over HTTP an answer takes, and whether a body is JSON that may be read. */
import type { IncomingHttpHeaders } from 'node:http';

export type MediaType = 'application/json' | 'application/graphql-response+json';

/** Best first: a caller that takes anything gets `application/json`. */
const ranges: ReadonlyMap<string, MediaType> = new Map([
  ['application/graphql-response+json', 'application/graphql-response+json'],
  ['application/json', 'application/json'],
  ['application/*', 'application/json'],
  ['*/*', 'application/json'],
]);

const qualityOf = (parameters: readonly string[]) => {
  const quality = parameters.find((parameter) => parameter.startsWith('q='));
  return quality === undefined ? 1 : Number(quality.slice(2)) || 0;
};

const acceptsUtf8 = (parameters: readonly string[]) =>
  parameters.every((parameter) => !parameter.startsWith('charset=') || /^charset="?utf-8"?$/.test(parameter));

/** The media type a caller prefers, or undefined when it accepts neither. */
export const negotiate = (accept: string | undefined): MediaType | undefined => {
  if (accept === undefined) return 'application/json';
  const exact = ranges.get(accept);
  if (exact !== undefined) return exact;
  let best: { mediaType: MediaType; quality: number } | undefined;
  for (const range of accept.toLowerCase().split(',')) {
    const [name = '', ...parameters] = range.split(';').map((part) => part.trim());
    const mediaType = ranges.get(name);
    const quality = qualityOf(parameters);
    if (mediaType !== undefined && acceptsUtf8(parameters) && quality > (best?.quality ?? 0)) {
      best = { mediaType, quality };
    }
  }
  return best?.mediaType;
};

/** Only JSON in UTF-8 as it is: a compressed body of a few bytes could unfold to any size. */
export const isReadableJson = (headers: IncomingHttpHeaders): boolean => {
  const encoding = headers['content-encoding'];
  if (encoding !== undefined && encoding !== 'identity') return false;
  const type = headers['content-type'];
  return type === 'application/json' || /^application\/json\s*(?:;\s*charset="?utf-8"?\s*)?$/i.test(type ?? '');
};
