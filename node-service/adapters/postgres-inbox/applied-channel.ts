/**
 * How the instances of a station hear what the one that applies has applied: a notification in the transaction itself, so that
 * nobody hears of what is not there.
 */
import { z } from 'zod';

import { EventId, StationCode } from '#schema/ids.ts';

import type { Applied } from '../../ports.ts';

export const appliedChannel = 'lookout_applied';

/** PostgreSQL takes less than 8,000 bytes; all that is written here is ASCII. */
const longest = 7_500;

const Outcome = z.enum(['GRANTED', 'TAKEN', 'NOT_ELIGIBLE', 'VOID', 'UNDECIDED']);
const count = z.int().min(0);

/** `by`: the instance that sent it. */
const Message = z.union([
  z.object({
    by: z.string(),
    heard: z.array(z.tuple([StationCode, count, count, count, count.nullable()])),
    claims: z.array(z.tuple([EventId, Outcome, count])),
  }),
  z.object({ by: z.string(), copy: z.enum(['forgetting', 'forgotten']) }),
]);

function findMessage(payload: string): z.infer<typeof Message> | undefined {
  try {
    return Message.safeParse(JSON.parse(payload)).data;
  } catch {
    return undefined;
  }
}

/** What a notification says; null when it is the own one, or none of ours. */
export type AppliedNotice = Applied | { readonly copy: 'forgetting' | 'forgotten' };

export function noticeOf(payload: string, self: string): AppliedNotice | null {
  const data = findMessage(payload);
  if (data === undefined || data.by === self) return null;
  if ('copy' in data) return { copy: data.copy };
  const heard = data.heard.map(([origin, partition, upTo, highest, forkedAt]) => ({
    origin,
    partition,
    heard: { upTo, highest, forkedAt },
  }));
  const claims = data.claims.map(([id, outcome, appendedAt]) => [id, { outcome, appendedAt }] as const);
  return { heard, claims: new Map(claims) };
}

export const copyNotice = (by: string, copy: 'forgetting' | 'forgotten'): string => JSON.stringify({ by, copy });

/** As many payloads as it takes. */
export function payloadsOf(by: string, { heard, claims }: Applied): string[] {
  const payloads: string[] = [];
  const frame = `{"by":${JSON.stringify(by)},"heard":[],"claims":[]}`.length;
  const parts = [
    ...heard.map(({ origin, partition, heard: { upTo, highest, forkedAt } }) => ({
      isHeard: true,
      text: JSON.stringify([origin, partition, upTo, highest, forkedAt]),
    })),
    ...[...claims].map(([id, { outcome, appendedAt }]) => ({
      isHeard: false,
      text: JSON.stringify([id, outcome, appendedAt]),
    })),
  ];
  let some: typeof parts = [];
  let size = frame;
  const flush = () => {
    const listed = (isHeard: boolean) =>
      some.flatMap((part) => (part.isHeard === isHeard ? [part.text] : [])).join(',');
    payloads.push(`{"by":${JSON.stringify(by)},"heard":[${listed(true)}],"claims":[${listed(false)}]}`);
    some = [];
    size = frame;
  };
  for (const part of parts) {
    if (size + part.text.length + 1 > longest) flush();
    some.push(part);
    size += part.text.length + 1;
  }
  if (some.length > 0) flush();
  return payloads;
}
