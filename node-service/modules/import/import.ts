/**
 * The import of one file of a station's own system: bytes, text, rows, records, tables, each stage pulling from the one
 * before, so that a slow database slows the upload and memory stays flat. All of the file is stored, or nothing.
 */
import type { Pool } from 'pg';
import { v7 as uuidv7 } from 'uuid';

import { civilDateOf } from '#schema/calendar.ts';
import type { Member } from '#schema/directory.ts';
import { maxListedRejections } from '#schema/import.ts';
import type { ImportKind, ImportProgress, ImportRejection, ImportSummary } from '#schema/import.ts';

import type { Entry } from '../../audit-port.ts';
import type { Telling } from '../../db/outbox.ts';
import type { ClockPort, TokenPort } from '../../ports.ts';
import { readChunks } from './chunks.ts';
import type { Chunk } from './chunks.ts';
import { createDonationReader } from './donations.ts';
import { FileFault } from './file-fault.ts';
import { createLookoutReader } from './lookouts.ts';
import type { Profile } from './profile.ts';
import type { Circumstances, Reader } from './reader.ts';
import { createRegistrationReader } from './registrations.ts';
import { readRows } from './rows.ts';
import { createStore } from './store.ts';
import type { Store, Stored } from './store.ts';
import { readText } from './text.ts';

export interface ImportDependencies {
  readonly pool: Pool;
  readonly tokens: TokenPort;
  readonly clock: ClockPort;
  readonly station: Pick<Member, 'kind'>;
  readonly profile: Profile;
  readonly telling: Telling;
}

export interface ImportRequest {
  readonly kind: ImportKind;
  /** The bytes of the file. Not read faster than the rows are stored. */
  readonly input: AsyncIterable<Uint8Array>;
  readonly deps: ImportDependencies;
  /** What the file leaves in the record. */
  readonly entry: Pick<Entry, 'changed'>;
  /** Told of rejected rows in the order of their lines, and of the progress. */
  readonly onEvent: (event: ImportProgress | ImportRejection) => void;
  /** Undoes the import if it fires before the end. */
  readonly signal?: AbortSignal;
}

function createReader(kind: ImportKind, profile: Profile, circumstances: Circumstances): Reader {
  switch (kind) {
    case 'donations':
      return createDonationReader(profile.donations, circumstances);
    case 'lookouts':
      return createLookoutReader(profile.lookouts, circumstances);
    case 'registrations':
      return createRegistrationReader(profile.registrations, circumstances);
  }
}

interface Tally {
  readonly summary: ImportSummary;
  count(chunk: Chunk, stored: Stored): void;
}

/** Counts what became of the rows, and tells of those that were left out, up to the limit. */
function createTally(onEvent: ImportRequest['onEvent']): Tally {
  const summary = { rows: 0, inserted: 0, updated: 0, duplicates: 0, rejected: 0 };
  return {
    summary,
    count(chunk: Chunk, stored: Stored) {
      const contradicting = stored.conflicts.map((line): ImportRejection => ({
        type: 'rejected',
        line,
        code: 'CONFLICT',
      }));
      const rejected = [...chunk.rejected, ...contradicting].sort((one, other) => one.line - other.line);
      for (const rejection of rejected.slice(0, Math.max(0, maxListedRejections - summary.rejected)))
        onEvent(rejection);
      summary.rows += chunk.rows;
      summary.inserted += stored.inserted;
      summary.updated += stored.updated;
      summary.duplicates += stored.duplicates;
      summary.rejected += rejected.length;
      onEvent({ type: 'progress', bytes: chunk.bytes, rows: summary.rows });
    },
  };
}

/** Stores each chunk while the next one is read. */
async function storeAll(chunks: AsyncIterable<Chunk>, store: Store, tally: Tally): Promise<void> {
  let storing = Promise.resolve();
  try {
    for await (const chunk of chunks) {
      await storing;
      storing = store.add(chunk.records).then((stored) => {
        tally.count(chunk, stored);
      });
      // Seen at the next turn; until then it is nobody's.
      storing.catch(() => undefined);
    }
  } finally {
    await storing;
  }
}

/**
 * Imports one file in one transaction. Repeating it changes nothing.
 *
 * @throws FileFault when the file as a whole cannot be imported; then nothing has changed.
 */
export async function importFile({ kind, input, deps, entry, onEvent, signal }: ImportRequest): Promise<ImportSummary> {
  const startedAt = deps.clock.now();
  const { encoding } = deps.profile[kind];
  const circumstances = { kind: deps.station.kind, now: startedAt, today: civilDateOf(startedAt) };
  const reader = createReader(kind, deps.profile, circumstances);
  const tally = createTally(onEvent);
  const { partitions, onTold } = deps.telling;
  const chunks = readChunks(readRows(readText(input, encoding)), reader, deps.tokens, partitions);

  const store = createStore(deps.pool, reader.table, startedAt);
  try {
    await storeAll(chunks, store, tally);
    if (signal?.aborted === true) throw new FileFault('CUT_OFF', undefined, signal.reason);
    const finishedAt = deps.clock.now();
    await store.commit({ id: uuidv7(), kind, startedAt, finishedAt, ...tally.summary }, entry);
    onTold();
  } catch (error) {
    await store.rollback();
    throw error;
  }
  return tally.summary;
}
