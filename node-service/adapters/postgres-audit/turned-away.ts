/**
 * Those who are turned away, counted: whoever knocks a thousand times a minute leaves two entries and not a thousand. The first
 * of a kind is written at once, how many more came when the minute is over.
 */
import type { AuditPayload } from '#schema/audit.ts';

import type { TurnedAway } from '../../audit-port.ts';
import { callerOf } from './caller-of.ts';

const minuteMs = 60_000;
/** So many kinds are told apart in a minute; those beyond are counted by their code alone. */
const mostKinds = 1_000;

interface Counted {
  readonly refused: TurnedAway;
  more: number;
}

interface Options {
  readonly now: () => Date;
  /** Never rejects. */
  readonly write: (payload: AuditPayload) => Promise<void>;
}

export interface Turnstile {
  count(refused: TurnedAway): void;
  /** Writes what was counted, and counts no more. */
  stop(): Promise<void>;
}

const nameOf = ({ caller, field, code }: TurnedAway): string =>
  [code, field, caller?.from, caller?.member, caller?.role, caller?.subject, caller?.purpose].join(' ');

export function createTurnstile({ now, write }: Options): Turnstile {
  let kinds = new Map<string, Counted>();
  let timer: NodeJS.Timeout | undefined;

  const entryOf = ({ caller, field, code }: TurnedAway, times: number): AuditPayload => ({
    kind: 'REFUSED',
    at: now().toISOString(),
    caller: caller === null ? null : callerOf(caller),
    field,
    code,
    times,
  });

  async function flush(): Promise<void> {
    clearTimeout(timer);
    timer = undefined;
    const counted = [...kinds.values()].filter(({ more }) => more > 0);
    kinds = new Map();
    await Promise.all(counted.map(({ refused, more }) => write(entryOf(refused, more))));
  }

  return {
    count(given) {
      const isKnown = kinds.has(nameOf(given));
      const refused = isKnown || kinds.size < mostKinds ? given : { caller: null, field: null, code: given.code };
      const name = nameOf(refused);
      const before = kinds.get(name);
      timer ??= setTimeout(() => void flush(), minuteMs).unref();
      if (before !== undefined) {
        before.more += 1;
        return;
      }
      kinds.set(name, { refused, more: 0 });
      void write(entryOf(refused, 1));
    },
    stop: flush,
  };
}
