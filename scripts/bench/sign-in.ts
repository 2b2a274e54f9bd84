/** Somebody who may ask a station under measurement: signed in at the development provider, which runs in the bench's process. */
import { randomBytes } from 'node:crypto';

import { pino } from 'pino';

import type { MemberCode } from '#schema/caller.ts';
import { roleMap } from '#scripts/issuer/accounts.ts';
import { parseIssuerConfig } from '#scripts/issuer/config.ts';
import { createIssuer } from '#scripts/issuer/issuer.ts';
import { personToken } from '#scripts/lookout/sign-in.ts';
import type { Asker, SignedIn } from '#scripts/lookout/sign-in.ts';
import { callerHeaders } from '#schema/exchange.ts';

export interface BenchProvider {
  /** Settings of a service whose people sign in there; documents need not be in the manifest. */
  readonly environment: Readonly<Record<string, string>>;
  signIn(service: MemberCode, asker: Asker): Promise<SignedIn>;
  stop(): Promise<void>;
}

export async function startProvider(services: readonly MemberCode[]): Promise<BenchProvider> {
  const secret = randomBytes(32).toString('hex');
  const config = parseIssuerConfig({
    NODE_ENV: 'development',
    LOOKOUT_PORT: '0',
    LOOKOUT_ISSUER_AUDIENCES: services.join(','),
    LOOKOUT_ISSUER_SECRET: secret,
  });
  const issuer = createIssuer(config, pino({ level: 'error' }));
  const { origin } = await issuer.start();
  return {
    environment: {
      NODE_ENV: 'development',
      LOOKOUT_OIDC_ISSUER: origin,
      LOOKOUT_OIDC_ROLES: JSON.stringify(roleMap),
      LOOKOUT_PSEUDONYM_KEY: randomBytes(32).toString('hex'),
    },
    async signIn(service, { role, purpose }) {
      const token = await personToken(secret, { provider: origin, code: service, role });
      return { authorization: `Bearer ${token}`, [callerHeaders.role]: role, [callerHeaders.purpose]: purpose };
    },
    stop: () => issuer.stop(),
  };
}
