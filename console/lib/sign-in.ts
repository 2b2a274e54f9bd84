/**
 * Signing in: authorization code with PKCE at the OpenID provider. The token stays in the memory of the page and is gone with it; what
 * has to outlive the way to the provider and back (the PKCE verifier, where somebody was) is in the session storage of the tab.
 */
import { InMemoryWebStorage, UserManager, WebStorageStateStore } from 'oidc-client-ts';
import type { User, UserManagerSettings } from 'oidc-client-ts';
import { z } from 'zod';

import { ConsoleSettings } from '#schema/console.ts';

import { replaceSearch } from './address.ts';
import { AskFailed } from './ask.ts';

export interface Session {
  /** What the provider calls whoever has signed in; null when nobody has. */
  readonly name: string | null;
  /** The access token; null when nobody has signed in or it has run out. */
  readonly token: () => string | null;
  /** Leaves the page for the provider's, and comes back to the same address. */
  readonly signIn: () => Promise<void>;
  /** Forgets the token and ends the session at the provider. */
  readonly signOut: () => Promise<void>;
}

/** Where somebody was before they went to sign in. */
const Before = z.object({ search: z.string() });

async function fetchSettings(): Promise<ConsoleSettings> {
  try {
    const response = await fetch('config.json', { cache: 'no-store' });
    return ConsoleSettings.parse(await response.json());
  } catch (cause) {
    throw new AskFailed('UNREACHABLE', true, { cause });
  }
}

function settingsOf({ issuer, client, scope, resource }: ConsoleSettings): UserManagerSettings {
  const page = `${location.origin}${location.pathname}`;
  return {
    ...{ authority: issuer, client_id: client, scope },
    ...{ redirect_uri: page, post_logout_redirect_uri: page },
    ...(resource !== null && { resource }),
    response_type: 'code',
    // What comes back is for the page alone: a fragment is not sent to the server.
    response_mode: 'fragment',
    userStore: new WebStorageStateStore({ store: new InMemoryWebStorage() }),
    stateStore: new WebStorageStateStore({ store: sessionStorage }),
    automaticSilentRenew: false,
  };
}

const isWayBack = (): boolean => {
  const answer = new URLSearchParams(location.hash.slice(1));
  return answer.has('state') && (answer.has('code') || answer.has('error'));
};

/** Takes what the provider sends back out of the address at once, whatever it is. */
async function comeBack(manager: UserManager): Promise<User> {
  const answer = location.href;
  replaceSearch(new URLSearchParams(location.search));
  const user = await manager.signinRedirectCallback(answer);
  replaceSearch(new URLSearchParams(Before.safeParse(user.state).data?.search ?? ''));
  return user;
}

/** Rejects with `AskFailed` when the settings cannot be fetched, and with something else when the provider says no. */
export async function openSession(): Promise<Session> {
  const manager = new UserManager(settingsOf(await fetchSettings()));
  const user = isWayBack() ? await comeBack(manager) : null;
  return {
    name: user === null ? null : (user.profile.name ?? user.profile.sub),
    token: () => (user === null || user.expired === true ? null : user.access_token),
    signIn: () => manager.signinRedirect({ state: { search: location.search } }),
    signOut: async () => {
      // Forgotten first, so that nothing of it is in the address of the provider's page.
      await manager.removeUser();
      await manager.signoutRedirect();
    },
  };
}
