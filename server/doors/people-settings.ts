/** Where the people of an organisation sign in and what they are there: settings of every service, read from the environment. */
import { z } from 'zod';

import { Right, Role } from '#schema/caller.ts';

/** `{"value of the claim": "ROLE or RIGHT", ...}` */
const RoleMap = z
  .string()
  .transform((text, context): unknown => {
    try {
      return JSON.parse(text);
    } catch {
      context.addIssue('a JSON object from values of the claim to roles and rights');
      return z.NEVER;
    }
  })
  .pipe(z.record(z.string().min(1), z.union([Role.exclude(['SYSTEM', 'NODE']), Right])));

const isLoopback = ({ hostname }: URL) => ['127.0.0.1', '[::1]', 'localhost'].includes(hostname);

/** Whoever sits between us and the provider could make themselves anybody. */
const ProviderUrl = z
  .url({ protocol: /^https?$/ })
  .refine((url) => url.startsWith('https:') || isLoopback(new URL(url)), 'https, except on this machine');

export const peopleSettings = {
  /** The issuer of the OpenID provider, exactly as its tokens name it. Without one nobody signs in here. */
  LOOKOUT_OIDC_ISSUER: ProviderUrl.optional(),
  /** The audience of tokens for this service and no other; its own code when left out. */
  LOOKOUT_OIDC_AUDIENCE: z.string().min(1).optional(),
  /** Where the provider's keys are; found by discovery when left out. */
  LOOKOUT_OIDC_JWKS_URL: ProviderUrl.optional(),
  /** The claim that says what somebody is; names within names with dots between: `realm_access.roles`. */
  LOOKOUT_OIDC_ROLES_CLAIM: z
    .string()
    .regex(/^[^.]+(\.[^.]+)*$/)
    .default('roles'),
  /** The claim that names the regulator somebody belongs to, by its code in the directory; only a gateway looks at it. */
  LOOKOUT_OIDC_REGULATOR_CLAIM: z
    .string()
    .regex(/^[^.]+(\.[^.]+)*$/)
    .default('regulator'),
  LOOKOUT_OIDC_ROLES: RoleMap.prefault('{}'),
  /** Pseudonyms are made under this key: who has it can tell whose they are. */
  LOOKOUT_PSEUDONYM_KEY: z
    .string()
    .regex(/^[0-9a-fA-F]{64}$/, '64 hexadecimal characters')
    .optional(),
};

export type PeopleSettings = z.infer<z.ZodObject<typeof peopleSettings>>;

/** Those of the settings that may also be given as `NAME_FILE`. */
export const peopleSecrets: readonly string[] = ['LOOKOUT_PSEUDONYM_KEY'];

/** A refinement of an environment: who signs in is written down under a pseudonym, which takes a key. */
export const hasPseudonymKey = (settings: PeopleSettings): boolean =>
  settings.LOOKOUT_OIDC_ISSUER === undefined || settings.LOOKOUT_PSEUDONYM_KEY !== undefined;

export const pseudonymKeyMissing = {
  path: ['LOOKOUT_PSEUDONYM_KEY'],
  message: 'needed where people sign in: 64 hexadecimal characters',
};
