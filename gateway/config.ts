/** The configuration of the gateway, read from the environment. Every problem is named at once; then it is trusted. */
import { z } from 'zod';

import { GatewayCode } from '#schema/ids.ts';
import { parseEnvironment, withSecretFiles } from '#server/environment.ts';
import { hasPseudonymKey, peopleSecrets, peopleSettings, pseudonymKeyMissing } from '#server/doors/people-settings.ts';
import { rateLimitSettings } from '#server/graphql/rate-limit-settings.ts';
import { SigningJwk } from '#server/keys/signing-jwk.ts';

const Environment = z
  .object({
    LOOKOUT_GATEWAY_CODE: z.string().default('G01').pipe(GatewayCode),
    LOOKOUT_SIGNING_KEY: SigningJwk,
    LOOKOUT_HOST: z.string().min(1).default('127.0.0.1'),
    LOOKOUT_PORT: z.coerce.number().int().min(0).max(65_535).default(4000),
    LOOKOUT_DIRECTORY: z.string().min(1),
    /** The authorities it trusts from its installation on. */
    LOOKOUT_AUTHORITIES: z.string().min(1),
    /** A station's time to answer, connecting included. */
    LOOKOUT_STATION_DEADLINE_MS: z.coerce.number().int().min(50).max(60_000).default(1500),
    ...peopleSettings,
    /** What the provider calls the console. Without it there is no page. */
    LOOKOUT_CONSOLE_CLIENT: z.string().min(1).optional(),
    /** What the console asks the provider for, with blanks between. */
    LOOKOUT_CONSOLE_SCOPE: z.string().min(1).default('openid'),
    /** This gateway as a resource (RFC 8707), where the provider makes a token for one service so. */
    LOOKOUT_CONSOLE_RESOURCE: z.string().min(1).optional(),
    ...rateLimitSettings,
    LOG_LEVEL: z.enum(['fatal', 'error', 'warn', 'info', 'debug', 'trace', 'silent']).default('info'),
    NODE_ENV: z.enum(['production', 'development']).default('production'),
  })
  .refine(hasPseudonymKey, pseudonymKeyMissing);

/** The parsed environment. */
export type GatewayConfig = z.infer<typeof Environment>;

/** Parses the environment. Throws `ConfigProblems`. */
export function parseGatewayConfig(env: NodeJS.ProcessEnv = process.env): GatewayConfig {
  return parseEnvironment(Environment, withSecretFiles(env, ['LOOKOUT_SIGNING_KEY', ...peopleSecrets]));
}
