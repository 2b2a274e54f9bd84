/**
 * The development provider: a real OpenID provider (authorization code with PKCE, discovery, JWKS, JWT access tokens of RFC 9068,
 * resource indicators of RFC 8707), only that nobody has a password. Its keys live as long as the process.
 */
import { randomBytes } from 'node:crypto';

import { exportJWK, generateKeyPair } from 'jose';
import Provider, { errors } from 'oidc-provider';
import type { Configuration, ResourceServer } from 'oidc-provider';

import { accounts } from './accounts.ts';
import type { IssuerConfig } from './config.ts';
import { answerSignOut } from './sign-out-page.ts';
import { accountGrant, commandClient, consoleClient, resourcePrefix, serviceScope } from './names.ts';

const tokenS = 3_600;

const accountNamed = (id: string) => accounts.find((account) => account.id === id);

function clientsOf({ LOOKOUT_ISSUER_REDIRECTS: redirects, LOOKOUT_ISSUER_SECRET: secret }: IssuerConfig) {
  const command = {
    client_id: commandClient,
    client_secret: secret,
    grant_types: [accountGrant],
    redirect_uris: [],
    response_types: [],
  };
  const console = {
    client_id: consoleClient,
    token_endpoint_auth_method: 'none',
    grant_types: ['authorization_code'],
    response_types: ['code'],
    redirect_uris: redirects,
    post_logout_redirect_uris: redirects,
  } as const;
  return redirects.length === 0 ? [command] : [command, console];
}

/** What a token for a service is: one audience, and a JWT. */
function serviceNamed(resource: string, { LOOKOUT_ISSUER_AUDIENCES: audiences }: IssuerConfig): ResourceServer {
  const audience = audiences.find((code) => `${resourcePrefix}${code}` === resource);
  if (audience === undefined) throw new errors.InvalidTarget();
  return {
    scope: serviceScope,
    audience,
    accessTokenTTL: tokenS,
    accessTokenFormat: 'jwt',
    jwt: { sign: { alg: 'ES256' } },
  };
}

async function configurationOf(config: IssuerConfig): Promise<Configuration> {
  const { privateKey } = await generateKeyPair('ES256', { extractable: true });
  const key = { ...(await exportJWK(privateKey)), alg: 'ES256', use: 'sig' };
  return {
    jwks: { keys: [key] },
    cookies: { keys: [randomBytes(32).toString('hex')] },
    clients: clientsOf(config),
    clientDefaults: { id_token_signed_response_alg: 'ES256' },
    // The console asks for its token from its own page.
    clientBasedCORS: (_ctx, origin, client) =>
      (client.redirectUris ?? []).some((url) => new URL(url).origin === origin),
    scopes: ['openid', serviceScope],
    claims: { openid: ['sub', 'roles', 'name'] },
    ttl: { AccessToken: tokenS, Session: tokenS, Grant: tokenS, Interaction: tokenS, IdToken: tokenS },
    features: {
      devInteractions: { enabled: false },
      rpInitiatedLogout: { logoutSource: answerSignOut },
      resourceIndicators: {
        enabled: true,
        defaultResource: () => [],
        useGrantedResource: () => true,
        getResourceServerInfo: (_ctx, resource) => serviceNamed(resource, config),
      },
    },
    interactions: { url: (_ctx, { uid }) => `/interaction/${uid}` },
    findAccount: (_ctx, id) => {
      const account = accountNamed(id);
      const { nameZh, nameEn } = account ?? {};
      return account && { accountId: id, claims: () => ({ sub: id, roles: [id], name: `${nameZh} ${nameEn}` }) };
    },
    extraTokenClaims: (_ctx, token) => {
      if (!('accountId' in token)) return undefined;
      const regulator = accountNamed(token.accountId)?.regulator;
      return { roles: [token.accountId], ...(regulator !== undefined && { regulator }) };
    },
    // Who signs in has agreed: the console and the services are one.
    loadExistingGrant: async (ctx) => {
      const { client, session, params } = ctx.oidc;
      const grant = new ctx.oidc.provider.Grant({ clientId: client?.clientId, accountId: session?.accountId });
      grant.addOIDCScope(`openid ${serviceScope}`);
      for (const resource of [params?.['resource']].flat()) {
        if (typeof resource === 'string') grant.addResourceScope(resource, serviceScope);
      }
      await grant.save();
      return grant;
    },
  };
}

function giveToTheCommand(provider: Provider, config: IssuerConfig): void {
  provider.registerGrantType<{ account?: string; resource?: string }>(
    accountGrant,
    async (ctx) => {
      const { client, params } = ctx.oidc;
      const { account, resource = '' } = params;
      if (account === undefined || accountNamed(account) === undefined)
        throw new errors.InvalidGrant('no such account');
      const grant = new provider.Grant({ clientId: client.clientId, accountId: account });
      grant.addResourceScope(resource, serviceScope);
      const token = new provider.AccessToken({
        client,
        accountId: account,
        grantId: await grant.save(),
        gty: accountGrant,
        resourceServer: new provider.ResourceServer(resource, serviceNamed(resource, config)),
        scope: serviceScope,
      });
      ctx.body = { access_token: await token.save(), token_type: token.tokenType, expires_in: token.expiration };
    },
    ['account', 'resource'],
  );
}

export async function createProvider(url: string, config: IssuerConfig): Promise<Provider> {
  const provider = new Provider(url, await configurationOf(config));
  giveToTheCommand(provider, config);
  return provider;
}
