/**
 * The door for people: an access token of their organisation's OpenID provider (RFC 9068; also as plain JWT, as many providers
 * issue it), verified as RFC 8725 and RFC 9700 ask for. It says who somebody is and which roles they have; in which of them
 * they ask now, and what for, is said beside it.
 */
import { createHmac } from 'node:crypto';

import { errors, jwtVerify } from 'jose';
import type { JWTVerifyResult } from 'jose';
import { LRUCache } from 'lru-cache';
import { z } from 'zod';

import { Pseudonym, Right, Role } from '#schema/caller.ts';
import type { Caller, MemberCode } from '#schema/caller.ts';
import type { RegulatorCode } from '#schema/ids.ts';

import { readBearer } from './bearer.ts';
import type { Door } from '../http/door.ts';
import { createIssuerKeys } from './issuer-keys.ts';
import type { PeopleSettings } from './people-settings.ts';
import { RequestError } from '../errors/request-error.ts';
import { readStated } from './stated.ts';

/** Signatures that only the provider can make. One with a shared secret could be made by every service that verifies it. */
const algorithms = [
  'EdDSA',
  'Ed25519',
  'ES256',
  'ES384',
  'ES512',
  'PS256',
  'PS384',
  'PS512',
  'RS256',
  'RS384',
  'RS512',
];
const tokenTypes = new Set(['at+jwt', 'jwt']);
/** A header that brings its own key, says where to fetch one, or asks for an extension is never a provider's. */
const unusual = ['jwk', 'jku', 'x5u', 'x5c', 'crit'] as const;
const toleranceS = 5;
/** What was verified is believed for so long before it is verified again, and never longer than it says itself. */
const rememberMs = 300_000;
const rememberTokens = 5_000;

interface Person {
  readonly subject: Pseudonym;
  readonly roles: readonly Role[];
  readonly rights: readonly Right[];
  /** What their token says of the regulator they belong to. */
  readonly regulators: readonly string[];
}

const Payload = z.looseObject({ sub: z.string().min(1).max(255), exp: z.number(), aud: z.string() });
type Payload = z.infer<typeof Payload>;

/** The values of a claim that is found along a path; a single one is a list of one. */
export function valuesAt(claims: object, path: string): readonly string[] {
  let value: unknown = claims;
  for (const name of path.split('.')) {
    if (typeof value !== 'object' || value === null || !Object.hasOwn(value, name)) return [];
    value = Reflect.get(value, name);
  }
  const values: readonly unknown[] = Array.isArray(value) ? value : [value];
  return values.filter((one) => typeof one === 'string');
}

const unproved = () => new RequestError('UNAUTHENTICATED');

function assertOrdinary({ protectedHeader: header }: JWTVerifyResult): void {
  const type = header.typ?.toLowerCase().replace(/^application\//, '');
  if (type !== undefined && !tokenTypes.has(type)) throw unproved();
  if (unusual.some((name) => header[name] !== undefined)) throw unproved();
}

/** The role somebody asks in: the one they name if it is theirs, otherwise their first. */
function roleOf({ roles }: Person, stated: Role | null): Role {
  const role = stated ?? roles[0];
  if (role !== undefined && roles.includes(role)) return role;
  throw new RequestError('FORBIDDEN', {
    detail: stated === null ? 'This account has no role here.' : `This account has not the role ${stated}.`,
  });
}

export interface PeopleDoorOptions {
  /** The service whose door it is. */
  readonly member: MemberCode;
  readonly settings: PeopleSettings;
  /** The regulator that one of these names, where people of regulators sign in. */
  readonly findRegulator?: (names: readonly string[]) => RegulatorCode | undefined;
}

/** Who asks: somebody of the organisation that runs this service, or of a regulator. */
function sideOf({ member, findRegulator }: PeopleDoorOptions, role: Role, { regulators }: Person) {
  if (role !== 'REGULATOR' || findRegulator === undefined) return { from: 'OWN', member } as const;
  const regulator = findRegulator(regulators);
  if (regulator !== undefined) return { from: 'REGULATOR', member: regulator } as const;
  throw new RequestError('FORBIDDEN', { detail: 'This account names no regulator of the directory.' });
}

/** Rejects with `UNAUTHENTICATED`, `FORBIDDEN`, `BAD_REQUEST`, and `ISSUER_UNREACHABLE`. Without a provider nobody is let in. */
export function createPeopleDoor(options: PeopleDoorOptions): Door {
  const { member, settings } = options;
  const { LOOKOUT_OIDC_ISSUER: issuer, LOOKOUT_OIDC_JWKS_URL: jwksUrl } = settings;
  if (issuer === undefined) return { admit: () => Promise.reject(unproved()) };
  const audience = settings.LOOKOUT_OIDC_AUDIENCE ?? member;
  const findKey = createIssuerKeys({ issuer, jwksUrl });
  const pseudonymKey = Buffer.from(settings.LOOKOUT_PSEUDONYM_KEY ?? '', 'hex');
  const known = new LRUCache<string, Person>({ max: rememberTokens });

  const pseudonymOf = (sub: string): Pseudonym => {
    const mac = createHmac('sha256', pseudonymKey)
      .update(JSON.stringify([issuer, sub]))
      .digest();
    return Pseudonym.parse(mac.subarray(0, 16).toString('base64url'));
  };
  const personOf = (payload: Payload): Person => {
    const granted = valuesAt(payload, settings.LOOKOUT_OIDC_ROLES_CLAIM).flatMap((value) =>
      Object.hasOwn(settings.LOOKOUT_OIDC_ROLES, value) ? [settings.LOOKOUT_OIDC_ROLES[value]] : [],
    );
    return {
      subject: pseudonymOf(payload.sub),
      roles: granted.flatMap((one) => Role.safeParse(one).data ?? []),
      rights: granted.flatMap((one) => Right.safeParse(one).data ?? []),
      regulators: valuesAt(payload, settings.LOOKOUT_OIDC_REGULATOR_CLAIM),
    };
  };
  const verify = async (token: string): Promise<Person> => {
    const options = { issuer, audience, algorithms, requiredClaims: ['exp', 'sub'], clockTolerance: toleranceS };
    const verified = await jwtVerify(token, findKey, options).catch((error: unknown) => {
      throw error instanceof errors.JOSEError ? unproved() : error;
    });
    assertOrdinary(verified);
    // A token for several services could be passed on by each of them.
    const payload = Payload.safeParse(verified.payload).data;
    if (payload === undefined) throw unproved();
    const person = personOf(payload);
    const ttl = Math.min(rememberMs, (payload.exp + toleranceS) * 1000 - Date.now());
    if (ttl >= 1) known.set(token, person, { ttl: Math.floor(ttl) });
    return person;
  };

  return {
    async admit({ headers }) {
      const token = readBearer(headers);
      const person = known.get(token) ?? (await verify(token));
      const stated = readStated(headers);
      const role = roleOf(person, stated.role);
      const caller: Caller = {
        ...sideOf(options, role, person),
        role,
        subject: person.subject,
        purpose: stated.purpose,
        case: stated.case,
        rights: person.rights,
      };
      return { caller };
    },
  };
}
