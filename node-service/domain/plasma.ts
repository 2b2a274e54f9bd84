/** Plasma registration: one donor, one home station (Regulation on Blood Products, State Council 208, arts 9 to 12). */
import type { CivilDate } from '#schema/calendar.ts';
import type { RegistrationFact } from '#schema/facts.ts';
import type { StationCode } from '#schema/ids.ts';

import { holdsOn } from './lookout.ts';

/** Whether a donor may give source plasma at a station as far as registration goes: registered there and nowhere else. */
export function isAtHome(registrations: readonly RegistrationFact[], station: StationCode, day: CivilDate): boolean {
  const homes = registrations.filter((registration) => holdsOn(registration, day));
  return homes.length > 0 && homes.every((registration) => registration.station === station);
}
