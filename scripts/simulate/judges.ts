/**
 * The decision core and the permits, asked for several variants of one visit. Both are pure: what was asked with the very same
 * facts before is not asked again.
 */
import { decide } from '#node/domain/eligibility.ts';
import type { HistoryEvent } from '#node/domain/history.ts';
import { judgeClaims } from '#node/domain/permit.ts';
import { coverageOf } from '#schema/coverage.ts';
import type { Verdict } from '#schema/decision.ts';

import type { Terms } from './log.ts';
import { claimOf } from './log.ts';
import type { Known } from './memory.ts';
import type { Visit } from './visit.ts';

/** What a question rests on beside the facts. */
export interface Circumstance {
  readonly isHeard: boolean;
  readonly permitElsewhere: boolean;
}

export interface Judges {
  /** Begins the questions of a visit. */
  begin(visit: Visit): void;
  verdict(known: Known, circumstance: Circumstance): Verdict;
  /** Whether the claim of the visit is granted at its place in the log, after `history`. */
  grants(history: readonly HistoryEvent[]): boolean;
}

const everybody = coverageOf([]);
const notEverybody = { ...everybody, complete: false };

function areSame<T>(some: readonly T[], others: readonly T[]): boolean {
  return some.length === others.length && some.every((one, place) => one === others[place]);
}

const haveSame = (one: Known, other: Known): boolean =>
  areSame(one.donations, other.donations) &&
  areSame(one.bars, other.bars) &&
  areSame(one.registrations, other.registrations);

type Decided = Circumstance & { readonly known: Known; readonly verdict: Verdict };

export function createJudges(terms: Terms): Judges {
  const { ruleSet } = terms;
  const findRuleSet = (id: string, hash: string) => (id === ruleSet.id && hash === ruleSet.hash ? ruleSet : undefined);
  let visit: Visit | undefined;
  let decided: Decided[] = [];
  let judged: { readonly history: readonly HistoryEvent[]; readonly isGranted: boolean }[] = [];
  const current = (): Visit => {
    if (visit === undefined) throw new TypeError('nobody has come');
    return visit;
  };
  return {
    begin(next) {
      visit = next;
      if (decided.length > 0) decided = [];
      if (judged.length > 0) judged = [];
    },
    verdict(known, { isHeard, permitElsewhere }) {
      for (const before of decided) {
        const isSame = before.isHeard === isHeard && before.permitElsewhere === permitElsewhere;
        if (isSame && haveSame(before.known, known)) return before.verdict;
      }
      const { code, presentation, donation } = current();
      const coverage = isHeard ? everybody : notEverybody;
      const facts = { ...known, askedBy: code, coverage, permitElsewhere };
      const { verdict } = decide(facts, ruleSet, presentation.procedure, donation.collectedOn);
      decided.push({ known, isHeard, permitElsewhere, verdict });
      return verdict;
    },
    grants(history) {
      const before = judged.find((one) => areSame(one.history, history));
      if (before !== undefined) return before.isGranted;
      const claim = claimOf(current(), terms);
      const isGranted = judgeClaims([...history, claim], findRuleSet).get(claim) === 'GRANTED';
      judged.push({ history, isGranted });
      return isGranted;
    },
  };
}
