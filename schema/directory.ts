/** The directory: who is a member, where its node service is, and whether it takes part. A file for now. */
import { z } from 'zod';

import { ProvinceCode, StationCode } from './ids.ts';
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

/** One member station. A suspended member is asked nothing and its silence makes no answer incomplete. */
export const Member = z.strictObject({
  code: StationCode,
  kind: StationKind,
  province: ProvinceCode,
  nameZh: z.string().min(1).max(100),
  nameEn: z.string().min(1).max(100),
  /** The base URL of the member's node service, without a path. */
  endpoint: z.url({ protocol: /^https?$/ }),
  status: z.enum(['ACTIVE', 'SUSPENDED']),
  /** The keys the member signs its events with; whoever has none can say nothing in the log. */
  keys: z.array(SigningKey).max(20).default([]),
});
export type Member = z.infer<typeof Member>;

/** What all members hold to, so that they understand each other. */
export const Policy = z.strictObject({
  /** How many partitions the donor log has. Fixed for the life of the log: a donor's order lives in one of them. */
  logPartitions: z.int().min(1).max(1_000).default(12),
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
});
export type Policy = z.infer<typeof Policy>;

/** All members and what they hold to. The version rises with every change. */
export const Directory = z
  .strictObject({
    version: z.int().min(1),
    policy: Policy.prefault({}),
    members: z.array(Member).max(5000),
  })
  .refine((directory) => new Set(directory.members.map((member) => member.code)).size === directory.members.length, {
    message: 'a station is in the directory once',
  });
export type Directory = z.infer<typeof Directory>;
