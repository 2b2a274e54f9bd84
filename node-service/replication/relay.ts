/**
 * The relay of a station: what the outbox holds goes to the donor log, in order. It may die at any point and start again:
 * numbers are given once, a payload sent again is byte for byte the same, and readers drop what they have.
 */
import type { StationCode } from '#schema/ids.ts';

import { payloadOf } from '../domain/telling.ts';
import type { LogEntry, LogPort, OutboxEvent, OutboxPort, SignerPort, UntoldPort } from '../ports.ts';

export interface RelayDependencies {
  readonly outbox: OutboxPort;
  readonly untold: UntoldPort;
  readonly log: Pick<LogPort, 'append'>;
  readonly signer: SignerPort;
  readonly station: StationCode;
  /**
   * Whether the own copy of the log has come as far as the log went when this process started. Until then nothing is
   * counted: a database restored from a backup does not know which numbers it has used.
   */
  readonly isCaughtUp: () => boolean;
  /** The highest own `seq` heard in the log, by partition. */
  readonly heard: () => ReadonlyMap<number, number> | Promise<ReadonlyMap<number, number>>;
  /** Hears of the facts of before the donor log as they are put into the outbox: how many now, how many are left. */
  readonly onUntold?: (progress: { readonly told: number; readonly left: number }) => void;
  /** What was told at once could not be sent: the next step does it. */
  readonly onUnsent?: () => void;
}

export interface Relay {
  /** Counts and sends some; answers whether there may be more. Rejects when the database or the log does not answer. */
  step(): Promise<boolean>;
  /**
   * Puts an event into the outbox and sends it without waiting for a step. Answers whether it did as soon as it is in the outbox;
   * false, and nothing is done, while there is anything else to do. Rejects when the database does not answer.
   */
  tell(event: Omit<OutboxEvent, 'seq'>): Promise<boolean>;
  /** Resolves when nothing that was told at once is on its way. */
  settled(): Promise<void>;
}

const sentAtOnce = 500;
const untoldAtOnce = 1_000;
/** An append larger than this is cut: brokers refuse requests beyond a megabyte. */
const bytesAtOnce = 900_000;

/** As many as fit into one append; at least one. */
function within(entries: readonly LogEntry[]): readonly LogEntry[] {
  let bytes = 0;
  const tooMany = entries.findIndex(({ key, value }, index) => {
    bytes += key.length + value.length;
    return index > 0 && bytes > bytesAtOnce;
  });
  return tooMany < 0 ? entries : entries.slice(0, tooMany);
}

/** The last number of each partition: they come in order. */
const lastOf = (events: readonly OutboxEvent[]): Map<number, number> =>
  new Map(events.map(({ partition, seq }) => [partition, seq]));

/** Puts the facts of before the donor log into the outbox, some at a time. */
function createTellingOfBefore({ untold, onUntold }: Pick<RelayDependencies, 'untold' | 'onUntold'>) {
  let isDone = false;
  let left: number | undefined;
  return {
    isDone: () => isDone,
    async tellSome(): Promise<void> {
      if (isDone) return;
      left ??= await untold.left();
      const told = await untold.tell(untoldAtOnce);
      left = Math.max(0, left - told);
      if (told > 0) onUntold?.({ told, left });
      isDone = told === 0;
    },
  };
}

const signing =
  ({ signer, station }: Pick<RelayDependencies, 'signer' | 'station'>) =>
  async (event: OutboxEvent): Promise<LogEntry> => {
    const value = await signer.sign('event', payloadOf(station, event));
    return { partition: event.partition, key: event.token, value };
  };

export function createRelay(dependencies: RelayDependencies): Relay {
  const { outbox, log, isCaughtUp, heard, onUnsent } = dependencies;
  const entryOf = signing(dependencies);
  const before = createTellingOfBefore(dependencies);
  let hasAdvanced = false;
  /** What the log has taken and the outbox is still to be told. Who dies with it sends it again. */
  let published: ReadonlyMap<number, number> = new Map();
  /** Whether the last step found nothing left to send: then what is told may be sent at once. */
  let isAtRest = false;
  /** What was told at once and is on its way. */
  let telling: Promise<void> | undefined;

  /** One append at a time: a later number never overtakes an earlier one. */
  async function send(): Promise<number> {
    const events = await outbox.next(sentAtOnce, published);
    published = new Map();
    if (events.length === 0) return 0;
    const entries = await Promise.all(events.map(entryOf));
    const fitting = within(entries);
    await log.append('donors', fitting);
    published = lastOf(events.slice(0, fitting.length));
    return fitting.length;
  }

  /** Never rejects: what is not sent here is found by the next step, which says what is wrong. */
  async function sendTold(event: OutboxEvent): Promise<void> {
    try {
      await log.append('donors', [await entryOf(event)]);
      published = lastOf([event]);
      await outbox.noteSent(event.partition, event.seq);
      published = new Map();
    } catch {
      isAtRest = false;
      onUnsent?.();
    }
  }

  return {
    async step() {
      while (telling !== undefined) await telling;
      isAtRest = false;
      if (!hasAdvanced) {
        if (!isCaughtUp()) return false;
        await outbox.advance(await heard());
        hasAdvanced = true;
      }
      await before.tellSome();
      const hasMore = (await send()) > 0 || !before.isDone();
      isAtRest = !hasMore;
      return hasMore;
    },
    async tell(event) {
      if (!isAtRest || telling !== undefined) return false;
      const adding = outbox.addNext(event);
      telling = adding
        .then((counted) => (counted === null ? undefined : sendTold(counted)))
        .catch(() => onUnsent?.())
        .finally(() => {
          telling = undefined;
        });
      return (await adding) !== null;
    },
    async settled() {
      await telling;
    },
  };
}
