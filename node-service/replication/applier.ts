/**
 * How a station learns from the log. Records are verified, many in flight; then one transaction takes what is new of them,
 * draws the conclusions, and moves the position. What cannot be taken goes to quarantine and holds nothing up.
 */
import type { EventId, StationCode } from '#schema/ids.ts';

import type {
  DirectoryPort,
  InboxPort,
  InboxTransaction,
  JudgedClaim,
  LogBatch,
  LogRecord,
  OriginProgress,
  PlacedEvent,
  QuarantinedRecord,
  ResentEvent,
  VerifierPort,
} from '../ports.ts';
import { createGate } from './applier-gate.ts';
import type { Conclusions } from './applier-settling.ts';
import { originsOf, take } from './applier-transaction.ts';
import type { Done, Work } from './applier-transaction.ts';
import { createEventReader } from './events.ts';
import type { EventReader, Located, Reading } from './events.ts';

/** So many records are one transaction; while it runs, the next so many are verified. */
const recordsAtOnce = 1_000;

/** So many partitions are written at once: the connections of a station are there for its desks. */
const transactionsAtOnce = 2;

/** What was applied, once it is kept. */
export interface AppliedBatch {
  readonly partition: number;
  /** How many records it was. */
  readonly records: number;
  /** The next offset wanted. */
  readonly position: number;
  /** The end of the partition as of the reading; null when this did not come from reading it. */
  readonly end: number | null;
  readonly heard: readonly OriginProgress[];
  /** What became of claims of this station, as far as that is new. */
  readonly claims: ReadonlyMap<EventId, JudgedClaim>;
}

export interface ApplierOptions extends Conclusions {
  readonly inbox: InboxPort;
  readonly verifier: VerifierPort;
  readonly directory: DirectoryPort;
  readonly station: StationCode;
  /** How many partitions the donor log has. */
  readonly partitions: number;
  readonly onApplied: (applied: AppliedBatch) => void;
  /** Hears what became of claims of this station before that, when it can be read here: for those who answer nothing that a crash could undo. */
  readonly onClaims?: (claims: AppliedBatch['claims']) => void;
}

export interface Resent {
  readonly origin: StationCode;
  readonly partition: number;
  /** The number the origin was asked from. */
  readonly from: number;
  readonly events: readonly ResentEvent[];
}

export interface Applier {
  /** Applies what was read. The same again changes nothing. Rejects with `Rewound` when the copy was forgotten meanwhile. */
  apply(batch: LogBatch): Promise<void>;
  /** Tries records in quarantine again, at their places; answers how many of them could be taken. */
  applyQuarantined(partition: number, records: readonly QuarantinedRecord[]): Promise<number>;
  /** Reads parked events again; answers how many are understood now. */
  applyParked(partition: number, events: readonly PlacedEvent[]): Promise<number>;
  /** Applies what an origin has sent again; answers up to which number that was all it has said, `from - 1` when nothing. */
  applyResent(resent: Resent): Promise<number>;
}

/** The copy stands before what was read: somebody had it forgotten, and the log is to be read again from where it stands. */
export class Rewound extends Error {
  override readonly name = 'Rewound';
}

/** The last of the numbers that follow each other from `from` on; `from - 1` without any. */
function contiguousTo(from: number, readings: readonly Reading[], origin: StationCode): number {
  const seqs = new Set(readings.flatMap(({ saying }) => (saying?.origin === origin ? [saying.seq] : [])));
  let to = from - 1;
  while (seqs.has(to + 1)) to += 1;
  return to;
}

function inPieces(records: readonly LogRecord[]): (readonly LogRecord[])[] {
  const count = Math.ceil(records.length / recordsAtOnce);
  return Array.from({ length: count }, (_, piece) => records.slice(piece * recordsAtOnce, (piece + 1) * recordsAtOnce));
}

/** Those of parked events this version knows. */
function understoodNow(reader: EventReader, directory: DirectoryPort, events: readonly PlacedEvent[]): Reading[] {
  const members = new Map(directory.current().members.map((member) => [member.code, member]));
  return events.flatMap((event) => {
    const member = members.get(event.event.origin);
    const reading = member === undefined ? undefined : reader.readAgain(event, member);
    const type = reading?.saying?.event?.event.body.type ?? 'parked';
    return reading === undefined || type === 'parked' ? [] : [reading];
  });
}

export function createApplier(options: ApplierOptions): Applier {
  const { inbox, directory } = options;
  const reader = createEventReader(options);
  const gate = createGate(transactionsAtOnce);
  /** Where this applier has got to, to notice when the copy has not. */
  const reached = new Map<number, number>();

  const readAll = (records: readonly Located[]) => Promise.all(records.map((record) => reader.read(record)));

  async function commit(work: Work, end: number | null = null): Promise<void> {
    const { partition, source, readings } = work;
    const takeAll = (transaction: InboxTransaction): Promise<Done> => {
      if (source === 'log' && transaction.position < (reached.get(partition) ?? 0)) throw new Rewound();
      return take(transaction, work, options);
    };
    const done = await gate(() =>
      inbox.transact(partition, originsOf(work), takeAll, ({ claims }) => options.onClaims?.(claims)),
    ).catch((error: unknown) => {
      if (error instanceof Rewound) reached.clear();
      throw error;
    });
    const { position, claims } = done;
    if (source === 'log') reached.set(partition, position);
    const heard = [...done.heard].map(([origin, value]) => ({ origin, partition, heard: value }));
    options.onApplied({ partition, records: readings.length, position, end, heard, claims });
  }

  return {
    async apply({ partition, records, end }) {
      const pieces = inPieces(records);
      let reading = readAll(pieces[0] ?? []);
      for (const [place, piece] of pieces.entries()) {
        const readings = await reading;
        reading = readAll(pieces[place + 1] ?? []);
        const next = (piece.at(-1)?.offset ?? -1) + 1;
        await commit({ partition, source: 'log', readings, next }, end);
      }
    },
    async applyQuarantined(partition, records) {
      const readings = await readAll(records);
      const good = readings.filter(({ saying }) => saying !== null);
      const released = good.map(({ offset }) => offset);
      if (readings.length > 0) await commit({ partition, source: 'stored', readings, released });
      return good.length;
    },
    async applyParked(partition, events) {
      const readings = understoodNow(reader, directory, events);
      const released = readings.map(({ offset }) => offset);
      if (readings.length > 0) await commit({ partition, source: 'parked', readings, released });
      return readings.length;
    },
    async applyResent({ origin, partition, from, events }) {
      const readings = await readAll(
        events.map(({ jws, offset, appendedAt }) => ({ partition, offset, appendedAt, key: null, value: jws })),
      );
      // Of what it sends, only its own words are its to say again.
      const own = readings.filter(({ saying }) => saying?.origin === origin);
      const to = contiguousTo(from, own, origin);
      const again = to < from ? undefined : { origin, from, to };
      if (own.length > 0)
        await commit({ partition, source: 'origin', readings: own, ...(again !== undefined && { again }) });
      return to;
    },
  };
}
