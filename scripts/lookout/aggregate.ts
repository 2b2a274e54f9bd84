/** `lookout aggregate`: figures for a regulator, as a table, JSON or a file for spreadsheets; all three of the same answer. */
import { writeFile } from 'node:fs/promises';

import { z } from 'zod';

import { aggregateCsv } from '#schema/aggregate-csv.ts';
import { AggregateInput } from '#schema/aggregates.ts';
import { AggregateTable, MeasureDefinition } from '#schema/aggregate-table.ts';
import { GatewayCode, RegulatorCode } from '#schema/ids.ts';
import { gatewayOperations } from '#schema/operations.ts';
import { gatewayCode, regulatorCode } from '#scripts/start/directory.ts';
import { layoutOf } from '#scripts/start/layout.ts';

import { signAsRegulator } from './aggregate/as-regulator.ts';
import { figureTable } from './aggregate/figure-table.ts';
import { ask, bodyOf } from './ask.ts';
import { exitCodes, Problem } from './problem.ts';
import type { ExitCode } from './problem.ts';
import { createVerb, getFederation } from './verb.ts';

export const aggregateVerb = createVerb({
  name: 'aggregate',
  zh: '查询统计数据（监管机构）。',
  en: 'Figures for a regulator, under its own signature.',
  examples: [
    ['aggregate --list', 'what can be asked for'],
    ['aggregate --measure DONATIONS --area PROVINCE --period MONTH --from 2026', 'a table'],
    ['aggregate --measure CHECKS --split --from 2025 --to 2026 --csv checks.csv', 'a file for spreadsheets'],
    ['aggregate --measure DONORS --area STATION --from 2026 --json', 'the same as JSON'],
  ],
  exits:
    '0 done, 1 failed, 2 wrong usage, 3 the question is refused, 4 the gateway cannot be reached, 130 interrupted.',
})
  .option('--list', 'the measures, with their definitions', false)
  .option('--measure <measure>', 'what is counted', 'DONATIONS')
  .option('--area <level>', 'REGION, PROVINCE or STATION', 'PROVINCE')
  .option('--period <level>', 'MONTH, QUARTER, YEAR or BLOCK', 'YEAR')
  .option('--from <year>', 'the first year (default: this one)')
  .option('--to <year>', 'the last year (default: the first)')
  .option('--split', 'by the classes of the measure', false)
  .option('--province <digits>', 'only this province')
  .option('--kind <kind>', 'only BLOOD or PLASMA')
  .option('--csv <file>', 'write a file for spreadsheets instead')
  .option('--lang <language>', 'zh or en', 'zh')
  .option('--regulator <code>', 'who asks', regulatorCode)
  .option('--key <file>', 'its private key as a JWK (default: the one in the state folder)')
  .option('--gateway <url>', 'the gateway (default: that of the federation that runs here)')
  .option('--gateway-code <code>', 'the code of the gateway', gatewayCode);

interface Options {
  readonly state: string;
  readonly json: boolean;
  readonly list: boolean;
  readonly measure: string;
  readonly area: string;
  readonly period: string;
  readonly from?: string;
  readonly to?: string;
  readonly split: boolean;
  readonly province?: string;
  readonly kind?: string;
  readonly csv?: string;
  readonly lang: string;
  readonly regulator: string;
  readonly key?: string;
  readonly gateway?: string;
  readonly gatewayCode: string;
}

const Refused = z.object({
  __typename: z.literal('Refused'),
  code: z.string(),
  message: z.string(),
  messageZh: z.string(),
});
const Aggregated = z.object({
  aggregate: z.discriminatedUnion('__typename', [
    AggregateTable.extend({ __typename: z.literal('AggregateTable') }),
    Refused,
  ]),
});
const Measures = z.object({ measures: z.array(MeasureDefinition) });

async function askGateway<T>(options: Options, query: string, variables: object, shape: z.ZodType<T>): Promise<T> {
  const [regulator, gateway] = [
    RegulatorCode.safeParse(options.regulator).data,
    GatewayCode.safeParse(options.gatewayCode).data,
  ];
  if (regulator === undefined) throw new Problem('--regulator takes a code: R and two digits.', 'usage');
  if (gateway === undefined) throw new Problem('--gateway-code takes a code: G and two digits.', 'usage');
  const url = options.gateway ?? (await getFederation(options.state)).gateway.url;
  const keyFile = options.key ?? layoutOf(options.state).signingKeyOf(regulator);
  const signedIn = await signAsRegulator({ regulator, gateway, keyFile }, bodyOf({ query, variables }));
  return (await ask({ who: 'The gateway', url, signedIn, query, variables, shape })).data;
}

/** What was typed. What may not be asked so, the gateway says, and what may instead. */
function inputOf({ measure, area, period, from, to, split, province, kind }: Options): AggregateInput {
  const year = (text: string): number => {
    if (/^\d{4}$/.test(text)) return Number(text);
    throw new Problem('--from and --to take a year.', 'usage');
  };
  const first = from === undefined ? new Date().getFullYear() : year(from);
  const said = { measure, area, period, from: first, to: to === undefined ? first : year(to), split };
  const input = AggregateInput.safeParse({ ...said, province, kind });
  if (input.success) return input.data;
  throw new Problem(`This is no question: ${z.prettifyError(input.error)}`, 'usage');
}

async function list(options: Options, isZh: boolean): Promise<ExitCode> {
  const { measures } = await askGateway(options, gatewayOperations.Measures.document, {}, Measures);
  if (options.json) console.log(JSON.stringify(measures, null, 2));
  for (const { code, areas, periods, classes, ...named } of options.json ? [] : measures) {
    const [name, definition] = isZh ? [named.nameZh, named.definitionZh] : [named.nameEn, named.definitionEn];
    const split = classes.length === 0 ? '' : `; --split: ${classes.map((one) => one.code).join(', ')}`;
    console.log(`${code}  ${name}\n  ${definition}\n  --area ${areas.join('|')} --period ${periods.join('|')}${split}`);
  }
  return exitCodes.done;
}

export async function aggregate(options: Options): Promise<ExitCode> {
  const { lang, json, csv } = options;
  if (lang !== 'zh' && lang !== 'en') throw new Problem('--lang takes zh or en.', 'usage');
  if (options.list) return list(options, lang === 'zh');
  const variables = { input: inputOf(options) };
  const { aggregate: answer } = await askGateway(options, gatewayOperations.Aggregate.document, variables, Aggregated);
  if (answer.__typename === 'Refused') {
    if (json) console.log(JSON.stringify(answer, null, 2));
    else console.error(`${answer.code}: ${lang === 'zh' ? answer.messageZh : answer.message}`);
    return exitCodes.no;
  }
  const table = AggregateTable.parse(answer);
  if (csv !== undefined) await writeFile(csv, aggregateCsv(table, lang));
  if (json) console.log(JSON.stringify(table, null, 2));
  else if (csv === undefined) console.log(figureTable(table, lang));
  return exitCodes.done;
}
