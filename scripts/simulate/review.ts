/** Whoever knows everything looks over the shoulder of one variant: what was broken by a draw, and why nobody saw it. */
import { isBarred } from '#node/domain/lookout.ts';
import { decideRelease } from '#node/domain/release.ts';
import { coverageOf } from '#schema/coverage.ts';

import type { Judges } from './judges.ts';
import type { Terms } from './log.ts';
import { isNewHere, knownTo } from './memory.ts';
import type { Known, Memory, Sight } from './memory.ts';
import { attempts, reporting } from './parameters.ts';
import type { DocumentUse } from './person.ts';
import type { Count, Tally } from './tally.ts';
import { civilDay, minutesADay } from './time.ts';
import type { Visit } from './visit.ts';

export interface Review {
  /** Counts a visit. @param reception what the desk said. */
  received(
    visit: Visit,
    reception: 'admitted' | 'deferred' | 'referred' | 'unheard' | 'chairTaken',
    tally: Tally,
  ): void;
  /** Counts a draw that is about to be made. */
  drawn(visit: Visit, tally: Tally): void;
}

interface Situation {
  readonly memory: Memory;
  readonly sight: Sight;
  readonly judges: Judges;
  readonly terms: Terms;
}

const heard = { isHeard: true, permitElsewhere: false };

const causeOf: Readonly<Record<Exclude<DocumentUse, 'OWN'>, Count>> = {
  ALTERNATIVE: 'alternativeDocument',
  MISTYPED: 'mistypedDocument',
  BORROWED: 'borrowedDocument',
};

export function createReview({ memory, sight, judges, terms }: Situation): Review {
  const { reachDays, ruleSet } = terms;

  /** All draws of the person, all bars, and the one home that was first. */
  function truth(visit: Visit): Known {
    const earliest = visit.at - (reachDays + 1) * minutesADay;
    const donations = memory.given.filter(({ at }) => at >= earliest).map(({ donation }) => donation);
    const bars = memory.listed.flatMap(({ bar, confirmation }) =>
      bar !== null && confirmation !== null && confirmation.knownAt <= visit.askedAt ? [bar] : [],
    );
    // As a desk hears it: the newest first.
    return { donations: donations.reverse(), bars, registrations: memory.home === null ? [] : [memory.home.fact] };
  }

  /** What the desk would have known, had this been otherwise. */
  const knownIf = (visit: Visit, otherwise: Partial<Sight>): Known =>
    knownTo(memory, { visit, at: visit.askedAt }, { ...sight, ...otherwise }, reachDays);

  const isStopped = (known: Known): boolean => judges.verdict(known, heard) !== 'ELIGIBLE';

  function cause(visit: Visit): Count {
    const everybody = { isShared: true, telling: 'prompt' } as const;
    if (isStopped(knownIf(visit, everybody))) return sight.isShared ? 'lateUpload' : 'notShared';
    if (!isStopped(knownIf(visit, { ...everybody, isMistaken: false }))) return 'sameMoment';
    if (visit.document !== 'OWN') return causeOf[visit.document];
    const mistaken = memory.given.findLast(({ document }) => document !== 'OWN');
    return mistaken === undefined || mistaken.document === 'OWN' ? 'sameMoment' : causeOf[mistaken.document];
  }

  /** Whether the station learns it in time, asking the whole question again before the unit leaves. */
  function isHeldAtRelease(visit: Visit): boolean {
    const at = visit.askedAt + reporting.releaseAfterHours * 60;
    const known = knownTo(memory, { visit, at }, sight, reachDays);
    const isNew = isNewHere(visit, known);
    const registrations = isNew ? [...known.registrations, visit.registration] : known.registrations;
    const facts = { ...known, registrations, askedBy: visit.code, coverage: coverageOf([]), permitElsewhere: false };
    return decideRelease({ donation: visit.donation, openConflicts: [] }, facts, ruleSet).verdict === 'HOLD';
  }

  const isShielded = (visit: Visit, { bars }: Known): boolean =>
    isBarred(
      bars.filter(({ station }) => station !== visit.code),
      civilDay(visit.day),
    );

  function countBroken(visit: Visit, true_: Known, tally: Tally): void {
    const isAway = visit.procedure === 'SOURCE_PLASMA' && memory.home?.fact.station !== visit.code;
    const isBarredNow = isBarred(true_.bars, civilDay(visit.day));
    if (isShielded(visit, true_)) tally.shieldedGaveElsewhere += 1;
    if (isAway) tally.plasmaAtTwoStations += 1;
    if (!isAway && !isBarredNow) tally.tooSoon += 1;
    const isAgain = memory.given.some(
      ({ procedure, day, outcome }) =>
        procedure === 'WHOLE_BLOOD' && outcome !== 'NO_BLOOD' && visit.day - day <= attempts.hastyWithinDays,
    );
    if (visit.procedure === 'WHOLE_BLOOD' && isAgain) tally.wholeBloodWithin30Days += 1;
    tally.broken += 1;
    tally[cause(visit)] += 1;
    if (isHeldAtRelease(visit)) tally.heldAtRelease += 1;
  }

  return {
    received(visit, reception, tally) {
      tally.presentations += 1;
      if (visit.intent === 'HASTY') tally.hastyPresentations += 1;
      if (memory.listed.length > 0 && isShielded(visit, truth(visit))) tally.shieldedPresentations += 1;
      if (reception === 'admitted') {
        if (!visit.isFit) tally.unfit += 1;
        return;
      }
      tally[reception] += 1;
      if (reception !== 'unheard' && !isStopped(truth(visit))) tally.turnedAwayWrongly += 1;
    },
    drawn(visit, tally) {
      if (visit.outcome !== 'NO_BLOOD') {
        tally[visit.procedure === 'SOURCE_PLASMA' ? 'plasmaDonations' : 'bloodDonations'] += 1;
        if (visit.isFirst && visit.procedure !== 'SOURCE_PLASMA') tally.firstDonations += 1;
      }
      const known = truth(visit);
      if (visit.outcome !== 'NO_BLOOD' && isStopped(known)) countBroken(visit, known, tally);
    },
  };
}
