/** A regulator for tests: in the directory, and asking a gateway under its own signature, as `lookout aggregate` does. */
import { request } from 'undici';
import { z } from 'zod';

import { AggregateTable } from '#schema/aggregate-table.ts';
import type { Directory, Regulator } from '#schema/directory.ts';
import { digestOf } from '#schema/digest.ts';
import { exchangeHeaders } from '#schema/exchange.ts';
import { RegulatorCode } from '#schema/ids.ts';
import { gatewayOperations } from '#schema/operations.ts';
import { testGateway } from '#test/support/directory.ts';
import { jwtOf, life } from '#test/support/exchange.ts';
import { testPublicKey } from '#test/support/signing-keys.ts';

export const testRegulator: Regulator = {
  code: RegulatorCode.parse('R31'),
  nameZh: '示例监管',
  nameEn: 'Example regulator',
  status: 'ACTIVE',
  keys: [testPublicKey('R31')],
};

/** What a directory says in which the one gateway gathers figures for the one regulator. */
export const regulated: Pick<Directory, 'gateways' | 'regulators'> = {
  gateways: [{ ...testGateway, rights: ['AGGREGATES'] }],
  regulators: [testRegulator],
};

const Answer = z.object({
  data: z.record(z.string(), z.unknown()).nullish(),
  errors: z.array(z.object({ message: z.string(), extensions: z.looseObject({ code: z.string() }) })).optional(),
});

/** Asks a gateway anything under a regulator's signature. @param said claims that are otherwise than they should be. */
export async function askSigned(
  gatewayUrl: string,
  question: { query: string; variables?: object },
  said: object = {},
) {
  const body = JSON.stringify(question);
  const claims = {
    ...{ iss: 'R31', aud: 'G01', sub: 'R31', role: 'REGULATOR', purpose: 'STATISTICS', case: null },
    ...{ donors: null, body: digestOf(body), ...life() },
    ...said,
  };
  const answer = await request(new URL('graphql', gatewayUrl), {
    method: 'POST',
    headers: { 'content-type': 'application/json', [exchangeHeaders.request]: jwtOf('request', claims.iss, claims) },
    body,
  });
  const { data, errors } = Answer.parse(await answer.body.json());
  return { status: answer.statusCode, data: data ?? null, code: errors?.[0]?.extensions.code ?? null };
}

const Refused = z.object({ code: z.string(), message: z.string(), messageZh: z.string() });
const Aggregate = z.object({ aggregate: z.union([AggregateTable, Refused]) });

/** A table of figures, or why there is none. */
export async function askFigures(gatewayUrl: string, input: object) {
  const question = {
    ...{ area: 'REGION', period: 'YEAR', from: 2024, to: 2024, split: false },
    ...input,
  };
  const query = gatewayOperations.Aggregate.document;
  const { data, code } = await askSigned(gatewayUrl, { query, variables: { input: question } });
  const answer = Aggregate.safeParse(data).data?.aggregate;
  if (answer === undefined) throw new Error(`no figures: ${code ?? JSON.stringify(data)}`);
  return answer;
}

/** A table; throws what was refused. */
export async function figuresOf(gatewayUrl: string, input: object): Promise<AggregateTable> {
  const answer = await askFigures(gatewayUrl, input);
  if ('figures' in answer) return answer;
  throw new Error(`refused: ${answer.code}`);
}

/** The figures of a table by where and when they are, as they are written: `310198B01 2024-03`. */
export const written = (table: AggregateTable): Record<string, string | number> =>
  Object.fromEntries(
    table.figures.map(({ province, station, period, class: of, state, count }) => [
      [station ?? province ?? 'all', period, ...(of === table.measure.of ? [] : [of])].join(' '),
      state === 'SHOWN' ? (count ?? 0) : state === 'PARTIAL' ? `≥${count ?? ''}` : state,
    ]),
  );
