/** `lookout receipt verify`: what a station answered, proved with the directory alone and told in plain words. */
import { readFile } from 'node:fs/promises';
import { text } from 'node:stream/consumers';

import { Command } from '@commander-js/extra-typings';

import { createJoseVerifier } from '#node/adapters/jose-keys.ts';
import { createPostgresAudit } from '#node/adapters/postgres-audit.ts';
import { createDatabase } from '#node/db/client.ts';
import type { Directory } from '#schema/directory.ts';
import { ReceiptClaims } from '#schema/receipt.ts';

import { databaseUrlOf } from './database.ts';
import { exitCodes, Problem } from './problem.ts';
import type { ExitCode } from './problem.ts';
import { directoryOf } from './trusted-directory.ts';
import { createVerb } from './verb.ts';

const verifyReceiptVerb = createVerb({
  name: 'verify',
  zh: '核验一份回执：只需目录，不必联网。',
  en: 'Verify a receipt with the directory alone, without a network.',
  examples: [
    ['receipt verify receipt.jwt', 'with the directory of the federation on this machine'],
    ['receipt verify - --directory directory.json --authorities authorities.json', 'with a directory somebody brought'],
    ['receipt verify receipt.jwt --against-record', "and with its entry in the station's record, on this machine"],
  ],
  exits: '0 genuine; 2 wrong usage; 3 not genuine, or not what the record holds; 4 the federation cannot be reached.',
})
  .argument('<file>', 'the receipt; - reads it from stdin')
  .option('--directory <file>', 'a signed directory')
  .option('--authorities <file>', 'the authorities who sign it')
  .option('--against-record', "look its entry up in the station's record", false);

interface Options {
  readonly state: string;
  readonly json: boolean;
  readonly directory?: string;
  readonly authorities?: string;
  readonly againstRecord: boolean;
}

const notGenuine = (why: string): never => {
  throw new Problem(`The receipt is not genuine: ${why}`, 'no');
};

/** The claims as they stand there, before anything is proved: only to know for when the key has to be valid. */
function claimsIn(jwt: string): ReceiptClaims {
  const [, payload = ''] = jwt.split('.');
  try {
    return ReceiptClaims.parse(JSON.parse(Buffer.from(payload, 'base64url').toString()));
  } catch {
    return notGenuine('it is no receipt.');
  }
}

async function prove(jwt: string, directory: Directory): Promise<ReceiptClaims> {
  const claims = claimsIn(jwt);
  const verifier = createJoseVerifier({ directory: { current: () => directory } });
  const signed = await verifier.verify('receipt', jwt, claims.iat * 1_000);
  if (typeof signed === 'string') return notGenuine(`${signed}.`);
  if (signed.signer.code !== claims.iss) return notGenuine('another station has signed it.');
  return claims;
}

async function isInRecord(state: string, { iss, entry }: ReceiptClaims): Promise<boolean> {
  const database = createDatabase(await databaseUrlOf(state, iss), { poolSize: 1 });
  try {
    const clock = { now: () => new Date() };
    const log = { error: () => undefined };
    const audit = createPostgresAudit({ pool: database.pool, member: iss, clock, log });
    return (await audit.at(entry.seq))?.hash === entry.hash;
  } finally {
    await database.stop();
  }
}

const verdicts = { ELIGIBLE: '可以采集', DEFERRED: '暂缓', REFER: '转医师', INDETERMINATE: '无法判定' } as const;

function describe(claims: ReceiptClaims): string[] {
  const { iss, iat, procedure, ruleSet, entry, coverage } = claims;
  const said =
    claims.kind === 'DECISION'
      ? `${procedure} on ${claims.on}: ${claims.verdict} ${verdicts[claims.verdict]}, from ${claims.eligibleFrom ?? '-'}`
      : `permit ${claims.permit} for ${procedure}, ${claims.grantedAt} to ${claims.until}`;
  const grounds =
    claims.kind === 'DECISION' ? claims.grounds.map(({ code, rule }) => `${code} ${rule ?? ''}`.trim()) : [];
  const rested =
    coverage === null
      ? 'what it rested on is not told'
      : `rests on ${coverage.stations - coverage.missing.length} of ${coverage.stations} stations${coverage.missing.length === 0 ? '' : `, missing ${coverage.missing.join(', ')}`}`;
  return [
    `回执真实。Genuine: signed by ${iss} at ${new Date(iat * 1_000).toISOString()}.`,
    ...[said, ...grounds.map((ground) => `  because of ${ground}`), rested],
    `rules ${ruleSet.id} ${ruleSet.hash.slice(0, 12)}; entry ${entry.seq} of the record, ${entry.hash}`,
  ];
}

async function verifyReceipt(file: string, options: Options): Promise<ExitCode> {
  const given = file === '-' ? await text(process.stdin) : await readFile(file, 'utf8').catch(() => undefined);
  if (given === undefined) throw new Problem(`${file} cannot be read.`, 'usage');
  const claims = await prove(given.trim(), await directoryOf(options));
  const isHeld = options.againstRecord ? await isInRecord(options.state, claims) : null;
  if (options.json) console.log(JSON.stringify({ ...claims, isInRecord: isHeld }, null, 2));
  else console.log(describe(claims).join('\n'));
  if (isHeld === false) throw new Problem(`The record of ${claims.iss} has no such entry.`, 'no');
  return exitCodes.done;
}

const zh = '核验决定与许可的回执。';
const en = 'Verify the receipts of decisions and permits.';

export const receiptVerb = new Command('receipt')
  .summary(`${zh} ${en}`)
  .description(`${zh}\n${en}`)
  .addCommand(
    verifyReceiptVerb.action(async (file, options) => {
      process.exitCode = await verifyReceipt(file, options);
    }),
  );
