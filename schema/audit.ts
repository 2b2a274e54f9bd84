/**
 * The record of who asked what and what was answered: a chain of hashes a member. An entry is durable before the answer it is
 * about leaves. Its payload can be erased (Personal Information Protection Law, article 47) without breaking the chain, because
 * the chain is over commitments: SHA-256 of 16 random bytes and the payload as canonical JSON (RFC 8785).
 */
import { z } from 'zod';

import { Asker, MemberCode } from './caller.ts';
import { digestOf } from './digest.ts';
import { Digest, StationCode } from './ids.ts';
import type { DonorToken } from './ids.ts';

const caller = Asker.extend({ from: z.enum(['OWN', 'MEMBER', 'GATEWAY', 'REGULATOR']), member: MemberCode });

/** A donor as an entry or a receipt names one: SHA-256 of the 43 characters of the token. */
export const digestOfDonor = (token: DonorToken): Digest => digestOf(token);

/** The donors an entry is about, each by `digestOfDonor`, in the order of the question. */
const donors = z.array(Digest).max(1_000);

const at = z.iso.datetime({ precision: 3 });

/** A compact JWT as its member signed it, so that this member alone can prove what the other one said; null where there is none. */
const signed = z.string().max(4_000).nullable().default(null);

/** What was asked here and what was answered. `outcome` is a verdict or a code; `answer` the hash of what was said where another member asked. */
const Answered = z.object({
  kind: z.literal('ANSWERED'),
  at,
  caller,
  /** `Type.field`, or method and path. */
  field: z.string().max(100),
  donors,
  outcome: z.array(z.string().max(60)).max(1_000),
  /** SHA-256 of the compact request JWT of another member; null for one's own. */
  request: Digest.nullable(),
  answer: Digest.nullable(),
  /** That request. */
  signed,
});

/** What this member asked others, on whose behalf, and what each of them said: the hash of its answer, or why there is none. */
const Asked = z.object({
  kind: z.literal('ASKED'),
  at,
  caller,
  donors,
  request: Digest,
  /** The own request, which the answers name. */
  signed,
  answers: z
    .array(
      z.object({
        station: StationCode,
        answer: Digest.nullable(),
        fault: z.string().max(60).nullable(),
        /** The JWT of the answer. */
        signed,
      }),
    )
    .max(5_000),
});

/** What was written down here, by whom; `record` is the number of the record. */
const Changed = z.object({
  kind: z.literal('CHANGED'),
  at,
  caller,
  field: z.string().max(100),
  donors,
  record: z.string().max(60).nullable(),
  outcome: z.string().max(60),
});

/** Who was turned away; many of one kind within a minute are one entry with their number. */
const TurnedAway = z.object({
  kind: z.literal('REFUSED'),
  at,
  caller: caller.nullable(),
  field: z.string().max(100).nullable(),
  code: z.string().max(60),
  times: z.int().min(1),
});

/** A version of the directory was taken; `digest` is that of its payload. */
const DirectoryTaken = z.object({ kind: z.literal('DIRECTORY'), at, version: z.int().min(1), digest: Digest });

/** The payload of an entry. */
export const AuditPayload = z.discriminatedUnion('kind', [Answered, Asked, Changed, TurnedAway, DirectoryTaken]);
export type AuditPayload = z.infer<typeof AuditPayload>;

/** The last entry of a chain, by its place (1, 2, 3 ...) and hash. */
export const AuditReference = z.object({ seq: z.int().min(1), hash: Digest });
export type AuditReference = z.infer<typeof AuditReference>;

/** What a member signs and says on the control topic: its chain has come to here. */
export const AuditHead = AuditReference.extend({ origin: MemberCode, at });
export type AuditHead = z.infer<typeof AuditHead>;
