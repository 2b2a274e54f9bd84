/** Use cases as tests call them: each call with an entry of its own in the real record, as a field of GraphQL would give it one. */
import type { Pool } from 'pg';

import { createPostgresAudit } from '#node/adapters/postgres-audit.ts';
import type { Entry } from '#node/audit-port.ts';
import { FieldEntry } from '#node/graphql/field-entry.ts';
import { Pseudonym } from '#schema/caller.ts';
import type { Caller } from '#schema/caller.ts';
import { StationCode } from '#schema/ids.ts';
import { testClock } from '#test/support/station.ts';

/** Somebody of the own organisation. */
export const callerOf = (station: string, fact: Partial<Caller> = {}): Caller => ({
  from: 'OWN',
  member: StationCode.parse(station),
  role: 'SYSTEM',
  subject: Pseudonym.parse('bmis-1'),
  purpose: 'RECORDING',
  case: null,
  rights: [],
  ...fact,
});

type WithEntry<UseCase> = UseCase extends (entry: Entry, ...rest: infer Rest) => infer Answer
  ? (...rest: Rest) => Answer
  : never;
type Unbound<UseCases> = { readonly [Name in keyof UseCases]: WithEntry<UseCases[Name]> };

/** The record of a station, and entries of it. */
export function recordOf(pool: Pool, station: string) {
  const caller = callerOf(station);
  const audit = createPostgresAudit({ pool, member: caller.member, clock: testClock, log: { error: () => undefined } });
  const entry = (field = 'POST /import') =>
    new FieldEntry({ field, isMutation: true, audit, caller, clock: testClock });
  return { audit, entry };
}

/** Gives each call of a use case whose first argument is its entry a new one. */
export function withEntries<UseCases extends object>(
  pool: Pool,
  station: string,
  useCases: UseCases,
): Unbound<UseCases> {
  const { entry } = recordOf(pool, station);
  const bound = Object.entries({ ...useCases } as Record<string, unknown>).map(([name, useCase]) => [
    name,
    (...rest: unknown[]) => (useCase as (...all: unknown[]) => unknown)(entry(`Mutation.${name}`), ...rest),
  ]);
  return Object.fromEntries(bound) as Unbound<UseCases>;
}
