/**
 * A rule set: the donation intervals and caps of one jurisdiction, as data. Each rule names the clause it comes from,
 * its standing, and how well it is known. A rule set is validated when it is loaded and known by its content's hash.
 */
import { hash } from 'node:crypto';

import canonicalize from 'canonicalize';
import { z } from 'zod';

import { CivilDate, Interval } from './calendar.ts';
import { Procedure } from './procedures.ts';

/** Where a rule's force comes from. A `HOUSE_DEFAULT` is ours, where no rule was found: a physician must confirm it. */
export const Standing = z.enum(['LAW', 'STANDARD', 'NOTICE', 'PRACTICE', 'DRAFT', 'HOUSE_DEFAULT']);
export type Standing = z.infer<typeof Standing>;

/** How the rule's text is known to us: read itself, read about, remembered, or derived. */
const Evidence = z.enum(['PRIMARY', 'SECONDARY', 'RECALLED', 'DERIVED']);

const provenance = {
  clause: z.string().min(1),
  standing: Standing,
  evidence: Evidence,
  note: z.string().min(1).optional(),
};

/** After a donation of `after`, `next` is allowed again on the day the interval is over. */
export const IntervalRule = z.strictObject({ after: Procedure, next: Procedure, interval: Interval, ...provenance });
export type IntervalRule = z.infer<typeof IntervalRule>;

/** In any window of this length, `procedures` together may reach neither `maxCount` donations nor `maxVolumeMl` millilitres. */
export const CapRule = z
  .strictObject({
    procedures: z.array(Procedure).min(1),
    window: Interval,
    maxCount: z.int().min(1).optional(),
    maxVolumeMl: z.int().min(1).optional(),
    ...provenance,
  })
  .refine((cap) => (cap.maxCount === undefined) !== (cap.maxVolumeMl === undefined), {
    message: 'a cap has either maxCount or maxVolumeMl',
  });
export type CapRule = z.infer<typeof CapRule>;

/** The file of a rule set. One that `extends` another replaces and adds rules and keeps the rest. */
export const RuleSetFile = z
  .strictObject({
    id: z.string().regex(/^[A-Z0-9-]+$/),
    jurisdiction: z.string().min(2),
    title: z.strictObject({ zh: z.string().min(1), en: z.string().min(1) }),
    status: z.enum(['IN_FORCE', 'SUPERSEDED', 'DRAFT', 'REFERENCE']),
    effectiveFrom: CivilDate.nullable(),
    effectiveTo: CivilDate.nullable(),
    extends: z.string().nullable(),
    intervals: z.array(IntervalRule).min(1),
    caps: z.array(CapRule),
  })
  .refine((file) => new Set(file.intervals.map(idOf)).size === file.intervals.length, {
    message: 'a pair of procedures has one interval',
  });
export type RuleSetFile = z.infer<typeof RuleSetFile>;

/** A rule set ready for use: overlays resolved, rules found by procedure, identified by its hash. */
export interface RuleSet {
  readonly id: string;
  /** SHA-256 of the canonical JSON (RFC 8785) of the resolved rules, hexadecimal. */
  readonly hash: string;
  readonly file: RuleSetFile;
  /** The interval from one procedure to the next; undefined where no rule covers the pair. */
  intervalRule(after: Procedure, next: Procedure): IntervalRule | undefined;
  /** The caps that a donation of this procedure would count towards. */
  capsOn(next: Procedure): readonly CapRule[];
}

/** The id of a rule within its set. */
export function idOf(rule: IntervalRule | CapRule): string {
  if ('after' in rule) return `${rule.after}>${rule.next}`;
  const limit = rule.maxCount === undefined ? `${rule.maxVolumeMl ?? 0}ml` : `${rule.maxCount}`;
  return `${rule.procedures.join('+')}<=${limit}/${rule.window.value}${rule.window.unit}`;
}

/** An overlay on its base: a pair the overlay names takes the overlay's interval; its caps are added. */
function resolve(overlay: RuleSetFile, base: RuleSetFile): RuleSetFile {
  const named = new Set(overlay.intervals.map(idOf));
  return {
    ...overlay,
    intervals: [...base.intervals.filter((rule) => !named.has(idOf(rule))), ...overlay.intervals],
    caps: [...base.caps, ...overlay.caps],
  };
}

/**
 * Makes a rule set of a parsed file.
 *
 * @param base the rule set the file extends; required exactly when it names one.
 */
export function createRuleSet(file: RuleSetFile, base?: RuleSetFile): RuleSet {
  if ((file.extends ?? undefined) !== base?.id) throw new TypeError(`${file.id} extends ${file.extends ?? 'nothing'}`);
  const resolved = base === undefined ? file : resolve(file, base);
  const intervals = new Map(resolved.intervals.map((rule) => [idOf(rule), rule]));
  const caps = new Map(
    Procedure.options.map((next) => [next, resolved.caps.filter((cap) => cap.procedures.includes(next))]),
  );
  return {
    id: resolved.id,
    hash: hash('sha256', canonicalize(resolved) ?? '', 'hex'),
    file: resolved,
    intervalRule: (after, next) => intervals.get(`${after}>${next}`),
    capsOn: (next) => caps.get(next) ?? [],
  };
}
