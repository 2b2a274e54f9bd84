/** Whoever knows everything looks over the shoulder of one variant: what was broken by a draw, and why nobody saw it. */
import { isBarred } from '#node/domain/lookout.ts';
import { decideRelease } from '#node/domain/release.ts';
import { coverageOf } from '#schema/coverage.ts';
import type { DonationFact } from '#schema/facts.ts';

import type { Judges } from './judges.ts';
import type { Terms } from './log.ts';
import { isNewHere, knownTo } from './memory.ts';
import type { Known, Memory, Sight } from './memory.ts';
import { attempts, reporting } from './parameters.ts';
import type { DocumentUse } from './person.ts';
import type { Count, Tally } from './tally.ts';
import type { Visit } from './visit.ts';

/** What a desk says to somebody who comes. */
export type Reception = 'admitted' | 'deferred' | 'referred' | 'unheard' | 'chairTaken';

export interface Review {
  /** Counts a visit and what the desk said. */
  received(visit: Visit, reception: Reception, tallies: readonly Tally[]): void;
  /** Counts a draw that is about to be made. */
  drawn(visit: Visit, tallies: readonly Tally[]): void;
}

function add(tallies: readonly Tally[], name: Count): void {
  for (const tally of tallies) tally[name] += 1;
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
    const donations: DonationFact[] = [];
    // As a desk hears them: the newest first.
    for (let place = memory.given.length - 1; place >= 0; place -= 1) {
      const draw = memory.given[place];
      if (draw === undefined || draw.day < visit.day - reachDays) break;
      donations.push(draw.donation);
    }
    const bars = memory.listed.flatMap(({ bar, presentation: { confirmation } }) =>
      bar !== null && confirmation !== null && confirmation.knownAt <= visit.askedAt ? [bar] : [],
    );
    return { donations, bars, registrations: memory.home === null ? [] : [memory.home.fact] };
  }

  /** What the desk would have known, had this been otherwise. */
  const knownIf = (visit: Visit, otherwise: Partial<Sight>): Known =>
    knownTo(memory, { visit, at: visit.askedAt }, { ...sight, ...otherwise }, reachDays);

  const isStopped = (known: Known): boolean => judges.verdict(known, heard) !== 'ELIGIBLE';

  function cause(visit: Visit): Count {
    const shown = visit.presentation.document;
    const everybody = { isShared: true, telling: 'prompt' } as const;
    if (isStopped(knownIf(visit, everybody))) return sight.isShared ? 'lateUpload' : 'notShared';
    if (!isStopped(knownIf(visit, { ...everybody, isMistaken: false }))) return 'sameMoment';
    if (shown !== 'OWN') return causeOf[shown];
    const before = memory.given.findLast(({ presentation: { document } }) => document !== 'OWN');
    const document = before?.presentation.document ?? 'OWN';
    return document === 'OWN' ? 'sameMoment' : causeOf[document];
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
      visit.donation.collectedOn,
    );

  function countBroken(visit: Visit, all: Known, tallies: readonly Tally[]): void {
    const isAway = visit.donation.procedure === 'SOURCE_PLASMA' && memory.home?.fact.station !== visit.code;
    const isBarredNow = isBarred(all.bars, visit.donation.collectedOn);
    if (isShielded(visit, all)) add(tallies, 'shieldedGaveElsewhere');
    if (isAway) add(tallies, 'plasmaAtTwoStations');
    if (!isAway && !isBarredNow) add(tallies, 'tooSoon');
    const isAgain = memory.given.some(
      ({ donation: { procedure, outcome }, day }) =>
        procedure === 'WHOLE_BLOOD' && outcome !== 'NO_BLOOD' && visit.day - day <= attempts.hastyWithinDays,
    );
    if (visit.donation.procedure === 'WHOLE_BLOOD' && isAgain) add(tallies, 'wholeBloodWithin30Days');
    add(tallies, 'broken');
    add(tallies, cause(visit));
    if (isHeldAtRelease(visit)) add(tallies, 'heldAtRelease');
  }

  return {
    received(visit, reception, tallies) {
      add(tallies, 'presentations');
      if (visit.presentation.intent === 'HASTY') add(tallies, 'hastyPresentations');
      if (memory.listed.length > 0 && isShielded(visit, truth(visit))) add(tallies, 'shieldedPresentations');
      if (reception === 'admitted') {
        if (!visit.presentation.isFit) add(tallies, 'unfit');
        return;
      }
      add(tallies, reception);
      if (reception !== 'unheard' && !isStopped(truth(visit))) add(tallies, 'turnedAwayWrongly');
    },
    drawn(visit, tallies) {
      if (visit.donation.outcome !== 'NO_BLOOD') {
        add(tallies, visit.donation.procedure === 'SOURCE_PLASMA' ? 'plasmaDonations' : 'bloodDonations');
        if (visit.presentation.isFirst && visit.donation.procedure !== 'SOURCE_PLASMA') add(tallies, 'firstDonations');
      }
      const known = truth(visit);
      if (visit.donation.outcome !== 'NO_BLOOD' && isStopped(known)) countBroken(visit, known, tallies);
    },
  };
}
