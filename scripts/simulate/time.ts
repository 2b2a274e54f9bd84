/** Simulated time: whole minutes since 1970 (UTC). Days are local days, counted since 1970. */
import { civilDateOf } from '#schema/calendar.ts';
import type { CivilDate } from '#schema/calendar.ts';

export const minutesADay = 1_440;
/** Asia/Shanghai is eight hours ahead the year round. */
const zoneMinutes = 480;

/** The number of the local day of a moment. */
export const dayOf = (minute: number): number => Math.floor((minute + zoneMinutes) / minutesADay);

/** The moment so many minutes after a local day began. */
export const minuteOf = (day: number, minutesOfDay: number): number => day * minutesADay - zoneMinutes + minutesOfDay;

export const millisecondsOf = (minute: number): number => minute * 60_000;

const names: CivilDate[] = [];

/** The name of a local day. */
export function civilDay(day: number): CivilDate {
  const known = names[day];
  if (known !== undefined) return known;
  const name = civilDateOf(new Date(millisecondsOf(minuteOf(day, 0))));
  names[day] = name;
  return name;
}

/** The number of the local day with a name. */
export const dayNamed = (date: CivilDate): number => Math.round(Date.parse(date) / 86_400_000);
