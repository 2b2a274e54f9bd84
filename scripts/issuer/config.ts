/** The configuration of the development provider. */
import { z } from 'zod';

import { MemberCode } from '#schema/caller.ts';
import { ConfigProblems, parseEnvironment, withSecretFiles } from '#server/environment.ts';

const list = z.string().transform((text) => text.split(',').filter((part) => part !== ''));

const Environment = z.object({
  LOOKOUT_HOST: z.string().min(1).default('127.0.0.1'),
  LOOKOUT_PORT: z.coerce.number().int().min(0).max(65_535).default(4_099),
  /** The services it gives tokens for. */
  LOOKOUT_ISSUER_AUDIENCES: list.pipe(z.array(MemberCode).min(1)),
  /** Where the console of a service may have a browser sent back to. */
  LOOKOUT_ISSUER_REDIRECTS: list.pipe(z.array(z.url())).prefault(''),
  /** What the `lookout` command proves itself with. */
  LOOKOUT_ISSUER_SECRET: z.string().min(32),
  LOG_LEVEL: z.enum(['fatal', 'error', 'warn', 'info', 'debug', 'trace', 'silent']).default('info'),
});
export type IssuerConfig = z.infer<typeof Environment>;

/** Throws `ConfigProblems`; always in production, where everybody could sign in as anybody. */
export function parseIssuerConfig(env: NodeJS.ProcessEnv = process.env): IssuerConfig {
  if (env['NODE_ENV'] !== 'development') {
    throw new ConfigProblems('NODE_ENV: anybody signs in here as anybody; it runs in development only');
  }
  return parseEnvironment(Environment, withSecretFiles(env, ['LOOKOUT_ISSUER_SECRET']));
}
