/** The one place where the table of disclosure is enforced: before a question is executed, as a whole or not at all. */
import { CaseNumber, Purpose } from '#schema/caller.ts';
import type { Caller } from '#schema/caller.ts';
import { isAllowed } from '#schema/disclosure.ts';
import type { DisclosureTable } from '#schema/disclosure.ts';
import type { StationKind } from '#schema/procedures.ts';

import { RequestError } from '../errors/request-error.ts';

/** Somebody who was let in and asked for what they may not have. */
export interface Denial {
  readonly requestId: string;
  readonly caller: Caller;
  /** `Type.field`, or method and path. */
  readonly coordinate: string;
}

export interface AuthorityOptions {
  readonly table: DisclosureTable;
  /** What this station is; null at a gateway. */
  readonly kind: StationKind | null;
  /** Awaited before the caller hears of it: who was turned away is written down as well. */
  readonly onDenied?: (denial: Denial) => Promise<void> | void;
}

export interface Request {
  readonly id: string;
  readonly caller: Caller;
}

export interface Authority {
  /** Rejects with `FORBIDDEN` unless the caller may ask for all of it. Nothing has happened then. */
  assertMayAsk(request: Request, coordinates: readonly string[]): Promise<void> | void;
}

/** Any case would do. */
const someCase = CaseNumber.parse('C');

/** What is wrong with it, and what this caller could say instead. */
function sentenceOf({ table, kind }: AuthorityOptions, caller: Caller, coordinate: string): string {
  const { role, purpose } = caller;
  const isAllowedWith = (changed: Partial<Caller>): boolean =>
    isAllowed(table, coordinate, { ...caller, ...changed }, kind);
  if (purpose === null) return `${coordinate} needs a purpose, in the header lookout-purpose.`;
  if (isAllowedWith({ case: someCase })) return `${coordinate} for CARE needs a case, in the header lookout-case.`;
  const others = Purpose.options.filter((other) => isAllowedWith({ purpose: other, case: someCase }));
  const instead = others.length === 0 ? '' : `; as ${role} it may be for ${others.join(', ')}`;
  return `${coordinate} may not be asked as ${role} for ${purpose}${instead}.`;
}

export function createAuthority(options: AuthorityOptions): Authority {
  const { table, kind, onDenied } = options;
  const deny = async ({ id: requestId, caller }: Request, coordinate: string): Promise<never> => {
    await onDenied?.({ requestId, caller, coordinate });
    throw new RequestError('FORBIDDEN', { detail: sentenceOf(options, caller, coordinate) });
  };
  return {
    assertMayAsk(request, coordinates) {
      for (const coordinate of coordinates)
        if (!isAllowed(table, coordinate, request.caller, kind)) return deny(request, coordinate);
    },
  };
}
