/** The configuration of one station, read from the environment. Every problem is named at once; then it is trusted. */
import { z } from 'zod';

import { StationCode } from '#schema/ids.ts';
import { defaultRuleSetId, ruleSets } from '#schema/rule-sets.ts';
import { parseEnvironment, withSecretFiles } from '#server/environment.ts';

const port = z.coerce.number().int().min(0).max(65_535);
const milliseconds = z.coerce.number().int().min(50).max(60_000);

const Environment = z
  .object({
    LOOKOUT_STATION: StationCode,
    LOOKOUT_HOST: z.string().min(1).default('127.0.0.1'),
    LOOKOUT_PORT: port.default(4001),
    LOOKOUT_DIRECTORY: z.string().min(1),
    LOOKOUT_GATEWAY_URL: z.url({ protocol: /^https?$/ }),
    LOOKOUT_GATEWAY_DEADLINE_MS: milliseconds.default(2500),
    LOOKOUT_TOKEN_KEY: z.string().regex(/^[0-9a-fA-F]{64}$/, '64 hexadecimal characters'),
    LOOKOUT_RULE_SET: z.string().default(defaultRuleSetId),
    LOOKOUT_AWAIT_IMPORT: z.string().min(1).optional(),
    DATABASE_URL: z.url({ protocol: /^postgres(ql)?$/ }),
    DATABASE_POOL_SIZE: z.coerce.number().int().min(1).max(100).default(8),
    LOG_LEVEL: z.enum(['fatal', 'error', 'warn', 'info', 'debug', 'trace', 'silent']).default('info'),
    NODE_ENV: z.enum(['production', 'development']).default('production'),
  })
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

/** The parsed environment. */
export type NodeConfig = z.infer<typeof Environment>;

/** Parses the environment. Throws `ConfigProblems`. */
export function parseNodeConfig(env: NodeJS.ProcessEnv = process.env): NodeConfig {
  return parseEnvironment(Environment, withSecretFiles(env, ['LOOKOUT_TOKEN_KEY', 'DATABASE_URL']));
}
