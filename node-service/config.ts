/** The configuration of one station, read from the environment. Every problem is named at once; then it is trusted. */
import { z } from 'zod';

import { GatewayCode, StationCode } from '#schema/ids.ts';
import { defaultRuleSetId, ruleSets } from '#schema/rule-sets.ts';
import { parseEnvironment, withSecretFiles } from '#server/environment.ts';
import { hasPseudonymKey, peopleSecrets, peopleSettings, pseudonymKeyMissing } from '#server/doors/people-settings.ts';
import { rateLimitSettings } from '#server/graphql/rate-limit-settings.ts';
import { SigningJwk } from '#server/keys/signing-jwk.ts';

const port = z.coerce.number().int().min(0).max(65_535);
const brokers = z
  .string()
  .transform((list) => list.split(',').map((broker) => broker.trim()))
  .pipe(z.array(z.string().regex(/^[^\s:]+:\d{1,5}$/, 'host:port, with commas between')).min(1));
const milliseconds = z.coerce.number().int().min(50).max(60_000);

const Environment = z
  .object({
    LOOKOUT_STATION: StationCode,
    LOOKOUT_HOST: z.string().min(1).default('127.0.0.1'),
    LOOKOUT_PORT: port.default(4001),
    LOOKOUT_DIRECTORY: z.string().min(1),
    LOOKOUT_AUTHORITIES: z.string().min(1),
    LOOKOUT_GATEWAY_URL: z.url({ protocol: /^https?$/ }),
    /** The gateway at that address, as the directory has it. */
    LOOKOUT_GATEWAY_CODE: z.string().default('G01').pipe(GatewayCode),
    LOOKOUT_GATEWAY_DEADLINE_MS: milliseconds.default(2500),
    LOOKOUT_TOKEN_KEY: z.string().regex(/^[0-9a-fA-F]{64}$/, '64 hexadecimal characters'),
    LOOKOUT_SIGNING_KEY: SigningJwk,
    LOOKOUT_LOG_URL: z.url({ protocol: /^postgres(ql)?$/ }).optional(),
    KAFKA_BROKERS: brokers.optional(),
    KAFKA_TOPIC_PREFIX: z
      .string()
      .regex(/^[a-zA-Z0-9._-]{1,100}$/)
      .default('lookout'),
    KAFKA_REPLICATION_FACTOR: z.coerce.number().int().min(1).max(32).optional(),
    KAFKA_TLS: z.stringbool().default(false),
    KAFKA_SASL_MECHANISM: z.enum(['plain', 'scram-sha-256', 'scram-sha-512']).optional(),
    KAFKA_SASL_USERNAME: z.string().min(1).optional(),
    KAFKA_SASL_PASSWORD: z.string().min(1).optional(),
    LOOKOUT_RULE_SET: z.string().default(defaultRuleSetId),
    LOOKOUT_AWAIT_IMPORT: z.string().min(1).optional(),
    ...peopleSettings,
    ...rateLimitSettings,
    /** The systems that sign in with a key of their own: a JSON file, see `server/doors/clients.ts`. */
    LOOKOUT_CLIENTS: z.string().min(1).optional(),
    DATABASE_URL: z.url({ protocol: /^postgres(ql)?$/ }),
    DATABASE_POOL_SIZE: z.coerce.number().int().min(1).max(100).default(8),
    LOG_LEVEL: z.enum(['fatal', 'error', 'warn', 'info', 'debug', 'trace', 'silent']).default('info'),
    NODE_ENV: z.enum(['production', 'development']).default('production'),
  })
  .refine(({ LOOKOUT_LOG_URL, KAFKA_BROKERS }) => (LOOKOUT_LOG_URL === undefined) !== (KAFKA_BROKERS === undefined), {
    path: ['KAFKA_BROKERS'],
    message: 'name the donor log: either KAFKA_BROKERS, or LOOKOUT_LOG_URL for the embedded one',
  })
  .refine(
    ({ KAFKA_SASL_MECHANISM, KAFKA_SASL_USERNAME, KAFKA_SASL_PASSWORD }) =>
      new Set([KAFKA_SASL_MECHANISM, KAFKA_SASL_USERNAME, KAFKA_SASL_PASSWORD].map((given) => given === undefined))
        .size === 1,
    { path: ['KAFKA_SASL_MECHANISM'], message: 'mechanism, username and password go together' },
  )
  .refine(hasPseudonymKey, pseudonymKeyMissing)
  .refine(({ LOOKOUT_RULE_SET }) => ruleSets.has(LOOKOUT_RULE_SET), {
    path: ['LOOKOUT_RULE_SET'],
    message: `one of ${[...ruleSets.keys()].join(', ')}`,
  })
  .refine(
    ({ NODE_ENV, LOOKOUT_RULE_SET }) => {
      const status = ruleSets.get(LOOKOUT_RULE_SET)?.file.status;
      return NODE_ENV === 'development' || (status !== 'DRAFT' && status !== 'SUPERSEDED');
    },
    { path: ['LOOKOUT_RULE_SET'], message: 'this rule set is not in force; production takes one that is' },
  );

const secrets = ['LOOKOUT_TOKEN_KEY', 'LOOKOUT_SIGNING_KEY', 'DATABASE_URL', 'LOOKOUT_LOG_URL', 'KAFKA_SASL_PASSWORD'];

/** The parsed environment. */
export type NodeConfig = z.infer<typeof Environment>;

/** Parses the environment. Throws `ConfigProblems`. */
export function parseNodeConfig(env: NodeJS.ProcessEnv = process.env): NodeConfig {
  return parseEnvironment(Environment, withSecretFiles(env, [...secrets, ...peopleSecrets]));
}
