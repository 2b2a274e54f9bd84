/** What the donor log says of a person at a moment, as events, for the permits to be judged by. */
import type { HistoryEvent } from '#node/domain/history.ts';
import type { RuleSet } from '#schema/rule-set.ts';

import { tokenOf } from './memory.ts';
import type { Memory, Sight } from './memory.ts';
import { civilDay, millisecondsOf } from './time.ts';
import { barToldAt } from './visit.ts';
import type { Telling, Visit } from './visit.ts';

/** What does not change from visit to visit. */
export interface Terms {
  readonly ruleSet: RuleSet;
  /** A draw counts no longer than so many days. */
  readonly reachDays: number;
  readonly permitMs: number;
}

/** The donor is examined, found unfit and sent home so many minutes after the claim. */
const releasedAfterMinutes = 20;
/** How long the log may take to take a claim. */
const patienceMs = 5_000;

export const claimOf = (visit: Visit, { ruleSet, permitMs }: Terms): HistoryEvent =>
  visit.event('claim', 'prompt', visit.askedAt, () => ({
    type: 'permit.claimed',
    procedure: visit.presentation.procedure,
    lifetimeMs: permitMs,
    notAfter: millisecondsOf(visit.askedAt) + patienceMs,
    ruleSet: { id: ruleSet.id, hash: ruleSet.hash },
  }));

export const registrationOf = (visit: Visit): HistoryEvent =>
  visit.event('registration', 'prompt', visit.askedAt, () => ({
    type: 'registration.claimed',
    since: visit.registration.since,
  }));

const releaseOf = (visit: Visit): HistoryEvent =>
  visit.event('release', 'prompt', visit.askedAt + releasedAfterMinutes, () => ({
    type: 'permit.released',
    of: visit.idOf('claim'),
  }));

const drawOf = (visit: Visit, telling: Telling): HistoryEvent =>
  visit.event('donation', telling, visit.drawTold[telling], () => {
    const { procedure, volumeMl, outcome, at } = visit.presentation;
    const collectedAt = new Date(millisecondsOf(at)).toISOString();
    const donation = { procedure, collectedAt, volumeMl, outcome };
    return { type: 'donation.recorded', donation, permit: visit.idOf('claim') };
  });

/** The bar a draw led to, and its end once that has come. */
function barOf(visit: Visit, telling: Telling, day: number): HistoryEvent[] {
  const { bar } = visit;
  const { confirmation } = visit.presentation;
  if (bar === null || confirmation === null) return [];
  const toldAt = barToldAt(confirmation, telling);
  const set = visit.event('bar', telling, toldAt, () => ({ type: 'bar.set', since: bar.since }));
  const { clearedOn } = confirmation;
  if (clearedOn === null || day < clearedOn) return [set];
  const lifted = { type: 'bar.lifted', of: set.id, until: civilDay(clearedOn) } as const;
  return [set, visit.event('lift', telling, toldAt + 1, () => lifted)];
}

/** Everything the log says of the visitor that counts still, in its order. */
export function logAt(memory: Memory, visit: Visit, { telling, isMistaken }: Sight, terms: Terms): HistoryEvent[] {
  const now = visit.askedAt;
  const token = tokenOf(visit, isMistaken);
  const isTheirs = (one: Visit): boolean => tokenOf(one, isMistaken) === token;
  const history: HistoryEvent[] = token === 0 && memory.home !== null ? [memory.home.event] : [];
  for (const one of memory.registered) if (isTheirs(one)) history.push(registrationOf(one));
  for (const one of memory.listed) {
    const { confirmation } = one.presentation;
    if (confirmation === null || barToldAt(confirmation, telling) > now || !isTheirs(one)) continue;
    history.push(...barOf(one, telling, visit.day));
  }
  for (let place = memory.given.length - 1; place >= 0; place -= 1) {
    const draw = memory.given[place];
    if (draw === undefined || draw.day < visit.day - terms.reachDays) break;
    if (draw.drawTold[telling] <= now && isTheirs(draw)) history.push(drawOf(draw, telling));
  }
  for (const { visit: one, isGranted, isReleased } of memory.claims) {
    if (millisecondsOf(now - one.askedAt) >= terms.permitMs || !isTheirs(one)) continue;
    const claim = claimOf(one, terms);
    history.push(isGranted ? { ...claim, claim: 'GRANTED' } : claim);
    if (isReleased && one.askedAt + releasedAfterMinutes <= now) history.push(releaseOf(one));
  }
  return history.sort((one, other) => one.offset - other.offset);
}
