/**
 * The head of a station's own record: said, signed, on the control topic as the chain grows, and remembered, so that a chain which
 * does not hold any more what was said of it is found out, also by the one who says it.
 */
import type { Logger } from 'pino';

import type { AuditHead, AuditReference } from '#schema/audit.ts';
import type { StationCode } from '#schema/ids.ts';

import type { AuditPort } from '../audit-port.ts';
import type { ClockPort, LogPort, SignerPort, StopwatchPort } from '../ports.ts';

/** A record this long without a word of it in the log is said to be unwitnessed. */
const unwitnessedMs = 5 * 60_000;

export interface OwnHeadDependencies {
  readonly station: StationCode;
  readonly audit: Pick<AuditPort, 'head' | 'at'>;
  readonly signer: SignerPort;
  readonly log: Pick<LogPort, 'append'>;
  readonly clock: ClockPort;
  readonly stopwatch: StopwatchPort;
  readonly logger: Pick<Logger, 'error' | 'warn'>;
}

export interface OwnStanding {
  /** A head this station said that its chain does not hold any more; null when all is well. */
  readonly lost: AuditReference | null;
  /** Whether entries have waited for long to be said in the log. */
  readonly isUnwitnessed: boolean;
}

export interface OwnHead {
  /** Says the head if the chain has moved on and it may be said. Rejects when the database or the log does not answer. */
  tell(mayBeSaid: boolean): Promise<boolean>;
  /** A head of this station that stands in the log, whichever instance said it. Rejects when the database does not answer. */
  hear(head: AuditReference): Promise<void>;
  standing(): OwnStanding;
}

export function createOwnHead(dependencies: OwnHeadDependencies): OwnHead {
  const { station, audit, signer, log, clock, stopwatch, logger } = dependencies;
  const now = (): number => stopwatch.moment().monotonic;
  let said: AuditReference | null = null;
  let waitingSince: number | undefined;
  let isWarned = false;
  let lost: AuditReference | null = null;
  let isConfessed = false;

  /** A chain that does not hold what was said of it was changed, or is an old backup. */
  async function look({ seq, hash }: AuditReference): Promise<void> {
    if (lost !== null || (await audit.at(seq))?.hash === hash) return;
    lost = { seq, hash };
    logger.error({ seq }, 'the record does not hold what it held when this head was signed: was a backup restored?');
  }

  /**
   * Of a chain that was written anew the others would find nothing once it is longer again, since they keep a few heads only. So
   * it is said, once, what it has now at the place it said something else of; that they keep as proof for ever.
   */
  async function confession(): Promise<AuditReference | null> {
    if (said !== null) await look(said);
    return lost === null || isConfessed ? null : audit.at(lost.seq);
  }

  async function say(head: AuditReference): Promise<void> {
    const payload: AuditHead = { origin: station, ...head, at: clock.now().toISOString() };
    const value = await signer.sign('auditHead', JSON.stringify(payload));
    await log.append('control', [{ partition: 0, key: station, value }]);
  }

  const isUnwitnessed = (): boolean => waitingSince !== undefined && now() - waitingSince > unwitnessedMs;

  /** Says in the service's log when entries have waited long, and when they do no more; once each. */
  function warn(): void {
    if (isWarned === isUnwitnessed()) return;
    isWarned = !isWarned;
    if (isWarned) logger.warn('the record is unwitnessed: the donor log has not taken its head for minutes');
    else logger.warn('the record is witnessed again');
  }

  return {
    async tell(mayBeSaid) {
      const head = await audit.head();
      if (head === null || (head.hash === said?.hash && lost === null)) return false;
      waitingSince ??= now();
      warn();
      if (!mayBeSaid) return false;
      const instead = await confession();
      if (instead !== null) {
        await say(instead);
        isConfessed = true;
      }
      if (head.hash !== said?.hash) await say(head);
      said = head;
      waitingSince = undefined;
      warn();
      return false;
    },
    async hear({ seq, hash }) {
      await look({ seq, hash });
      // So every instance knows what was said last, and another one can go on from there.
      if (lost === null && seq >= (said?.seq ?? 0)) said = { seq, hash };
    },
    standing: () => ({ lost, isUnwitnessed: isUnwitnessed() }),
  };
}
