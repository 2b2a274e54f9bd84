/**
 * One variant of the region, through which people pass: at each visit the desk asks, takes the chair, examines and draws. Nothing
 * is decided here that the decision core and the permits do not decide.
 */
import { isHeldElsewhere } from '#node/domain/permit.ts';

import { logAt, registrationOf } from './log.ts';
import type { Terms } from './log.ts';
import type { Judges } from './judges.ts';
import { createMemory, forget, isNewHere, knownTo, sightOf, tokenOf } from './memory.ts';
import type { Known, Memory } from './memory.ts';
import { createReview } from './review.ts';
import type { Reception } from './review.ts';
import type { Tally } from './tally.ts';
import { millisecondsOf } from './time.ts';
import type { Variant } from './variants.ts';
import type { HomeRegistration, Visit } from './visit.ts';

export interface Passage {
  readonly variant: Variant;
  readonly memory: Memory;
  /** Forgets the person before. */
  begin(home: HomeRegistration | null): void;
  /** @param tallies what it is counted in. */
  receive(visit: Visit, tallies: readonly Tally[]): void;
}

export function createPassage(variant: Variant, judges: Judges, terms: Terms): Passage {
  const memory = createMemory();
  const sight = sightOf(variant);
  const review = createReview({ memory, sight, judges, terms });

  /** A plasma station that does not know the donor takes them as its own before it asks. */
  function asRegistered(visit: Visit, known: Known): Known {
    if (!isNewHere(visit, known)) return known;
    return { ...known, registrations: [...known.registrations, visit.registration] };
  }

  function isPermitElsewhere(visit: Visit): boolean {
    if (!variant.hasPermits || memory.claims.length === 0) return false;
    const hasLapsed = ({ askedAt }: Visit): boolean => millisecondsOf(visit.askedAt - askedAt) >= terms.permitMs;
    if (memory.claims.every((claim) => hasLapsed(claim.visit))) return false;
    const history = logAt(memory, visit, sight, terms);
    return isHeldElsewhere(history, visit.code, millisecondsOf(visit.askedAt));
  }

  function takesChair(visit: Visit, known: Known): boolean {
    if (!variant.hasPermits) return true;
    const history = logAt(memory, visit, sight, terms);
    const isNew = known.registrations.includes(visit.registration);
    const isGranted = judges.grants(isNew ? [...history, registrationOf(visit)] : history);
    memory.claims.push({ visit, isGranted, isReleased: isGranted && !visit.presentation.isFit });
    return isGranted;
  }

  function reception(visit: Visit, known: Known): Reception {
    const isHeard = !variant.isShared || visit.isHeard;
    const permitElsewhere = isPermitElsewhere(visit);
    const verdict = judges.verdict(known, { isHeard, permitElsewhere });
    if (verdict === 'DEFERRED') return 'deferred';
    if (verdict === 'REFER') return 'referred';
    if (verdict === 'INDETERMINATE') return permitElsewhere ? 'chairTaken' : 'unheard';
    return takesChair(visit, known) ? 'admitted' : 'chairTaken';
  }

  function draw(visit: Visit, known: Known): void {
    memory.given.push(visit);
    if (known.registrations.includes(visit.registration)) memory.registered.push(visit);
    const isSame = (one: Visit): boolean =>
      one.code === visit.code && tokenOf(one, sight.isMistaken) === tokenOf(visit, sight.isMistaken);
    // Whom the station lists already it does not list again.
    if (visit.bar !== null && visit.donation.outcome !== 'NO_BLOOD' && !memory.listed.some(isSame))
      memory.listed.push(visit);
  }

  return {
    variant,
    memory,
    begin(home) {
      forget(memory, home);
    },
    receive(visit, tallies) {
      const known = asRegistered(visit, knownTo(memory, { visit, at: visit.askedAt }, sight, terms.reachDays));
      const received = reception(visit, known);
      if (tallies.length > 0) review.received(visit, received, tallies);
      if (received !== 'admitted' || !visit.presentation.isFit) return;
      if (tallies.length > 0) review.drawn(visit, tallies);
      draw(visit, known);
    },
  };
}
