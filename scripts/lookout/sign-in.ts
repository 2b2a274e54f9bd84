/**
 * Signing in at a service. On one machine the command takes whichever account of the development provider has the role; a
 * station's own system signs in with its key from the state folder; and anywhere a token of one's own can be given in
 * `LOOKOUT_TOKEN`. Who asks, and what for, is said beside the token.
 */
import { readFile } from 'node:fs/promises';
import { randomUUID } from 'node:crypto';

import { calculateJwkThumbprint, importJWK, SignJWT } from 'jose';
import { request } from 'undici';
import { z } from 'zod';

import { CaseNumber, Purpose, Role } from '#schema/caller.ts';
import type { MemberCode } from '#schema/caller.ts';
import { callerHeaders } from '#schema/exchange.ts';
import { StationCode } from '#schema/ids.ts';
import { accounts } from '#scripts/issuer/accounts.ts';
import { accountGrant, commandClient, resourcePrefix } from '#scripts/issuer/names.ts';
import type { RunningFederation } from '#scripts/start/federation-file.ts';
import { layoutOf } from '#scripts/start/layout.ts';
import type { Layout } from '#scripts/start/layout.ts';
import { systemId } from '#scripts/start/sign-in.ts';
import { findSigningKey } from '#scripts/start/signing-key.ts';

import { Problem } from './problem.ts';

/** In which role somebody asks, and what for. */
export interface Asker {
  readonly role: Role;
  readonly purpose: Purpose;
  readonly case?: CaseNumber | undefined;
}

/** Who usually asks: at a desk, of the services, and when a station's own system sends its files. */
export const usualAskers = {
  desk: { role: 'DESK', purpose: 'DONATION' },
  operator: { role: 'OPERATOR', purpose: 'OPERATION' },
  system: { role: 'SYSTEM', purpose: 'RECORDING' },
} as const satisfies Record<string, Asker>;

/** What to do when a service does not take the token of whoever asks. */
export const howToSignInAgain = (): string =>
  (process.env['LOOKOUT_TOKEN'] ?? '') === ''
    ? 'Is the service of the same federation?'
    : 'The token in LOOKOUT_TOKEN has run out, or is for another service: take a new one, or unset it.';

/** Headers that say who asks. */
export type SignedIn = Readonly<Record<string, string>>;

export interface Service {
  readonly code: MemberCode;
  readonly url: string;
}

/** Signs in once for each service and role, for as long as the command runs. */
export type SignIn = (service: Service, asker: Asker) => Promise<SignedIn>;

const patienceMs = 10_000;
const assertionS = 60;
const Token = z.object({ access_token: z.string() });

async function fetchToken(url: URL, parameters: Record<string, string>, authorization?: string): Promise<string> {
  const answer = await request(url, {
    method: 'POST',
    headers: {
      'content-type': 'application/x-www-form-urlencoded',
      ...(authorization !== undefined && { authorization }),
    },
    body: new URLSearchParams(parameters).toString(),
    headersTimeout: patienceMs,
    bodyTimeout: patienceMs,
  }).catch((cause: unknown) => {
    throw new Problem(`Nobody can sign in: ${url.origin} cannot be reached.`, 'unreachable', { cause });
  });
  const given = Token.safeParse(await answer.body.json().catch(() => undefined)).data;
  if (given === undefined)
    throw new Problem(`${url.origin} gives no token (HTTP status ${answer.statusCode}).`, 'failed');
  return given.access_token;
}

interface Person {
  readonly provider: string;
  readonly code: MemberCode;
  readonly role: Role;
}

/** The token of a person for a service, from the development provider. */
export async function personToken(secret: string, { provider, code, role }: Person): Promise<string> {
  const account = accounts.find((one) => one.role === role);
  if (account === undefined) throw new Problem(`Nobody signs in as ${role}.`, 'usage');
  const basic = Buffer.from(`${commandClient}:${secret}`).toString('base64');
  const parameters = { grant_type: accountGrant, account: account.id, resource: `${resourcePrefix}${code}` };
  return fetchToken(new URL('/token', provider), parameters, `Basic ${basic}`);
}

/** What the command proves itself with at the development provider. */
async function readSecret({ providerSecret: file }: Layout): Promise<string> {
  const text = await readFile(file, 'utf8').catch((cause: unknown) => {
    throw new Problem(`${file} cannot be read.`, 'failed', { cause });
  });
  return text.trim();
}

/** The token of a station's own system, from the station (RFC 7523 section 2.1). */
async function systemToken(layout: Layout, { code, url }: Service): Promise<string> {
  const station = StationCode.safeParse(code).data;
  const file = station === undefined ? undefined : layout.systemKeyOf(station);
  const key = file === undefined ? undefined : await findSigningKey(file);
  if (key === undefined) throw new Problem(`There is no key here for the system of ${code}.`, 'usage');
  const { kty, crv, x } = key;
  const assertion = await new SignJWT({ jti: randomUUID() })
    .setProtectedHeader({ alg: 'EdDSA', kid: await calculateJwkThumbprint({ kty, crv, x }) })
    .setIssuer(systemId)
    .setSubject(systemId)
    .setAudience(code)
    .setExpirationTime(`${assertionS}s`)
    .sign(await importJWK({ ...key }, 'EdDSA'));
  const grant = 'urn:ietf:params:oauth:grant-type:jwt-bearer';
  return fetchToken(new URL('/token', url), { grant_type: grant, assertion });
}

export interface SignInOptions {
  readonly layout: Layout;
  /** Where the development provider is; null when people sign in somewhere else. */
  readonly provider: string | null;
}

export function createSignIn({ layout, provider }: SignInOptions): SignIn {
  const tokens = new Map<string, Promise<string>>();

  const findToken = async (service: Service, role: Role): Promise<string> => {
    const given = process.env['LOOKOUT_TOKEN'];
    if (given !== undefined && given !== '') return given;
    if (role === 'SYSTEM') return systemToken(layout, service);
    if (provider !== null) return personToken(await readSecret(layout), { provider, code: service.code, role });
    throw new Problem('Give a token of your provider for this service in LOOKOUT_TOKEN.', 'usage');
  };
  return async (service, { role, purpose, case: number }) => {
    const name = `${service.code} ${role}`;
    const token = tokens.get(name) ?? findToken(service, role);
    tokens.set(name, token);
    return {
      authorization: `Bearer ${await token}`,
      [callerHeaders.role]: role,
      [callerHeaders.purpose]: purpose,
      ...(number !== undefined && { [callerHeaders.case]: number }),
    };
  };
}

/** The same for a federation that runs on a state folder. */
export const signInAt = (federation: RunningFederation, state: string): SignIn =>
  createSignIn({ layout: layoutOf(state), provider: federation.provider?.url ?? null });

/** What a person may say about themselves on the command line. */
export interface AskerOptions {
  readonly as?: string;
  readonly purpose?: string;
  readonly case?: string;
}

const parse = <Shape extends z.ZodType>(shape: Shape, text: string, sentence: string): z.infer<Shape> => {
  const parsed = shape.safeParse(text);
  if (parsed.success) return parsed.data;
  throw new Problem(sentence, 'usage');
};

/** Who asks: what was said, and for the rest who usually asks this. */
export function askerOf({ as, purpose, case: number }: AskerOptions, usual: Asker): Asker {
  return {
    role: as === undefined ? usual.role : parse(Role, as, `--as takes one of ${Role.options.join(', ')}.`),
    purpose:
      purpose === undefined
        ? usual.purpose
        : parse(Purpose, purpose, `--purpose takes one of ${Purpose.options.join(', ')}.`),
    case: number === undefined ? usual.case : parse(CaseNumber, number, '--case takes the number of a case.'),
  };
}
