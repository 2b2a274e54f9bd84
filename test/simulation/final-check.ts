/** What is looked at when all is healed and drained: permits, and whether every copy is what the oracle says. */
import type { Directory } from '#schema/directory.ts';
import type { RuleSet } from '#schema/rule-set.ts';
import type { LogRecord, VerifierPort } from '#node/ports.ts';

import type { Checker } from './checker.ts';
import type { Directories } from './directories.ts';
import type { Ledger } from './ledger.ts';
import { foldLog } from './oracle.ts';
import type { Oracle } from './oracle.ts';
import type { Station } from './station.ts';
import { Violation } from './violation.ts';
import type { VirtualLog } from './virtual-log.ts';

export interface Outcome {
  readonly stations: readonly Station[];
  readonly log: VirtualLog;
  readonly ledger: Ledger;
  readonly verifier: VerifierPort;
  readonly directories: Directories;
  readonly checker: Checker;
  readonly ruleSet: RuleSet;
  readonly counts: Record<string, number>;
}

/** The payloads of what is genuine. */
async function payloadsIn(records: readonly LogRecord[], verifier: VerifierPort): Promise<Map<LogRecord, string>> {
  const opened = records.map(async (record) => {
    const found = await verifier.verify('event', record.value, record.appendedAt);
    return typeof found === 'string' || !found.payload.startsWith('{') ? [] : [[record, found.payload] as const];
  });
  return new Map((await Promise.all(opened)).flat());
}

function count({ counts, ledger }: Outcome, { events }: Oracle): void {
  counts['facts'] = ledger.facts.length;
  counts['permits'] = ledger.permits.length;
  counts['records'] = events.size;
  for (const { claim, counts: isCounted } of events.values()) {
    if (claim !== null) counts[claim] = (counts[claim] ?? 0) + 1;
    if (!isCounted) counts['under suspension'] = (counts['under suspension'] ?? 0) + 1;
  }
}

export async function checkFinally(outcome: Outcome): Promise<void> {
  const { stations, verifier, directories, checker, ruleSet } = outcome;
  const log = outcome.log.records('donors');
  const payloads = await payloadsIn(log.flat(), verifier);
  const oracles = new Map<Directory, Oracle>();
  const oracleBy = (directory: Directory): Oracle => {
    const known = oracles.get(directory) ?? foldLog(log, (record) => payloads.get(record) ?? null, ruleSet, directory);
    oracles.set(directory, known);
    return known;
  };
  const oracle = oracleBy(directories.newest());
  count(outcome, oracle);
  checker.checkPermits(oracleBy, (station, { event, offset }) =>
    (log[event.partition] ?? [])
      .slice(0, offset)
      .some((record) => record.key === event.token && outcome.log.hasLost(station, record)),
  );
  checker.checkCopies(oracle, log);
  const suspended = new Set(
    directories.newest().members.flatMap(({ code, status }) => (status === 'SUSPENDED' ? [code] : [])),
  );
  for (const station of stations) {
    // Whoever is suspended is answered nothing, also where it asks for what it thinks it has missed.
    if (suspended.has(station.member.code)) continue;
    const behind = station.behindOn();
    if (behind.length > 0)
      throw new Violation('it settles', `${station.member.code} does not know ${behind.join()} to be fresh`);
  }
}
