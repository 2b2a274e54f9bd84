/**
 * How people and systems sign in at a federation on one machine: at the development provider, unless the environment names
 * another (`LOOKOUT_OIDC_ISSUER`); and each station's own system with a key. What that takes is made once and kept in the state folder.
 */
import { mkdir } from 'node:fs/promises';

import { roleMap } from '#scripts/issuer/accounts.ts';
import { consoleClient, resourcePrefix, serviceScope } from '#scripts/issuer/names.ts';
import { Problem } from '#scripts/lookout/problem.ts';
import type { GatewayCode, StationCode } from '#schema/ids.ts';

import { regulatorPageOf, urlOf } from './directory.ts';
import { writeJson } from './json-file.ts';
import type { Layout } from './layout.ts';
import { ensureSigningKey } from './signing-key.ts';
import { ensureSecretKey } from './secret-key.ts';

/** What a station's information system is called there. */
export const systemId = 'bmis';

type Code = StationCode | GatewayCode;

export interface SignIn {
  /** Settings of the development provider; undefined when there is another. */
  readonly provider: Readonly<Record<string, string>> | undefined;
  /** Settings of a service: who signs in there, and as what. */
  environmentOf(code: Code): Readonly<Record<string, string>>;
}

export interface SignInOptions {
  readonly layout: Layout;
  readonly gateway: GatewayCode;
  readonly gatewayPort: number;
  readonly stations: readonly StationCode[];
  readonly providerPort: number;
}

async function ensureSystem(layout: Layout, code: StationCode): Promise<void> {
  const { kid, kty, crv, x } = await ensureSigningKey(layout.systemKeyOf(code));
  await writeJson(layout.clientsOf(code), { clients: [{ id: systemId, keys: [{ kid, kty, crv, x }], rights: [] }] });
}

export async function prepareSignIn(options: SignInOptions): Promise<SignIn> {
  const { layout, gateway, stations, providerPort } = options;
  const codes: readonly Code[] = [gateway, ...stations];
  const isOwn = process.env['LOOKOUT_OIDC_ISSUER'] !== undefined;
  if (!isOwn && process.env['NODE_ENV'] === 'production') {
    throw new Problem(
      'In production people sign in at a provider of your own: name it in LOOKOUT_OIDC_ISSUER.',
      'usage',
    );
  }
  await mkdir(layout.keys, { recursive: true, mode: 0o700 });
  await ensureSecretKey(layout.providerSecret, 'secret of the development provider');
  for (const code of codes) await ensureSecretKey(layout.pseudonymKeyOf(code), 'pseudonym key');
  for (const code of stations) await ensureSystem(layout, code);

  const demo = {
    LOOKOUT_OIDC_ISSUER: urlOf(providerPort),
    LOOKOUT_OIDC_ROLES_CLAIM: 'roles',
    LOOKOUT_OIDC_ROLES: JSON.stringify(roleMap),
  };
  const page = {
    LOOKOUT_CONSOLE_CLIENT: consoleClient,
    LOOKOUT_CONSOLE_SCOPE: `openid ${serviceScope}`,
    LOOKOUT_CONSOLE_RESOURCE: `${resourcePrefix}${gateway}`,
  };
  const provider = {
    LOOKOUT_ISSUER_AUDIENCES: codes.join(','),
    LOOKOUT_ISSUER_REDIRECTS: regulatorPageOf(options.gatewayPort),
    LOOKOUT_ISSUER_SECRET_FILE: layout.providerSecret,
  };
  return {
    provider: isOwn ? undefined : provider,
    environmentOf: (code) => ({
      ...(!isOwn && demo),
      ...(!isOwn && code === gateway && page),
      LOOKOUT_PSEUDONYM_KEY_FILE: layout.pseudonymKeyOf(code),
      LOOKOUT_CLIENTS: layout.clientsOf(code),
    }),
  };
}
