/** The origins of events, asked through the gateway for what is missing here, by this node for itself. */
import { z } from 'zod';

import { Pseudonym } from '#schema/caller.ts';
import type { Asker } from '#schema/caller.ts';
import { Fault } from '#schema/errors.ts';
import type { StationCode } from '#schema/ids.ts';

import type { ExchangePort, OriginPort } from '../ports.ts';

/** What is asked for at once; with the longest events it stays far below what the gateway carries. */
const pageSize = 200;

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
    self: z.object({
      eventsSince: z.array(z.object({ jws: z.string(), offset: place, appendedAt: instant })).max(pageSize),
    }),
  }),
});

interface Options {
  readonly exchange: ExchangePort;
  /** The own station. */
  readonly station: StationCode;
}

export function createGatewayOrigin({ exchange, station }: Options): OriginPort {
  const asker: Asker = { role: 'NODE', subject: Pseudonym.parse(station), purpose: 'REPLICATION', case: null };
  return {
    async eventsSince(origin, partition, seq) {
      const question = { name: 'eventsSince', variables: { partition, seq, first: pageSize } } as const;
      const [said] = await exchange.ask({ asker, question, stations: [origin], only: true });
      const unreachable = (cause: unknown) => new Fault('STATION_UNREACHABLE', { station: origin, cause });
      if (said === undefined || 'fault' in said) throw unreachable(said?.fault);
      const answer = Answer.safeParse(said.json);
      if (!answer.success) throw unreachable('not the form agreed');
      return answer.data.data.self.eventsSince;
    },
  };
}
