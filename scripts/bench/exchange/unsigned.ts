/** What the asking station does without signatures: the same question to the gateway, and the same reading of what comes back. */
import { Pool } from 'undici';
import { z } from 'zod';

import type { ExchangePort } from '#node/ports.ts';
import { SignedAnswer } from '#schema/exchange.ts';
import { gatewayOperations } from '#schema/operations.ts';
import { questionText } from '#schema/questions.ts';
import { jsonOf } from '#server/http/answer-json.ts';

const Answer = z.object({ data: z.object({ exchange: z.array(SignedAnswer) }) });

export function createUnsignedExchange(gateway: URL): ExchangePort {
  const pool = new Pool(gateway.origin, { connections: 16 });
  return {
    async ask({ question }) {
      const { body } = await pool.request({
        method: 'POST',
        path: '/graphql',
        headers: { 'content-type': 'application/json', accept: 'application/json' },
        body: JSON.stringify({
          query: gatewayOperations.Exchange.document,
          variables: { question: questionText(question), except: [] },
        }),
        signal: AbortSignal.timeout(60_000),
      });
      const asOf = new Date().toISOString();
      const { exchange } = Answer.parse(await body.json()).data;
      return exchange.map(({ station, status, body: said }) => ({
        station,
        json: jsonOf(station, { status: status ?? 0, body: said ?? '' }),
        asOf,
      }));
    },
  };
}
