/** Entries that become durable together, and the values of the one statement that writes them. */
import { randomFillSync } from 'node:crypto';

import type { AuditPayload, AuditReference } from '#schema/audit.ts';
import { civilDateOf } from '#schema/calendar.ts';
import type { CivilDate } from '#schema/calendar.ts';
import type { Counted } from '#schema/count-families.ts';

import type { Once } from '../../audit-port.ts';
import { append, commitmentOf, referenceTo, saltBytes, textOfPayload } from '../../domain/audit-chain.ts';
import type { ChainHead } from '../../domain/audit-chain.ts';

/** An entry that waits to be written. */
export interface Draft {
  /** The payload as it is hashed and kept. */
  readonly text: string;
  /** The donors it names, each once. */
  readonly donors: readonly Buffer[];
  readonly once: readonly Once[];
  /** What it counts as, and at which day. */
  readonly counted: readonly Counted[];
  readonly day: CivilDate;
}

/** Throws where a payload cannot be written down, so that it fails whoever brought it and not the group it would have gone with. */
export function draftOf(payload: AuditPayload, once: readonly Once[], counted: readonly Counted[] = []): Draft {
  const donors = 'donors' in payload ? payload.donors : [];
  const each = donors.length > 1 ? [...new Set(donors)] : donors;
  return {
    text: textOfPayload(payload),
    donors: each.map((donor) => Buffer.from(donor, 'base64url')),
    ...{ once, counted, day: civilDateOf(new Date(payload.at)) },
  };
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

/** How often each thing was counted in a group: a row a kind and day, not a row a check. */
function tallied(drafts: readonly Draft[]) {
  const rows = new Map<string, Counted & { readonly day: CivilDate; change: number }>();
  for (const { counted, day } of drafts) {
    for (const each of counted) {
      const name = `${each.family} ${each.class} ${day}`;
      const known = rows.get(name);
      if (known === undefined) rows.set(name, { ...each, day, change: 1 });
      else known.change += 1;
    }
  }
  return [...rows.values()];
}

/** The group of these drafts after a head. */
export function groupAfter(head: ChainHead, drafts: readonly Draft[]): Group {
  const texts = drafts.map(({ text }) => text);
  const drawn = drafts.map(freshSalt);
  const links = append(
    head,
    texts.map((text, place) => commitmentOf(drawn[place] ?? Buffer.alloc(0), text)),
  );
  const last = links.at(-1) ?? head;
  const once = drafts.flatMap((draft) => draft.once);
  const changes = tallied(drafts);
  return {
    head: { seq: last.seq, hash: last.hash },
    references: links.map(referenceTo),
    values: [
      ...[head.seq, head.hash, last.seq, last.hash, texts.join('\n'), Buffer.concat(drawn)],
      Buffer.concat(links.map(({ commitment }) => commitment)),
      Buffer.concat(links.map((link) => link.hash)),
      Buffer.concat(drafts.flatMap(({ donors }) => donors)),
      drafts.flatMap(({ donors }, place) => donors.map(() => place + 1)),
      once.map(({ id }) => id),
      once.map(({ until }) => until),
      changes.map(({ family }) => family),
      changes.map(({ day }) => day),
      changes.map((each) => each.class),
      changes.map(({ change }) => change),
    ],
  };
}
