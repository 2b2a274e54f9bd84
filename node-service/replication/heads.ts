/**
 * Heads of records on the control topic. A station says, signed, how far its chain has come; everybody keeps what everybody said,
 * so that a chain that is written anew, cut off or restored from an old backup contradicts what all the others hold.
 */
import { AuditHead } from '#schema/audit.ts';
import { StationCode } from '#schema/ids.ts';

import type { Contradiction, SignedHead, WitnessPort } from '../audit-port.ts';
import type { LogRecord, VerifierPort } from '../ports.ts';
import { createOwnHead } from './own-head.ts';
import type { OwnHeadDependencies, OwnStanding } from './own-head.ts';

interface Dependencies extends OwnHeadDependencies {
  readonly witness: Pick<WitnessPort, 'keep' | 'of'>;
  readonly verifier: VerifierPort;
}

/** How a station's own record stands among the others. */
export interface RecordStanding extends OwnStanding {
  /** Members whose heads contradict each other, as found since the start. */
  readonly contradicting: readonly StationCode[];
}

export interface Heads {
  /** Says the own head if the chain has moved on. Rejects when the database or the log does not answer. */
  tell(): Promise<boolean>;
  /** Keeps the heads among records of the control topic; `isAll` when there are no more just now. */
  take(records: readonly LogRecord[], isAll: boolean): Promise<void>;
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

type HeardHead = SignedHead & Pick<LogRecord, 'appendedAt'>;

type Highest = ReadonlyMap<StationCode, HeardHead>;

/**
 * Of many heads of an origin the last is enough, as long as they go up; one that does not is kept with the one it falls behind.
 *
 * @param before the highest of each origin so far.
 */
function worthKeeping(heads: readonly HeardHead[], before: Highest): { kept: HeardHead[]; highest: Highest } {
  const highest = new Map(before);
  const last = new Map<StationCode, HeardHead>();
  const behind: HeardHead[] = [];
  for (const head of heads) {
    const known = highest.get(head.origin);
    if (known === undefined || known.seq < head.seq) {
      highest.set(head.origin, head);
      last.set(head.origin, head);
    } else if (known.hash !== head.hash) behind.push(known, head);
  }
  return { kept: [...new Set([...behind, ...last.values()])], highest };
}

export function createHeads(dependencies: Dependencies): Heads {
  const { station, witness, verifier, logger } = dependencies;
  const ownHead = createOwnHead(dependencies);
  const contradicting = new Set<StationCode>();
  let heard: Highest = new Map();
  let isCaughtUp = false;
  let isReminded = false;

  /** What this station said before it started, as far as it has kept that itself. */
  async function remind(): Promise<void> {
    const last = (await witness.of(station)).at(-1);
    if (last !== undefined) await ownHead.hear(last);
    isReminded = true;
  }

  function accuse({ origin }: Contradiction): void {
    contradicting.add(origin);
    logger.error({ origin }, 'a member has signed two heads of its record that contradict each other; both are kept');
  }

  async function headIn({ value, appendedAt }: LogRecord): Promise<HeardHead[]> {
    const signed = await verifier.verify('auditHead', value, appendedAt);
    if (typeof signed === 'string') return [];
    const head = parse(signed.payload);
    return head?.origin === signed.signer.code ? [{ ...head, jws: value, appendedAt }] : [];
  }

  return {
    async tell() {
      if (!isReminded) await remind();
      // First what was said before, or a chain that was changed while the service was down would grow before anybody looked.
      return ownHead.tell(isCaughtUp);
    },
    async take(records, isAll) {
      const { kept, highest } = worthKeeping((await Promise.all(records.map(headIn))).flat(), heard);
      for (const own of kept.filter(({ origin }) => origin === station)) await ownHead.hear(own);
      for (const found of await witness.keep(kept)) accuse(found);
      // Only now: what could not be kept comes again.
      heard = highest;
      isCaughtUp ||= isAll;
    },
    standing: () => ({ ...ownHead.standing(), contradicting: [...contradicting] }),
  };
}
