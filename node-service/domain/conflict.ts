/** Conflicts: facts that together show that a rule was broken, found when the last of them arrives, however late. */
import { hash } from 'node:crypto';

import { addInterval, civilDateOf } from '#schema/calendar.ts';
import type { CivilDate, Interval } from '#schema/calendar.ts';
import type { DonorToken, EventId, StationCode } from '#schema/ids.ts';
import type { Procedure } from '#schema/procedures.ts';
import { idOf } from '#schema/rule-set.ts';
import type { CapRule, RuleSet } from '#schema/rule-set.ts';

import type { History } from './history.ts';
import { holdsOn } from './lookout.ts';
import { permitsAt } from './permit.ts';
import { toldFacts } from './replicated.ts';
import type { ToldBar, ToldDonation, ToldRegistration } from './replicated.ts';

/**
 * What was broken. `INTERVAL`: two donations too close. `CAP`: too many, or too much, in the window. `BARRED`: a donation
 * on a day a bar was in force. `TWO_HOMES`: registered at two plasma stations on one day. `AGAINST_PERMIT`: a donation while
 * another station held the donor's permit.
 */
export type ConflictKind = 'INTERVAL' | 'CAP' | 'BARRED' | 'TWO_HOMES' | 'AGAINST_PERMIT';

/** A conflict as every station concerned finds it by itself. */
export interface Conflict {
  /** The first 32 hexadecimal characters of the SHA-256 over kind, rule, donor and events with their origins: the same everywhere. */
  readonly id: string;
  readonly kind: ConflictKind;
  readonly token: DonorToken;
  /** The stations concerned, in order of their codes. */
  readonly stations: readonly StationCode[];
  /** The events that show it, in the order of the log: those that told of the facts first, however they were corrected. */
  readonly events: readonly EventId[];
  /** The rule of the rule set, such as `WHOLE_BLOOD>PLATELETS`; null where none is named. */
  readonly rule: string | null;
  /** When the log took the last of what shows it, a correction included, in milliseconds. */
  readonly shownAt: number;
}

/**
 * How long before it is shown the last day of a conflict may lie. A slip of the chair (interval, cap, permit, two homes) is worth
 * a person's time while something can still be done about the unit: red cells keep for 35 days (GB 18469), and a week is for the
 * upload. A first import of years of records must not open a case for each old slip: of the 15,627 rows of the sample, 251 show
 * an interval broken within the last year, 16 within six weeks. Blood of a barred donor is another matter: frozen plasma
 * keeps for up to four years.
 */
const looksBack = {
  INTERVAL: { value: 6, unit: 'week' },
  CAP: { value: 6, unit: 'week' },
  AGAINST_PERMIT: { value: 6, unit: 'week' },
  TWO_HOMES: { value: 6, unit: 'week' },
  BARRED: { value: 48, unit: 'month' },
} as const satisfies Record<ConflictKind, Interval>;

/** A conflict before it has its name. */
interface Finding {
  readonly kind: ConflictKind;
  readonly rule: string | null;
  readonly shown: readonly { readonly id: EventId; readonly station: StationCode; readonly shownAt: number }[];
  /** The last day on which the rule was broken. */
  readonly brokenOn: CivilDate;
}

/** An id is its origin's: two stations may use the same. */
const nameOf = ({ id, station }: Pick<Finding['shown'][number], 'id' | 'station'>): string => `${id} ${station}`;

const shownBy = (told: ToldDonation | ToldBar | ToldRegistration): Finding['shown'][number] => ({
  id: told.id,
  station: told.fact.station,
  shownAt: told.shownAt,
});

/** What was drawn, in the order it was; the same draw told twice is one. */
function draws(donations: readonly ToldDonation[]): ToldDonation[] {
  const seen = new Map<string, ToldDonation>();
  for (const donation of donations) {
    const { station, procedure, volumeMl, outcome } = donation.fact;
    const name = `${station} ${procedure} ${donation.collectedAt} ${volumeMl}`;
    if (outcome !== 'NO_BLOOD' && !seen.has(name)) seen.set(name, donation);
  }
  return [...seen.values()].sort(
    (one, other) => one.collectedAt - other.collectedAt || (nameOf(shownBy(one)) < nameOf(shownBy(other)) ? -1 : 1),
  );
}

/** Each donation too soon after an earlier one. Of the earlier ones, the last of each procedure at each station stands for all. */
function intervalFindings(donations: readonly ToldDonation[], ruleSet: RuleSet): Finding[] {
  const findings: Finding[] = [];
  const lastOf = new Map<string, ToldDonation>();
  for (const donation of donations) {
    const { station, procedure, collectedOn } = donation.fact;
    for (const earlier of lastOf.values()) {
      const rule = ruleSet.intervalRule(earlier.fact.procedure, procedure);
      if (rule === undefined || collectedOn >= addInterval(earlier.fact.collectedOn, rule.interval)) continue;
      const shown = [shownBy(earlier), shownBy(donation)];
      findings.push({ kind: 'INTERVAL', rule: idOf(rule), shown, brokenOn: collectedOn });
    }
    lastOf.set(`${station} ${procedure}`, donation);
  }
  return findings;
}

/** The newest of `counting` that reach the cap's limit by themselves; undefined when all of them do not. */
function reaching(cap: CapRule, counting: readonly ToldDonation[]): ToldDonation[] | undefined {
  const limit = cap.maxCount ?? cap.maxVolumeMl ?? Infinity;
  let sum = 0;
  for (let from = counting.length - 1; from >= 0; from -= 1) {
    sum += cap.maxCount === undefined ? (counting[from]?.fact.volumeMl ?? 0) : 1;
    if (sum >= limit) return counting.slice(from);
  }
  return undefined;
}

/** Each donation that a cap stood in the way of. */
function capFindings(donations: readonly ToldDonation[], ruleSet: RuleSet, cap: CapRule): Finding[] {
  const counted = donations.filter(({ fact }) => cap.procedures.includes(fact.procedure));
  const findings: Finding[] = [];
  let from = 0;
  for (const [place, donation] of counted.entries()) {
    const { collectedOn } = donation.fact;
    while (addInterval(counted[from]?.fact.collectedOn ?? collectedOn, cap.window) <= collectedOn) from += 1;
    const full = reaching(cap, counted.slice(from, place));
    if (full === undefined || !ruleSet.capsOn(donation.fact.procedure).includes(cap)) continue;
    findings.push({ kind: 'CAP', rule: idOf(cap), shown: [...full, donation].map(shownBy), brokenOn: collectedOn });
  }
  return findings;
}

function barFindings(donations: readonly ToldDonation[], bars: readonly ToldBar[]): Finding[] {
  return bars.flatMap((bar) =>
    donations
      .filter(({ fact }) => holdsOn(bar.fact, fact.collectedOn))
      .map((donation) => ({
        kind: 'BARRED' as const,
        rule: null,
        shown: [shownBy(bar), shownBy(donation)],
        brokenOn: donation.fact.collectedOn,
      })),
  );
}

/** Two spans at different stations that have a day in common. */
function homeFindings(registrations: readonly ToldRegistration[]): Finding[] {
  const findings: Finding[] = [];
  for (const [place, one] of registrations.entries()) {
    for (const other of registrations.slice(place + 1)) {
      const since = one.fact.since > other.fact.since ? one.fact.since : other.fact.since;
      const areTwo = one.fact.station !== other.fact.station;
      if (!areTwo || !holdsOn(one.fact, since) || !holdsOn(other.fact, since)) continue;
      const ends = [one.fact.until, other.fact.until].filter((until) => until !== null).sort();
      const shown = [shownBy(one), shownBy(other)];
      findings.push({ kind: 'TWO_HOMES', rule: null, shown, brokenOn: ends[0] ?? endOfDays });
    }
  }
  return findings;
}

const endOfDays = '9999-12-31' as CivilDate;

function permitFindings(donations: readonly ToldDonation[], history: History): Finding[] {
  return permitsAt(history, Infinity).flatMap(({ id, station, grantedAt, endsAt }) =>
    donations
      .filter(({ fact, collectedAt }) => fact.station !== station && grantedAt <= collectedAt && collectedAt < endsAt)
      .map((donation) => ({
        kind: 'AGAINST_PERMIT' as const,
        rule: null,
        shown: [{ id, station, shownAt: grantedAt }, shownBy(donation)],
        brokenOn: donation.fact.collectedOn,
      })),
  );
}

/** Whether it was shown soon enough to be somebody's work. */
function isInTime({ kind, brokenOn }: Finding, shownAt: number): boolean {
  return brokenOn === endOfDays || civilDateOf(new Date(shownAt)) < addInterval(brokenOn, looksBack[kind]);
}

const capsOf = (ruleSet: RuleSet, procedures: readonly Procedure[]): ReadonlySet<CapRule> =>
  new Set(procedures.flatMap((procedure) => ruleSet.capsOn(procedure)));

/**
 * The conflicts of a donor that concern a station: those of which one of the facts is its own. Corrected facts count as
 * corrected, lifted bars up to the day they were lifted. Every station concerned finds the same ones, in the order of their ids.
 *
 * @param history all events of the donor, in any order, with the outcomes of claims noted (`withOutcomes`).
 */
export function findConflicts(token: DonorToken, history: History, ruleSet: RuleSet, station: StationCode): Conflict[] {
  const told = toldFacts(history);
  const donations = draws(told.donations);
  const caps = capsOf(ruleSet, [...new Set(donations.map(({ fact }) => fact.procedure))]);
  const findings = [
    ...intervalFindings(donations, ruleSet),
    ...[...caps].flatMap((cap) => capFindings(donations, ruleSet, cap)),
    ...barFindings(donations, told.bars),
    ...homeFindings(told.registrations),
    ...permitFindings(donations, history),
  ];
  const offsetOf = new Map(history.map(({ id, origin, offset }) => [nameOf({ id, station: origin }), offset]));
  const placeOf = (name: string): number => offsetOf.get(name) ?? 0;
  const found = findings.flatMap((finding): Conflict[] => {
    const { kind, rule } = finding;
    const shown = finding.shown
      .map((each) => ({ ...each, name: nameOf(each) }))
      .sort((one, other) => placeOf(one.name) - placeOf(other.name) || (one.name < other.name ? -1 : 1));
    const stations = [...new Set(shown.map((each) => each.station))].sort();
    const shownAt = Math.max(...shown.map((each) => each.shownAt));
    if (!stations.includes(station) || !isInTime(finding, shownAt)) return [];
    const told = [kind, rule ?? '', token, ...shown.map(({ name }) => name)].join(' ');
    const id = hash('sha256', told, 'hex').slice(0, 32);
    return [{ id, kind, token, stations, events: shown.map((each) => each.id), rule, shownAt }];
  });
  found.sort((one, other) => (one.id < other.id ? -1 : 1));
  // An origin that repeats its own id shows the same twice.
  return found.filter(({ id }, place) => found[place - 1]?.id !== id);
}
