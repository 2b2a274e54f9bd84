/**
 * The directory: who is a member, where its service is, which keys it signs with, and what all members hold to. Signed by the
 * federation's authorities (`SignedDirectory`); its version rises with every change.
 */
import { hash } from 'node:crypto';

import { z } from 'zod';

import { GatewayCode, ProvinceCode, RegulatorCode, StationCode } from './ids.ts';
import { StationKind } from './procedures.ts';

/**
 * A public key a member signs with: Ed25519 as a JWK (RFC 8037), named by its thumbprint (RFC 7638). What it signed counts
 * when the log took it from `notBefore` to `notAfter` (null: still in use).
 */
export const SigningKey = z.strictObject({
  kid: z.string().regex(/^[A-Za-z0-9_-]{43}$/),
  kty: z.literal('OKP'),
  crv: z.literal('Ed25519'),
  x: z.string().regex(/^[A-Za-z0-9_-]{43}$/),
  notBefore: z.iso.datetime(),
  notAfter: z.iso.datetime().nullable(),
});
export type SigningKey = z.infer<typeof SigningKey>;

/** The name of a key: the hash of its parts in the order of the alphabet (RFC 7638), so that no two keys share one. */
export function thumbprintOf({ crv, kty, x }: Pick<SigningKey, 'crv' | 'kty' | 'x'>): string {
  return hash('sha256', JSON.stringify({ crv, kty, x }), 'base64url');
}

/** The time during which a member's questions are refused and what the log takes of it does not count; open while `until` is null. */
export const Suspension = z.strictObject({ since: z.iso.datetime(), until: z.iso.datetime().nullable() });
export type Suspension = z.infer<typeof Suspension>;

/**
 * One member station. A suspended member is asked nothing, answered nothing, and its silence makes no answer incomplete; its
 * own desk admits nobody. What it said before it was suspended stays valid.
 */
export const Member = z.strictObject({
  code: StationCode,
  kind: StationKind,
  province: ProvinceCode,
  nameZh: z.string().min(1).max(100),
  nameEn: z.string().min(1).max(100),
  /** The base URL of the member's node service, without a path. */
  endpoint: z.url({ protocol: /^https?$/ }),
  /** `SUSPENDED` exactly while the last suspension is open. */
  status: z.enum(['ACTIVE', 'SUSPENDED']),
  /** The oldest first. */
  suspensions: z.array(Suspension).max(100),
  /** The keys the member signs with; whoever has none can say nothing. */
  keys: z.array(SigningKey).max(20),
});
export type Member = z.infer<typeof Member>;

/**
 * Whether a member was suspended at a moment: from the beginning of a suspension until before its end. What it is now, its
 * status says.
 *
 * @param time milliseconds since 1970.
 */
export function memberStandingAt({ suspensions }: Pick<Member, 'suspensions'>, time: number): Member['status'] {
  const covers = ({ since, until }: Suspension): boolean =>
    time >= Date.parse(since) && (until === null || time < Date.parse(until));
  return suspensions.some(covers) ? 'SUSPENDED' : 'ACTIVE';
}

/** What one gateway may do and others may not. `AGGREGATES`: gather the counts of all stations, for regulators. */
export const GatewayRight = z.enum(['AGGREGATES']);
export type GatewayRight = z.infer<typeof GatewayRight>;

/** One gateway. */
export const Gateway = z.strictObject({
  code: GatewayCode,
  /** The base URL, without a path. */
  endpoint: z.url({ protocol: /^https?$/ }),
  status: z.enum(['ACTIVE', 'SUSPENDED']),
  keys: z.array(SigningKey).max(20),
  rights: z.array(GatewayRight).max(10).default([]),
});
export type Gateway = z.infer<typeof Gateway>;

/** One regulator: it runs no service, holds nothing, and asks for figures only, at the gateway. */
export const Regulator = z.strictObject({
  code: RegulatorCode,
  nameZh: z.string().min(1).max(100),
  nameEn: z.string().min(1).max(100),
  status: z.enum(['ACTIVE', 'SUSPENDED']),
  /** The keys it signs its questions with; without one its people sign in at the gateway. */
  keys: z.array(SigningKey).max(20),
});
export type Regulator = z.infer<typeof Regulator>;

/** A key of an authority: it signs directories and nothing else. */
export const AuthorityKey = SigningKey.omit({ notBefore: true, notAfter: true }).extend({
  /** Who holds it, for people. */
  name: z.string().min(1).max(100),
});
export type AuthorityKey = z.infer<typeof AuthorityKey>;

/**
 * The authorities, and how many of them have to sign. A version that changes them is signed by enough of the old and enough
 * of the new ones.
 */
export const Authorities = z
  .strictObject({ threshold: z.int().min(1).max(20), keys: z.array(AuthorityKey).min(1).max(20) })
  .refine(({ threshold, keys }) => threshold <= keys.length, 'more signatures are asked for than there are keys')
  .refine(({ keys }) => new Set(keys.map(({ kid }) => kid)).size === keys.length, 'a key is an authority once');
export type Authorities = z.infer<typeof Authorities>;

/** What all members hold to, so that they understand each other. */
export const Policy = z.strictObject({
  /** How many partitions the donor log has. Fixed for the life of the log: a donor's order lives in one of them. */
  logPartitions: z.int().min(1).max(1_000).default(12),
  /**
   * How often the log was made anew: to be raised by one each time, once it is there. Members that saw it count by themselves; it
   * is for those that join later or begin their copy again, so that a fact has the same place everywhere.
   */
  logEpoch: z.int().min(0).max(8_000).default(0),
  /** A station's heartbeat comes this often. */
  heartbeatMs: z.int().min(100).max(60_000).default(3_000),
  /** Replicated facts of a station count as fresh while its watermark is younger than this; then it is asked live. */
  freshMs: z.int().min(500).max(600_000).default(15_000),
  /** How long a permit holds when nobody completes or releases it. */
  permitMs: z
    .int()
    .min(60_000)
    .max(86_400_000)
    .default(4 * 3_600_000),
  /** Every node looks for a newer directory at others this often. */
  directoryMs: z.int().min(100).max(3_600_000).default(15_000),
  /** The books of a month are closed this many days after its end: what is written down later is in none of the figures. */
  closingDays: z.int().min(0).max(90).default(10),
});
export type Policy = z.infer<typeof Policy>;

const isUnique = (names: readonly string[]): boolean => new Set(names).size === names.length;

/** Each suspension ends before the next begins, and the last is open exactly while the member is suspended. */
function suspensionsFit({ status, suspensions }: Member): boolean {
  const open = suspensions.findIndex(({ until }) => until === null);
  const inOrder = suspensions.every(({ since, until }, at) => {
    const next = suspensions[at + 1];
    const end = until ?? since;
    return Date.parse(since) <= Date.parse(end) && (next === undefined || Date.parse(end) <= Date.parse(next.since));
  });
  const last = suspensions.length - 1;
  return inOrder && (status === 'SUSPENDED' ? open >= 0 && open === last : open < 0);
}

const keyTimesFit = ({ notBefore, notAfter }: SigningKey): boolean =>
  notAfter === null || Date.parse(notBefore) <= Date.parse(notAfter);

interface KeyHolders {
  readonly members: readonly Member[];
  readonly gateways: readonly Gateway[];
  readonly regulators: readonly Regulator[];
  readonly authorities: Authorities;
}

const allKeysOf = ({ members, gateways, regulators, authorities }: KeyHolders): (SigningKey | AuthorityKey)[] => [
  ...[...members, ...gateways, ...regulators].flatMap(({ keys }) => keys),
  ...authorities.keys,
];

/**
 * All members and what they hold to. After `softUntil` nobody is admitted and no bar is lifted until a newer version comes;
 * after `hardUntil` every check is `INDETERMINATE`. A key is in it once, whoever holds it, and is named by its own hash.
 */
export const Directory = z
  .strictObject({
    version: z.int().min(1),
    issuedAt: z.iso.datetime(),
    softUntil: z.iso.datetime(),
    hardUntil: z.iso.datetime(),
    authorities: Authorities,
    policy: Policy,
    /** The rule sets in force in the federation, by id and hash. */
    ruleSets: z
      .array(z.strictObject({ id: z.string().min(1).max(40), hash: z.string().regex(/^[0-9a-f]{64}$/) }))
      .max(100),
    gateways: z.array(Gateway).max(20),
    regulators: z.array(Regulator).max(100).default([]),
    members: z.array(Member).max(5000),
  })
  .refine(({ members }) => isUnique(members.map(({ code }) => code)), 'a station is in the directory once')
  .refine(({ gateways }) => isUnique(gateways.map(({ code }) => code)), 'a gateway is in the directory once')
  .refine(({ regulators }) => isUnique(regulators.map(({ code }) => code)), 'a regulator is in the directory once')
  // What was shown is remembered there, and nowhere else.
  .refine(
    ({ gateways }) => gateways.filter(({ rights }) => rights.includes('AGGREGATES')).length <= 1,
    'one gateway gathers figures',
  )
  .refine((directory) => isUnique(allKeysOf(directory).map(({ kid }) => kid)), 'a key is in the directory once')
  .refine(
    (directory) => allKeysOf(directory).every((key) => key.kid === thumbprintOf(key)),
    'a key is named by its hash',
  )
  .refine(
    ({ members, gateways, regulators }) =>
      [...members, ...gateways, ...regulators].every(({ keys }) => keys.every(keyTimesFit)),
    'a key ends after it begins',
  )
  .refine(({ members }) => members.every(suspensionsFit), 'the suspensions of a member and its status do not fit')
  .refine(
    ({ issuedAt, softUntil, hardUntil }) =>
      Date.parse(issuedAt) <= Date.parse(softUntil) && Date.parse(softUntil) <= Date.parse(hardUntil),
    'the directory expires in the wrong order',
  );
export type Directory = z.infer<typeof Directory>;

/**
 * A directory as it travels and lies on disk: a JWS in general JSON serialisation (RFC 7515 section 7.2.1) whose payload is the
 * canonical JSON (RFC 8785) of a `Directory`, with one signature for each authority that signed (`alg` EdDSA, `kid`, `typ` below).
 */
export const SignedDirectory = z.object({
  payload: z.string().max(8_000_000),
  signatures: z.array(z.object({ protected: z.string().max(500), signature: z.string().max(200) })).max(40),
});
export type SignedDirectory = z.infer<typeof SignedDirectory>;

export const directoryType = 'lookout-directory+jws';

/** How a directory stands at a moment. */
export type DirectoryStanding = 'FRESH' | 'SOFT_EXPIRED' | 'HARD_EXPIRED';

/** @param now milliseconds since 1970. */
export function standingOf(
  { softUntil, hardUntil }: Pick<Directory, 'softUntil' | 'hardUntil'>,
  now: number,
): DirectoryStanding {
  if (now >= Date.parse(hardUntil)) return 'HARD_EXPIRED';
  return now >= Date.parse(softUntil) ? 'SOFT_EXPIRED' : 'FRESH';
}
