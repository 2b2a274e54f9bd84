/** The origins of events, asked through the gateway for what is missing here. */
import { Pool } from 'undici';
import { z } from 'zod';

import { Fault } from '#schema/errors.ts';

import type { OriginPort } from '../ports.ts';

/** What is asked for at once; with the longest events it stays far below what the gateway carries. */
const pageSize = 200;

const question = `query EventsSince($code: StationCode!, $partition: Int!, $seq: Int!, $first: Int!) {
  station(code: $code) { eventsSince(partition: $partition, seq: $seq, first: $first) { jws offset appendedAt } }
}`;

/** A time as the schema writes it, or in milliseconds. */
const instant = z.union([z.int().min(0), z.iso.datetime().transform((text) => Date.parse(text))]);
const place = z.union([
  z.int().min(0),
  z
    .string()
    .regex(/^\d{1,15}$/)
    .transform(Number),
]);

const Answer = z.object({
  data: z.object({
    station: z.object({
      eventsSince: z.array(z.object({ jws: z.string(), offset: place, appendedAt: instant })).max(pageSize),
    }),
  }),
});

interface Options {
  readonly gatewayUrl: string;
  /** How long the gateway may take, in milliseconds. */
  readonly deadlineMs: number;
}

export function createGatewayOrigin({ gatewayUrl, deadlineMs }: Options): OriginPort & { stop(): Promise<void> } {
  const { origin: host, pathname } = new URL('graphql', `${gatewayUrl.replace(/\/$/, '')}/`);
  const pool = new Pool(host, { connections: 2, connect: { timeout: deadlineMs } });

  return {
    async eventsSince(origin, partition, seq) {
      const variables = { code: origin, partition, seq, first: pageSize };
      try {
        const { body } = await pool.request({
          method: 'POST',
          path: pathname,
          headers: { 'content-type': 'application/json', accept: 'application/json' },
          body: JSON.stringify({ query: question, variables }),
          signal: AbortSignal.timeout(deadlineMs),
        });
        return Answer.parse(await body.json()).data.station.eventsSince;
      } catch (cause) {
        throw new Fault('STATION_UNREACHABLE', { station: origin, cause });
      }
    },
    stop: () => pool.close(),
  };
}
