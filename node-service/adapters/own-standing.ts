/** Whether an answer may rest on this station itself, by the directory it holds. */
import type { FaultCode } from '#schema/codes.ts';
import type { Directory } from '#schema/directory.ts';
import type { StationCode } from '#schema/ids.ts';

import type { OwnStandingPort } from '../ports.ts';
import { createExpiry } from './expired-directory.ts';
import type { Dependencies } from './expired-directory.ts';

function faultIn({ members }: Directory, station: StationCode): FaultCode | null {
  const own = members.find(({ code }) => code === station);
  if (own === undefined) return 'STATION_UNKNOWN';
  return own.status === 'SUSPENDED' ? 'STATION_SUSPENDED' : null;
}

export function createOwnStanding(station: StationCode, dependencies: Dependencies): OwnStandingPort {
  const { directory } = dependencies;
  const isExpired = createExpiry(dependencies);
  let known: Directory | undefined;
  let fault: FaultCode | null = null;
  return {
    fault() {
      const current = directory.current();
      if (current !== known) [known, fault] = [current, faultIn(current, station)];
      return isExpired() ? 'DIRECTORY_EXPIRED' : fault;
    },
  };
}
