/** The table of disclosure against a statement of the same rules by role. */
import fc from 'fast-check';
import { expect, test } from 'vitest';

import { CaseNumber, Pseudonym, Purpose, Role } from '#schema/caller.ts';
import type { Caller } from '#schema/caller.ts';
import { gatewayDisclosure, isAllowed, stationDisclosure } from '#schema/disclosure.ts';
import { StationCode } from '#schema/ids.ts';
import { mayAskAtStation } from '#test/support/disclosure-rules.ts';

const callers = fc.record({
  from: fc.constantFrom('OWN' as const, 'MEMBER' as const, 'GATEWAY' as const, 'REGULATOR' as const),
  member: fc.constant(StationCode.parse('310198B01')),
  role: fc.constantFrom(...Role.options),
  subject: fc.constant(Pseudonym.parse('somebody')),
  purpose: fc.option(fc.constantFrom(...Purpose.options)),
  case: fc.option(fc.constant(CaseNumber.parse('case-1'))),
  rights: fc.constantFrom([], ['OPEN_DOCUMENTS' as const]),
});
const kinds = fc.constantFrom('BLOOD' as const, 'PLASMA' as const);
const coordinates = fc.constantFrom(...Object.keys(stationDisclosure), 'Query.nothing', 'Donation.donor');

test('a station answers whom the rules of its roles name, and nobody else', () => {
  fc.assert(
    fc.property(coordinates, callers, kinds, (coordinate, caller: Caller, kind) => {
      expect(isAllowed(stationDisclosure, coordinate, caller, kind)).toBe(mayAskAtStation(coordinate, caller, kind));
    }),
    { numRuns: 20_000 },
  );
});

test('a regulator, in whatever role and for whatever purpose, is answered figures by a gateway and nothing else by anybody', () => {
  const everything = fc.constantFrom(...Object.keys(stationDisclosure), ...Object.keys(gatewayDisclosure));
  fc.assert(
    fc.property(everything, callers, (coordinate, caller: Caller) => {
      const regulator: Caller = { ...caller, from: 'REGULATOR' };
      expect(isAllowed(stationDisclosure, coordinate, regulator, 'PLASMA')).toBe(false);
      if (isAllowed(gatewayDisclosure, coordinate, regulator, null))
        expect(['Query.aggregate', 'Query.measures']).toContain(coordinate);
    }),
    { numRuns: 10_000 },
  );
});

test('nobody who signs in at a gateway learns anything of a donor there, in whatever role', () => {
  const personal = ['Query.exchange', 'Station.donor', 'Station.donors', 'Station.markers', 'Station.eventsSince'];
  fc.assert(
    fc.property(fc.constantFrom(...personal), callers, (coordinate, caller: Caller) => {
      const isOwn = caller.from === 'OWN' || coordinate.startsWith('Station.');
      if (isOwn) expect(isAllowed(gatewayDisclosure, coordinate, caller, null)).toBe(false);
    }),
    { numRuns: 5_000 },
  );
});
