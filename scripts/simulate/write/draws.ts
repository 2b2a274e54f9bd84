/** The draws of one station in little memory: nine bytes a draw, sorted when all are there. */
import type { Outcome } from '#schema/procedures.ts';

import type { SimulatedProcedure } from '../person.ts';
import type { DocumentId } from './document.ts';

/** One draw as a station's own system keeps it. */
export interface Draw {
  readonly document: DocumentId;
  /** The minute since 1970. */
  readonly at: number;
  readonly procedure: SimulatedProcedure;
  readonly volumeMl: number;
  readonly outcome: Outcome;
}

export interface Draws {
  readonly length: number;
  add(draw: Draw): void;
  /** All of them, the earliest first. */
  inOrder(): Generator<Draw>;
}

type Kind = Omit<Draw, 'document' | 'at'>;

export function createDraws(): Draws {
  let [documents, minutes, kinds] = [new Uint32Array(64), new Uint32Array(64), new Uint8Array(64)];
  let length = 0;
  // There are few ways to give, so a draw holds the number of one.
  const kindsKnown: Kind[] = [];
  const numberOf = new Map<string, number>();

  function grow(): void {
    const [oldDocuments, oldMinutes, oldKinds] = [documents, minutes, kinds];
    const size = Math.ceil(length * 1.5);
    [documents, minutes, kinds] = [new Uint32Array(size), new Uint32Array(size), new Uint8Array(size)];
    documents.set(oldDocuments);
    minutes.set(oldMinutes);
    kinds.set(oldKinds);
  }

  function kindOf({ procedure, volumeMl, outcome }: Kind): number {
    const name = `${procedure} ${volumeMl} ${outcome}`;
    const known = numberOf.get(name);
    if (known !== undefined) return known;
    numberOf.set(name, kindsKnown.length);
    return kindsKnown.push({ procedure, volumeMl, outcome }) - 1;
  }

  return {
    get length() {
      return length;
    },
    add(draw) {
      if (length === documents.length) grow();
      documents[length] = draw.document;
      minutes[length] = draw.at;
      kinds[length] = kindOf(draw);
      length += 1;
    },
    *inOrder() {
      // Minute and place in one number each: sorted by the first, and by the second where those are the same.
      const order = new Float64Array(length);
      for (let place = 0; place < length; place += 1) order[place] = (minutes[place] ?? 0) * 2 ** 25 + place;
      order.sort();
      for (const key of order) {
        const place = key % 2 ** 25;
        const kind = kindsKnown[kinds[place] ?? 0];
        if (kind !== undefined) yield { document: documents[place] ?? 0, at: minutes[place] ?? 0, ...kind };
      }
    },
  };
}
