/** What a caller says beside its token: in which role it asks, what for, and under which case. */
import type { IncomingHttpHeaders } from 'node:http';

import { CaseNumber, Purpose, Role } from '#schema/caller.ts';
import { callerHeaders } from '#schema/exchange.ts';

import { RequestError } from '../errors/request-error.ts';

export interface Stated {
  readonly role: Role | null;
  readonly purpose: Purpose | null;
  readonly case: CaseNumber | null;
}

/** Rejects nothing that is left out: what needs a purpose is denied without one later. */
export function readStated(headers: IncomingHttpHeaders): Stated {
  const read = <T>(name: string, shape: { safeParse: (sent: unknown) => { data?: T } }): T | null => {
    const sent = headers[name];
    if (sent === undefined) return null;
    const parsed = shape.safeParse(sent).data;
    if (parsed === undefined) throw new RequestError('BAD_REQUEST', { detail: `The header ${name} is not valid.` });
    return parsed;
  };
  return {
    role: read(callerHeaders.role, Role),
    purpose: read(callerHeaders.purpose, Purpose),
    case: read(callerHeaders.case, CaseNumber),
  };
}
