/**
 * Asks the origins for what is missing here or in doubt, a page at a time; what is missing of the own station the log has
 * lost for everybody, and it is sent again. What they send is verified like anything else and
 * applied at the place they give; where the log said two things under one number, theirs stands.
 */
import type { StationCode } from '#schema/ids.ts';

import type { OriginPort, OutboxPort, StopwatchPort } from '../ports.ts';
import type { Applier } from './applier.ts';
import type { Missing, Promises } from './control-promises.ts';
import type { Progress } from './progress.ts';

/** An origin that could not be asked, or had nothing for us, is left alone for so long. */
const pauseMs = 5_000;

export interface RepairDependencies {
  /** The own station. */
  readonly station: StationCode;
  readonly outbox: Pick<OutboxPort, 'resend'>;
  readonly origins: OriginPort;
  readonly applier: Pick<Applier, 'applyResent'>;
  readonly progress: Pick<Progress, 'broken' | 'heardOf' | 'isKnown'>;
  readonly promises: Pick<Promises, 'overdue'>;
  readonly stopwatch: StopwatchPort;
  /** An origin could not help; called once until it can. */
  readonly onStuck?: (missing: Missing, error: unknown) => void;
}

export interface Repair {
  /** Asks one origin for one page; answers whether there may be more to do at once. Rejects when the database does not answer. */
  step(): Promise<boolean>;
}

const nameOf = ({ origin, partition }: Missing): string => `${origin} ${partition}`;

export function createRepair(dependencies: RepairDependencies): Repair {
  const { station, outbox, origins, applier, progress, promises, stopwatch, onStuck } = dependencies;
  /** When whom may be asked again. */
  const paused = new Map<string, number>();
  const stuck = new Set<string>();
  const now = () => stopwatch.moment().monotonic;

  /** Of two own words under one number the own outbox cannot say which others have: only what is missing is sent again. */
  async function next(): Promise<Missing | undefined> {
    if (!progress.isKnown()) return undefined;
    const broken = progress.broken().filter(({ origin, heard }) => origin !== station || heard.highest > heard.upTo);
    const candidates: Missing[] = [...broken, ...(await promises.overdue())];
    return candidates.find((missing) => (paused.get(nameOf(missing)) ?? 0) <= now());
  }

  /** The first number that is missing or in doubt. */
  function firstOf(origin: StationCode, partition: number): number {
    const { upTo, forkedAt } = progress.heardOf(origin, partition);
    return Math.min(upTo + 1, forkedAt ?? Infinity);
  }

  function giveUp(missing: Missing, error: unknown): void {
    const name = nameOf(missing);
    paused.set(name, now() + pauseMs);
    if (!stuck.has(name)) onStuck?.(missing, error);
    stuck.add(name);
  }

  return {
    async step() {
      const missing = await next();
      if (missing === undefined) return false;
      const { origin, partition } = missing;
      const from = firstOf(origin, partition);
      if (origin === station) {
        paused.set(nameOf(missing), now() + pauseMs);
        await outbox.resend(partition, from - 1);
        return true;
      }
      const asked = await origins.eventsSince(origin, partition, from).then(
        (events) => ({ events }),
        (error: unknown) => ({ error }),
      );
      if ('error' in asked) {
        giveUp(missing, asked.error);
        return true;
      }
      const to = await applier.applyResent({ origin, partition, from, events: asked.events });
      if (to < from) giveUp(missing, null);
      else stuck.delete(nameOf(missing));
      return true;
    },
  };
}
