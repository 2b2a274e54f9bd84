/**
 * The chain of hashes of the record, pure. An entry's hash is over its place, the hash before it and its commitment; the first
 * one's is over the member's code in the place of a hash before it. So whoever knows the hash of one entry knows all before it.
 */
import { hash } from 'node:crypto';

import canonicalize from 'canonicalize';

import type { AuditPayload, AuditReference } from '#schema/audit.ts';
import type { MemberCode } from '#schema/caller.ts';
import type { Digest } from '#schema/ids.ts';

/** The last entry of a chain; `seq` is 0 while it has none. */
export interface ChainHead {
  readonly seq: number;
  /** 32 bytes. */
  readonly hash: Buffer;
}

/** A link of the chain. */
export interface ChainLink extends ChainHead {
  /** 32 bytes. */
  readonly commitment: Buffer;
}

/** How many random bytes go before a payload, so that nobody can find out by trying what an erased one said. */
export const saltBytes = 16;

// What is hashed says what it is, so that no hash of one kind passes for another.
const entryLabel = Buffer.from('donor-lookout audit entry 1\n');
const genesisLabel = 'donor-lookout audit chain 1\n';

const sha256 = (bytes: Uint8Array | string): Buffer => hash('sha256', bytes, 'buffer');

/** A payload as it is hashed and kept: canonical JSON (RFC 8785), which is one line. */
export function textOfPayload(payload: AuditPayload): string {
  return canonicalize(payload) ?? '';
}

/** @param salt 16 random bytes. @param text the payload as `textOfPayload` writes it. */
export function commitmentOf(salt: Uint8Array, text: string): Buffer {
  return sha256(Buffer.concat([salt, Buffer.from(text)]));
}

/** The head of the chain of a member that has written nothing down yet. */
export function genesisOf(member: MemberCode): ChainHead {
  return { seq: 0, hash: sha256(`${genesisLabel}${member}`) };
}

/** The link after a head. */
export function linkAfter(head: ChainHead, commitment: Buffer): ChainLink {
  const place = Buffer.alloc(8);
  const seq = head.seq + 1;
  place.writeBigUInt64BE(BigInt(seq));
  return { seq, commitment, hash: sha256(Buffer.concat([entryLabel, place, head.hash, commitment])) };
}

/** The links after a head, in the order of the commitments. */
export function append(head: ChainHead, commitments: readonly Buffer[]): ChainLink[] {
  let last = head;
  return commitments.map((commitment) => {
    const link = linkAfter(last, commitment);
    last = link;
    return link;
  });
}

/** A head as others are told of it. */
export function referenceTo(head: ChainHead): AuditReference {
  return { seq: head.seq, hash: head.hash.toString('base64url') as Digest };
}

/** An entry as it was found. */
export interface FoundEntry extends ChainLink {
  /** Null together with the salt when it was erased. */
  readonly payload: string | null;
  readonly salt: Buffer | null;
  /** The donors the index names for it, in hexadecimal, in order, without repetition. */
  readonly donors: readonly string[];
}

/** What can be wrong with a chain. */
export type ChainFault =
  /** An entry is not there though later ones are. */
  | 'ENTRY_MISSING'
  /** What it says is not what was written down: payload or salt do not give the commitment, or one of the two is gone. */
  | 'PAYLOAD_CHANGED'
  /** Its hash does not follow from the one before and its commitment. */
  | 'HASH_CHANGED'
  /** The index names other donors for it than it names itself. */
  | 'DONORS_CHANGED'
  /** The place the chain is said to have come to is not its last entry. */
  | 'HEAD_CHANGED'
  /** Others hold a signed head with another hash for it: the chain was written anew from here or before. */
  | 'CONTRADICTS_HEAD'
  /** Others hold a signed head beyond the last entry: the end was cut off, or an old backup was restored. */
  | 'CUT_OFF';

/** The first thing that is wrong, and the place of the entry. */
export interface BadEntry {
  readonly seq: number;
  readonly fault: ChainFault;
}

export interface ChainCheck {
  /** Looks at the entries in their order; answers what is wrong with this one, after which nothing more can be said. */
  next(entry: FoundEntry): BadEntry | null;
  /** After the last entry: `head` is the place the chain is said to have come to. */
  end(head: ChainHead): BadEntry | null;
  /** Entries so far, and how many of them are erased. */
  counts(): { readonly entries: number; readonly erased: number };
}

/** The donors a payload names as the index has them; null when it is no payload. */
function donorsNamedIn(text: string): string[] | null {
  try {
    const { donors = [] } = JSON.parse(text) as { donors?: unknown };
    if (!Array.isArray(donors)) return null;
    const names = donors.map((donor) => Buffer.from(String(donor), 'base64url').toString('hex'));
    return [...new Set(names)].sort();
  } catch {
    return null;
  }
}

function faultWithin({ payload, salt, commitment, donors }: FoundEntry): ChainFault | null {
  if (payload === null && salt === null) return donors.length === 0 ? null : 'DONORS_CHANGED';
  // Of one length, or bytes could change sides between the two.
  if (payload === null || salt?.length !== saltBytes) return 'PAYLOAD_CHANGED';
  if (!commitmentOf(salt, payload).equals(commitment)) return 'PAYLOAD_CHANGED';
  const named = donorsNamedIn(payload);
  return named?.join() === donors.join() ? null : 'DONORS_CHANGED';
}

/**
 * Checks a chain entry by entry, in bounded memory.
 *
 * @param heads what the member has said of its chain, verified, in any order; those who contradict each other are found too.
 */
export function checkChain(member: MemberCode, heads: readonly AuditReference[]): ChainCheck {
  const awaited = heads.toSorted((one, other) => one.seq - other.seq);
  let last = genesisOf(member);
  let erased = 0;
  let nextHead = 0;

  function contradicts({ seq, hash: found }: ChainHead): boolean {
    const text = found.toString('base64url');
    let isContradicted = false;
    for (; (awaited[nextHead]?.seq ?? Infinity) <= seq; nextHead += 1) {
      isContradicted ||= awaited[nextHead]?.hash !== text;
    }
    return isContradicted;
  }

  function faultOf(entry: FoundEntry): ChainFault | null {
    if (entry.seq !== last.seq + 1) return 'ENTRY_MISSING';
    const within = faultWithin(entry);
    if (within === 'PAYLOAD_CHANGED') return within;
    if (!linkAfter(last, entry.commitment).hash.equals(entry.hash)) return 'HASH_CHANGED';
    return within ?? (contradicts(entry) ? 'CONTRADICTS_HEAD' : null);
  }

  return {
    next(entry) {
      const fault = faultOf(entry);
      // What is missing comes before what was found in its place.
      if (fault !== null) return { seq: fault === 'ENTRY_MISSING' ? last.seq + 1 : entry.seq, fault };
      last = { seq: entry.seq, hash: entry.hash };
      if (entry.payload === null) erased += 1;
      return null;
    },
    end(head) {
      if (nextHead < awaited.length) return { seq: last.seq + 1, fault: 'CUT_OFF' };
      const isThere = head.seq === last.seq && head.hash.equals(last.hash);
      return isThere ? null : { seq: Math.min(head.seq, last.seq) + 1, fault: 'HEAD_CHANGED' };
    },
    counts: () => ({ entries: last.seq, erased }),
  };
}
