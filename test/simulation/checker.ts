/** The judge of a run: looks at each answer when it is given, and at everything once all is healed and drained. */
import type { EventId, StationCode } from '#schema/ids.ts';
import type { Directory } from '#schema/directory.ts';
import type { RuleSet } from '#schema/rule-set.ts';
import { findConflicts } from '#node/domain/conflict.ts';
import type { HistoryEvent } from '#node/domain/history.ts';
import type { LogRecord } from '#node/ports.ts';

import { claimedUpTo, problemOf } from './decision-check.ts';
import type { Answer } from './decision-check.ts';
import { holdingOf } from './disk.ts';
import type { Disk, StoredEvent } from './disk.ts';
import type { AnsweredPermit, Ledger } from './ledger.ts';
import { factsOf } from './oracle.ts';
import type { Oracle, OracleEvent } from './oracle.ts';
import type { Places } from './places.ts';
import type { Directories } from './directories.ts';
import { Violation } from './violation.ts';

export interface CheckedStation {
  readonly code: StationCode;
  readonly disk: Disk;
}

export interface Checker {
  /** Throws a `Violation` when an answer is wrong by itself. */
  answered(answer: Answer): void;
  /**
   * Throws a `Violation` when a permit was answered that the log does not grant, or two at once, or an `ELIGIBLE` in spite of one;
   * each by a directory the station may have gone by.
   *
   * @param oracleBy what the log says by a directory.
   * @param hasMissed whether the log has kept from a station something of the donor that stands before this place: what a
   *   mirror leaves out without a trace nobody can judge by. Kafka itself leaves nothing out.
   */
  checkPermits(
    oracleBy: (directory: Directory) => Oracle,
    hasMissed: (station: StationCode, place: OracleEvent) => boolean,
  ): void;
  /** Throws a `Violation` when an acknowledged fact is missing, or a copy is not what the oracle says. */
  checkCopies(oracle: Oracle, log: readonly (readonly LogRecord[])[]): void;
}

/** An id is its station's: a lying one repeats those of others. */
const nameOf = (station: StationCode, id: EventId): string => `${station} ${id}`;

/** Throws when there is something wrong by every directory that may have been gone by. */
function throwUnlessOne(problems: readonly (Violation | null)[]): void {
  const last = problems.at(-1);
  if (last !== undefined && last !== null && !problems.includes(null)) throw last;
}

const when = (milliseconds: number): string => new Date(milliseconds).toISOString();

export interface CheckerOptions {
  readonly ledger: Ledger;
  readonly ruleSet: RuleSet;
  readonly stations: readonly CheckedStation[];
  readonly directories: Pick<Directories, 'goneBy' | 'judgedBy'>;
  readonly places: Places;
}

export function createChecker({ ledger, ruleSet, stations, directories, places }: CheckerOptions): Checker {
  const eligible: Answer[] = [];

  function checkNotLost(oracle: Oracle): void {
    const known = new Set([...oracle.events.values()].map(({ event: { origin, id } }) => nameOf(origin, id)));
    for (const { id, station, body, ackedAt, isWithdrawn } of ledger.facts) {
      if (ackedAt === null || isWithdrawn || known.has(nameOf(station, id))) continue;
      throw new Violation(
        'I2 no fact lost',
        `${body.type} ${id} of ${station}, acknowledged at ${when(ackedAt)}, is not in the log`,
      );
    }
  }

  function describe(key: string, has: StoredEvent | undefined): string {
    if (has === undefined) return `has no ${key}`;
    const { event, offset, appendedAt, digest, claim } = has;
    return `has ${key} as ${event.id} ${event.body.type} at ${offset}, ${when(appendedAt)}, ${digest}, claim ${claim ?? 'none'}`;
  }

  function checkEvents({ code, disk }: CheckedStation, oracle: Oracle): void {
    let count = 0;
    for (const [key, wanted] of oracle.events) {
      const { origin, partition, seq, id } = wanted.event;
      const has = disk.copies[partition]?.events.get(`${origin} ${seq}`);
      const isEqual =
        has?.event.id === id &&
        has.offset === wanted.offset &&
        has.appendedAt === wanted.appendedAt &&
        has.digest === wanted.digest &&
        has.claim === wanted.claim &&
        has.isOwn === (origin === code);
      if (isEqual) continue;
      const { offset, claim } = wanted;
      const invariant = has === undefined ? 'I2 no fact lost' : 'I5 equal copies';
      throw new Violation(
        invariant,
        `${code} ${describe(key, has)}; the oracle has ${id} ${wanted.event.body.type} at ${offset}, claim ${claim ?? 'none'}`,
      );
    }
    for (const { events } of disk.copies) count += events.size;
    if (count === oracle.events.size) return;
    throw new Violation('I5 equal copies', `${code} has ${count} events, the oracle ${oracle.events.size}`);
  }

  function checkHeard({ code, disk }: CheckedStation, oracle: Oracle): void {
    const highest = new Map<string, number>();
    for (const { event } of oracle.events.values()) {
      const name = `${event.origin} ${event.partition}`;
      highest.set(name, Math.max(highest.get(name) ?? 0, event.seq));
    }
    for (const [name, seq] of highest) {
      const [origin = '', partition = ''] = name.split(' ');
      const heard = disk.copies[Number(partition)]?.heard.get(origin as StationCode);
      if (heard?.upTo === seq && heard.highest === seq && heard.forkedAt === null) continue;
      throw new Violation('I5 equal copies', `${code} heard ${JSON.stringify(heard)} of ${name}, which said ${seq}`);
    }
  }

  function checkConflicts({ code, disk }: CheckedStation, oracle: Oracle): void {
    const histories = new Map<StoredEvent['event']['token'], HistoryEvent[]>();
    for (const { event, offset, appendedAt, claim, counts } of oracle.events.values()) {
      const { id, origin, token, body } = event;
      const history = histories.get(token) ?? [];
      if (counts) history.push({ id, origin, offset, appendedAt, isOwn: origin === code, body, claim });
      histories.set(token, history);
    }
    for (const [token, history] of histories) {
      const wanted = findConflicts(token, history, ruleSet, code).map(({ id }) => id);
      const open = disk.copies
        .flatMap(({ conflicts }) => [...conflicts.values()])
        .filter(({ conflict, state }) => conflict.token === token && state === 'OPEN')
        .map(({ conflict }) => conflict.id);
      if (wanted.sort().join() === open.sort().join()) continue;
      throw new Violation(
        'I5 equal copies',
        `${code} has the conflicts [${open.join()}] of ${token}, the oracle [${wanted.join()}]`,
      );
    }
  }

  /** What a station keeps of its own is what it has told. */
  function checkOwn({ code, disk }: CheckedStation, oracle: Oracle): void {
    const own = [...oracle.events.values()]
      .filter(({ event }) => event.origin === code)
      .sort((a, b) => a.offset - b.offset);
    for (const token of new Set(own.map(({ event }) => event.token))) {
      const said = own.filter(({ event }) => event.token === token).map(({ event }) => event);
      const told = factsOf(said);
      const held = holdingOf(disk, token);
      for (const kind of ['donations', 'bars', 'registrations'] as const) {
        const flat = (facts: readonly object[]): string =>
          facts
            .map((fact) =>
              JSON.stringify(Object.entries({ ...fact, station: undefined }).sort(([a], [b]) => (a < b ? -1 : 1))),
            )
            .sort()
            .join();
        if (flat(told[kind]) === flat(held[kind])) continue;
        throw new Violation(
          'I5 equal copies',
          `${code} keeps ${kind} of ${token} as ${flat(held[kind])} and told ${flat(told[kind])}`,
        );
      }
    }
  }

  /** What is wrong with a permit that was answered, by one reading of the log. */
  function permitProblem(
    { id, station, token }: AnsweredPermit,
    { permits, events }: Oracle,
    hasMissed: (station: StationCode, place: OracleEvent) => boolean,
  ): Violation | null {
    const permit = permits.find((each) => each.id === id && each.station === station);
    if (permit === undefined) {
      const claim = [...events.values()].find(({ event }) => event.id === id && event.origin === station);
      if (claim !== undefined && hasMissed(station, claim)) return null;
      return new Violation('permits', `${station} answered ${id}, which the log does not grant`);
    }
    const other = permits.find(
      (each) =>
        each !== permit && each.token === token && each.grantedAt < permit.endsAt && permit.grantedAt < each.endsAt,
    );
    if (other === undefined) return null;
    return new Violation('permits', `${id} of ${station} and ${other.id} of ${other.station} at once`);
  }

  /** What is wrong with an `ELIGIBLE`, as far as permits of others go. */
  function chairProblem(answer: Answer, { permits }: Oracle): Violation | null {
    const held = permits.find(({ id, station, token, grantedAt, endsAt }) => {
      const isOther = token === answer.token && station !== answer.station;
      if (!isOther || grantedAt > answer.askedAt || endsAt <= answer.answeredAt) return false;
      const part = answer.decision.coverage.stations.find((each) => each.station === station);
      const writtenAt =
        ledger.facts.find((fact) => fact.station === station && fact.id === id)?.committedAt ?? Infinity;
      return part?.state === 'REPLICATED' && writtenAt <= (claimedUpTo(answer, station) ?? -Infinity);
    });
    if (held === undefined) return null;
    const { station, id, endsAt } = held;
    return new Violation(
      'I1 no false ELIGIBLE',
      `${answer.station} at ${when(answer.answeredAt)} though ${station} holds ${id} until ${when(endsAt)}, and it claims to know ${station}`,
    );
  }

  return {
    answered(answer) {
      if (answer.decision.verdict !== 'ELIGIBLE') return;
      eligible.push(answer);
      const { station, token, decision, askedAt, answeredAt } = answer;
      const goneBy = (code: StationCode) => directories.goneBy(code, askedAt, answeredAt);
      const problem = problemOf(answer, { facts: ledger.facts, ruleSet, places, goneBy });
      if (problem === null) return;
      throw new Violation('I1 no false ELIGIBLE', `${station} on ${decision.procedure} of ${token}: ${problem}`);
    },

    checkPermits(oracleBy, hasMissed) {
      for (const answered of ledger.permits) {
        const judgedBy = directories.judgedBy(answered.station, answered.claimedAt, answered.answeredAt);
        throwUnlessOne(judgedBy.map((directory) => permitProblem(answered, oracleBy(directory), hasMissed)));
      }
      for (const answer of eligible) {
        const judgedBy = directories.judgedBy(answer.station, answer.askedAt, answer.answeredAt);
        throwUnlessOne(judgedBy.map((directory) => chairProblem(answer, oracleBy(directory))));
      }
    },

    checkCopies(oracle) {
      checkNotLost(oracle);
      for (const station of stations) {
        checkEvents(station, oracle);
        checkHeard(station, oracle);
        checkConflicts(station, oracle);
        checkOwn(station, oracle);
      }
    },
  };
}
