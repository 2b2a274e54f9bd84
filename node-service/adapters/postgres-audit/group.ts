/** Entries that become durable together, and the values of the one statement that writes them. */
import { randomFillSync } from 'node:crypto';

import type { AuditPayload, AuditReference } from '#schema/audit.ts';

import type { Once } from '../../audit-port.ts';
import { append, commitmentOf, referenceTo, saltBytes, textOfPayload } from '../../domain/audit-chain.ts';
import type { ChainHead } from '../../domain/audit-chain.ts';

/** An entry that waits to be written. */
export interface Draft {
  readonly payload: AuditPayload;
  readonly once: readonly Once[];
}

/** What is written, and where each entry has its place. */
export interface Group {
  readonly values: unknown[];
  readonly head: ChainHead;
  readonly references: readonly AuditReference[];
}

// Random bytes are drawn for many entries at once: each draw has its price.
const salts = Buffer.alloc(saltBytes * 256);
let used = salts.length;

function freshSalt(): Buffer {
  if (used === salts.length) {
    randomFillSync(salts);
    used = 0;
  }
  used += saltBytes;
  return Buffer.from(salts.subarray(used - saltBytes, used));
}

/** The donors an entry names, each once. */
function donorsOf({ payload }: Draft): readonly string[] {
  const donors = 'donors' in payload ? payload.donors : [];
  return donors.length > 1 ? [...new Set(donors)] : donors;
}

/** The group of these drafts after a head. */
export function groupAfter(head: ChainHead, drafts: readonly Draft[]): Group {
  const texts = drafts.map(({ payload }) => textOfPayload(payload));
  const drawn = drafts.map(freshSalt);
  const links = append(
    head,
    texts.map((text, place) => commitmentOf(drawn[place] ?? Buffer.alloc(0), text)),
  );
  const last = links.at(-1) ?? head;
  const donors = drafts.map(donorsOf);
  const once = drafts.flatMap((draft) => draft.once);
  return {
    head: { seq: last.seq, hash: last.hash },
    references: links.map(referenceTo),
    values: [
      ...[head.seq, head.hash, last.seq, last.hash, texts.join('\n'), Buffer.concat(drawn)],
      Buffer.concat(links.map(({ commitment }) => commitment)),
      Buffer.concat(links.map((link) => link.hash)),
      Buffer.concat(donors.flat().map((donor) => Buffer.from(donor, 'base64url'))),
      donors.flatMap((named, place) => named.map(() => place + 1)),
      once.map(({ id }) => id),
      once.map(({ until }) => until),
    ],
  };
}
