/**
 * Civil days in Asia/Shanghai. The rules count days and calendar months, never hours: an interval of six months from
 * 31 August ends on the last day of February. Arithmetic is Temporal's; there are few days, so answers are remembered.
 */
import { Temporal } from 'temporal-polyfill';
import { z } from 'zod';

/** The one time zone of the federation. */
export const timeZone = 'Asia/Shanghai';

const millisecondsAnHour = 3_600_000;

/** Remembers the answers of a pure function; forgets all at once when full, which twenty years of hours do not fill. */
function remembered<K, V>(answer: (key: K) => V): (key: K) => V {
  const known = new Map<K, V>();
  return (key) => {
    const old = known.get(key);
    if (old !== undefined) return old;
    if (known.size >= 200_000) known.clear();
    const fresh = answer(key);
    known.set(key, fresh);
    return fresh;
  };
}

const isCivilDate = remembered((text: string): boolean => {
  if (!/^\d{4}-\d{2}-\d{2}$/.test(text)) return false;
  try {
    Temporal.PlainDate.from(text, { overflow: 'reject' });
    return true;
  } catch {
    return false;
  }
});

/** A day that exists, `YYYY-MM-DD`. Two of them compare with `<`. */
export const CivilDate = z.string().refine(isCivilDate, 'a date is YYYY-MM-DD and exists').brand<'CivilDate'>();
export type CivilDate = z.infer<typeof CivilDate>;

/** The day a text names, or undefined when there is no such day. The fast form of the parser, for long files. */
export function findCivilDate(text: string): CivilDate | undefined {
  return isCivilDate(text) ? (text as CivilDate) : undefined;
}

/** A length of time the rules use. Months are calendar months. */
export const Interval = z.strictObject({
  value: z.int().min(1).max(1200),
  unit: z.enum(['day', 'week', 'month']),
});
export type Interval = z.infer<typeof Interval>;

const adders = new Map<string, (day: CivilDate) => CivilDate>();

/** The first day on which `interval` since `day` is over; months are clamped at the month's end. */
export function addInterval(day: CivilDate, interval: Interval): CivilDate {
  const name = `${interval.value} ${interval.unit}`;
  let add = adders.get(name);
  if (add === undefined) {
    const duration = { [`${interval.unit}s`]: interval.value };
    add = remembered((from) => Temporal.PlainDate.from(from).add(duration).toString() as CivilDate);
    adders.set(name, add);
  }
  return add(day);
}

// The zone's offset is a whole number of hours and changes on the hour, so all instants of one hour share a day.
const dayOfHour = remembered((hour: number): CivilDate => {
  const instant = Temporal.Instant.fromEpochMilliseconds(hour * millisecondsAnHour);
  return instant.toZonedDateTimeISO(timeZone).toPlainDate().toString() as CivilDate;
});

/** The local day of an instant. */
export function civilDateOf(instant: Date): CivilDate {
  return dayOfHour(Math.floor(instant.getTime() / millisecondsAnHour));
}

const startOfDay = remembered((day: CivilDate): number => {
  return Temporal.PlainDate.from(day).toZonedDateTime(timeZone).epochMilliseconds;
});

/** The instant of a local wall-clock time, given as milliseconds since the day began. */
export function instantOf(day: CivilDate, millisecondsOfDay: number): Date {
  return new Date(startOfDay(day) + millisecondsOfDay);
}
