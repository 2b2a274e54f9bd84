/**
 * What was applied of each origin, in memory: what the watermarks rest on, and where it is seen that something is missing. The
 * instance that applies feeds its own in process; the others hear of it and feed theirs. Whenever it may have missed
 * something it knows nothing until it has read all of it again, and then no answer rests on the copy.
 */
import type { EventId, StationCode } from '#schema/ids.ts';

import { isBroken, nothingHeard } from '../domain/sequence.ts';
import type { Heard } from '../domain/sequence.ts';
import type { Watermarks } from '../domain/watermark.ts';
import type { Applied, InboxPort, JudgedClaim, OriginProgress } from '../ports.ts';

export type OnClaims = (claims: ReadonlyMap<EventId, JudgedClaim>) => void;

export interface Progress {
  /** Something was applied. */
  take(applied: Applied): void;
  /** Reads everything again; until then nothing counts. */
  reload(): Promise<void>;
  /** Nothing counts any more, whatever is heard, until it was read again. */
  forget(): void;
  /** Whether everything was read. */
  isKnown(): boolean;
  heardOf(origin: StationCode, partition: number): Heard;
  /** Origins of which something is missing or in doubt. */
  broken(): OriginProgress[];
  /** Calls `listener` with what becomes of claims of this station, and with none after something may have been missed. Answers a function that ends it. */
  onClaims(listener: OnClaims): () => void;
}

interface Dependencies {
  readonly inbox: Pick<InboxPort, 'progress'>;
  readonly watermarks: Pick<Watermarks, 'heard' | 'forget'>;
}

const nameOf = ({ origin, partition }: Pick<OriginProgress, 'origin' | 'partition'>): string =>
  `${origin} ${partition}`;

/** Of two tellings whose order is not known: as far as the further, as doubtful as the more doubtful. */
function merged(one: Heard, other: Heard): Heard {
  const doubts = [one.forkedAt, other.forkedAt].filter((doubt) => doubt !== null);
  return {
    upTo: Math.max(one.upTo, other.upTo),
    highest: Math.max(one.highest, other.highest),
    forkedAt: doubts.length === 0 ? null : Math.min(...doubts),
  };
}

export function createProgress({ inbox, watermarks }: Dependencies): Progress {
  const all = new Map<string, OriginProgress>();
  const broken = new Map<string, OriginProgress>();
  const listeners = new Set<OnClaims>();
  let state: 'held' | 'loading' | 'known' = 'held';
  let meanwhile: OriginProgress[] = [];
  let loading = 0;

  function note(progress: OriginProgress): void {
    const name = nameOf(progress);
    all.set(name, progress);
    if (isBroken(progress.heard)) broken.set(name, progress);
    else broken.delete(name);
    watermarks.heard(progress.origin, progress.partition, progress.heard);
  }

  function clear(): void {
    all.clear();
    broken.clear();
    meanwhile = [];
    watermarks.forget();
  }

  const tell: OnClaims = (claims) => {
    for (const listener of listeners) listener(claims);
  };

  return {
    take({ heard, claims }) {
      if (state === 'known') heard.forEach(note);
      if (state === 'loading') meanwhile.push(...heard);
      if (claims.size > 0) tell(claims);
    },
    async reload() {
      loading += 1;
      const turn = loading;
      state = 'loading';
      clear();
      const read = await inbox.progress();
      if (turn !== loading) return;
      // Told while it was read: it may be older than what was read, or newer.
      read.forEach(note);
      for (const progress of meanwhile) {
        const before = all.get(nameOf(progress))?.heard ?? nothingHeard;
        note({ ...progress, heard: merged(before, progress.heard) });
      }
      meanwhile = [];
      state = 'known';
      tell(new Map());
    },
    forget() {
      loading += 1;
      state = 'held';
      clear();
    },
    isKnown: () => state === 'known',
    heardOf: (origin, partition) => all.get(nameOf({ origin, partition }))?.heard ?? nothingHeard,
    broken: () => [...broken.values()],
    onClaims(listener) {
      listeners.add(listener);
      return () => listeners.delete(listener);
    },
  };
}
