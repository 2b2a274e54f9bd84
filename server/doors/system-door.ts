/** The door for a station's own systems: an access token that the station gave them. */
import { decodeJwt } from 'jose';

import type { MemberCode } from '#schema/caller.ts';

import { readBearer } from './bearer.ts';
import type { Door } from '../http/door.ts';
import { RequestError } from '../errors/request-error.ts';
import { readStated } from './stated.ts';
import type { SystemTokens } from './system-tokens.ts';

/** Whether a token says that the station gave it. Which of the doors is to look at it closely, and no more. */
export function isSystemToken(token: string, station: MemberCode): boolean {
  try {
    return decodeJwt(token).iss === station;
  } catch {
    return false;
  }
}

export function createSystemDoor(station: MemberCode, tokens: SystemTokens): Door {
  return {
    async admit({ headers }) {
      const system = await tokens.verify(readBearer(headers));
      if (system === undefined) throw new RequestError('UNAUTHENTICATED');
      const { role, ...stated } = readStated(headers);
      if (role !== null && role !== 'SYSTEM') {
        throw new RequestError('FORBIDDEN', { detail: `A system has not the role ${role}.` });
      }
      return { caller: { from: 'OWN', member: station, role: 'SYSTEM', ...system, ...stated } };
    },
  };
}
