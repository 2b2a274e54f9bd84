/**
 * Heads of records on the control topic. A station says, signed, how far its chain has come; everybody keeps what everybody said,
 * so that a chain that is written anew, cut off or restored from an old backup contradicts what all the others hold.
 */
import type { Logger } from 'pino';

import { AuditHead } from '#schema/audit.ts';
import { StationCode } from '#schema/ids.ts';

import type { AuditPort, Contradiction, SignedHead, WitnessPort } from '../audit-port.ts';
import { contradict } from '../domain/audit-heads.ts';
import type { ClockPort, LogPort, LogRecord, SignerPort, StopwatchPort, VerifierPort } from '../ports.ts';

/** A record this long without a word of it in the log is said to be unwitnessed. */
const unwitnessedMs = 5 * 60_000;

interface Dependencies {
  readonly station: StationCode;
  readonly audit: Pick<AuditPort, 'head' | 'holds'>;
  readonly witness: WitnessPort;
  readonly signer: SignerPort;
  readonly verifier: VerifierPort;
  readonly log: Pick<LogPort, 'append'>;
  readonly clock: ClockPort;
  readonly stopwatch: StopwatchPort;
  readonly logger: Pick<Logger, 'error' | 'warn'>;
}

/** How a station's own record stands among the others. */
export interface RecordStanding {
  /** A head this station said that its chain does not hold any more; null when all is well. */
  readonly lost: SignedHead | null;
  /** Whether entries have waited for long to be said in the log. */
  readonly isUnwitnessed: boolean;
  /** Members whose heads contradict each other, as found since the start. */
  readonly contradicting: readonly StationCode[];
}

export interface Heads {
  /** Says the head if the chain has moved on. Rejects when the database or the log does not answer. */
  tell(): Promise<boolean>;
  /** Keeps the heads among records of the control topic. */
  take(records: readonly LogRecord[]): Promise<void>;
  standing(): RecordStanding;
}

const StationHead = AuditHead.extend({ origin: StationCode });

function parse(payload: string): Omit<SignedHead, 'jws'> | undefined {
  try {
    return StationHead.safeParse(JSON.parse(payload)).data;
  } catch {
    return undefined;
  }
}

/** Of many heads of an origin the last is enough, unless they contradict each other. */
function worthKeeping<Head extends SignedHead>(heads: readonly Head[]): Head[] {
  const last = new Map<StationCode, Head>();
  const kept: Head[] = [];
  for (const head of heads) {
    const before = last.get(head.origin);
    if (before !== undefined && contradict(before, head)) kept.push(before);
    if (before === undefined || before.seq <= head.seq || contradict(before, head)) last.set(head.origin, head);
  }
  return [...kept, ...last.values()];
}

export function createHeads(dependencies: Dependencies): Heads {
  const { station, audit, witness, signer, verifier, log, clock, stopwatch, logger } = dependencies;
  const now = (): number => stopwatch.moment().monotonic;
  const contradicting = new Set<StationCode>();
  let said = 0;
  let waitingSince: number | undefined;
  let lost: SignedHead | null = null;

  function accuse({ origin }: Contradiction): void {
    contradicting.add(origin);
    logger.error({ origin }, 'a member has signed two heads of its record that contradict each other; both are kept');
  }

  /** What this station said itself: a chain that does not hold it was changed, or is an old backup. */
  async function look(head: SignedHead): Promise<void> {
    if (lost !== null || (await audit.holds(head))) return;
    lost = head;
    logger.error(
      { seq: head.seq },
      'the record does not hold what it held when this head was signed: was a backup restored?',
    );
  }

  async function headIn({ value, appendedAt }: LogRecord) {
    const signed = await verifier.verify('auditHead', value, appendedAt);
    if (typeof signed === 'string') return [];
    const head = parse(signed.payload);
    return head?.origin === signed.signer.code ? [{ ...head, jws: value, appendedAt }] : [];
  }

  return {
    async tell() {
      const head = await audit.head();
      if (head === null || head.seq === said) return false;
      waitingSince ??= now();
      const payload: AuditHead = { origin: station, ...head, at: clock.now().toISOString() };
      const value = await signer.sign('auditHead', JSON.stringify(payload));
      await log.append('control', [{ partition: 0, key: station, value }]);
      said = head.seq;
      waitingSince = undefined;
      return false;
    },
    async take(records) {
      const heads = worthKeeping((await Promise.all(records.map(headIn))).flat());
      if (heads.length === 0) return;
      for (const own of heads.filter(({ origin }) => origin === station)) await look(own);
      for (const found of await witness.keep(heads)) accuse(found);
    },
    standing: () => ({
      lost,
      isUnwitnessed: waitingSince !== undefined && now() - waitingSince > unwitnessedMs,
      contradicting: [...contradicting],
    }),
  };
}
