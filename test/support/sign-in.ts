/**
 * Signing in for tests, for real: a provider of access tokens in this process whose keys the services fetch over HTTP, with an
 * account for each role. Where a test does not say who asks and what for, somebody who may ask just that does.
 */
import { once } from 'node:events';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';

import { getOperationAST, parse } from 'graphql';
import { calculateJwkThumbprint, exportJWK, generateKeyPair, SignJWT } from 'jose';
import type { JWTPayload } from 'jose';

import { stationSchema } from '#node/graphql/schema.ts';
import { CaseNumber, Pseudonym, Purpose, Role } from '#schema/caller.ts';
import { gatewayDisclosure, isAllowed, stationDisclosure } from '#schema/disclosure.ts';
import type { DisclosureTable } from '#schema/disclosure.ts';
import { callerHeaders } from '#schema/exchange.ts';
import { GatewayCode, StationCode } from '#schema/ids.ts';
import { createCoordinates } from '#server/graphql/coordinates.ts';

/** Who asks, and what for. What is left out is chosen so that the question may be asked. */
export interface As {
  readonly as?: Role;
  /** Null: it is not said. */
  readonly purpose?: Purpose | null;
  readonly case?: string;
}

const roles = Role.options.filter((role) => role !== 'SYSTEM' && role !== 'NODE');

async function startIssuer() {
  const { privateKey, publicKey } = await generateKeyPair('ES256');
  const jwk = await exportJWK(publicKey);
  const kid = await calculateJwkThumbprint(jwk);
  const keys = JSON.stringify({ keys: [{ ...jwk, kid, alg: 'ES256', use: 'sig' }] });
  const server = createServer((request, response) => {
    const body = request.url === '/jwks' ? keys : JSON.stringify({ issuer, jwks_uri: `${issuer}/jwks` });
    response.writeHead(200, { 'content-type': 'application/json' }).end(body);
  });
  server.listen(0, '127.0.0.1').unref();
  await once(server, 'listening');
  const issuer = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
  return {
    issuer,
    /** A token with these claims, whatever they say. */
    sign: (claims: JWTPayload, header: { typ?: string; kid?: string } = {}) =>
      new SignJWT({ iss: issuer, ...claims })
        .setProtectedHeader({ alg: 'ES256', typ: 'at+jwt', kid, ...header })
        .sign(privateKey),
  };
}

let issuing: ReturnType<typeof startIssuer> | undefined;

/** The provider of this process. */
export const testIssuer = () => (issuing ??= startIssuer());

/** The settings of a service whose people sign in with it. */
export async function issuerEnvironment(): Promise<Record<string, string>> {
  const { issuer } = await testIssuer();
  return {
    LOOKOUT_OIDC_ISSUER: issuer,
    LOOKOUT_OIDC_ROLES: JSON.stringify({
      ...Object.fromEntries(roles.map((role) => [role, role])),
      open: 'OPEN_DOCUMENTS',
    }),
    LOOKOUT_PSEUDONYM_KEY: '0ddba11'.padEnd(64, '0'),
  };
}

const tokens = new Map<string, Promise<string>>();

/** A token for one service, for somebody with this role, and with the right to ask with documents of their own. */
export function tokenFor(audience: string, role: Role): Promise<string> {
  const name = `${audience} ${role}`;
  const exp = Math.floor(Date.now() / 1000) + 7_200;
  const sign = async () =>
    (await testIssuer()).sign({ sub: `somebody-${role}`, aud: audience, exp, roles: [role, 'open'] });
  const token = tokens.get(name) ?? sign();
  tokens.set(name, token);
  return token;
}

const coordinatesOf = createCoordinates();

/** What a document asks for; nothing when it is none. */
function coordinatesIn(query: string): readonly string[] {
  try {
    const document = parse(query);
    const operation = getOperationAST(document);
    return operation ? coordinatesOf({ schema: stationSchema, document, operation }) : [];
  } catch {
    return [];
  }
}

const orders: Purpose[] = ['DONATION', ...Purpose.options.filter((purpose) => purpose !== 'DONATION')];

function findAsker(table: DisclosureTable, code: string, coordinates: readonly string[], { as, purpose }: As) {
  const kind = code.startsWith('G') ? null : code.includes('P') ? 'PLASMA' : 'BLOOD';
  const caller = {
    from: 'OWN',
    member: code.startsWith('G') ? GatewayCode.parse(code) : StationCode.parse(code),
    subject: Pseudonym.parse('somebody'),
    case: CaseNumber.parse('case-1'),
    rights: [],
  } as const;
  for (const one of purpose === undefined ? orders : [purpose]) {
    for (const role of as === undefined ? roles : [as]) {
      const mayAsk = (coordinate: string) => isAllowed(table, coordinate, { ...caller, role, purpose: one }, kind);
      // What has no line at all is an error of validation, for whoever asks.
      const asked = coordinates.filter((coordinate) => Object.hasOwn(table, coordinate));
      if (asked.every(mayAsk)) return { role, purpose: one };
    }
  }
  return as === undefined ? null : { role: as, purpose: purpose ?? null };
}

/** The headers with which somebody asks this document of a service; none when nobody who signs in there may ask it. */
export async function headersFor(code: string, query: string, asker: As = {}): Promise<Record<string, string>> {
  const table = code.startsWith('G') ? gatewayDisclosure : stationDisclosure;
  const found = findAsker(table, code, coordinatesIn(query), asker);
  if (found === null) return {};
  const { role, purpose } = found;
  return signedHeaders(code, { role, purpose, case: asker.case ?? (purpose === 'CARE' ? 'case-1' : undefined) });
}

interface Signed {
  readonly role: Role;
  readonly purpose: Purpose | null;
  readonly case?: string | undefined;
}

/** The headers of somebody of a role, with a purpose. */
export async function signedHeaders(code: string, { role, purpose, ...rest }: Signed): Promise<Record<string, string>> {
  return {
    authorization: `Bearer ${await tokenFor(code, role)}`,
    [callerHeaders.role]: role,
    ...(purpose !== null && { [callerHeaders.purpose]: purpose }),
    ...(rest.case !== undefined && { [callerHeaders.case]: rest.case }),
  };
}
