/** The table of disclosure: a line for everything that can be asked, and nothing without one. */
import { readFileSync } from 'node:fs';

import { buildSchema, isObjectType } from 'graphql';
import { describe, expect, test } from 'vitest';

import { Pseudonym, Purpose, Role } from '#schema/caller.ts';
import type { Caller } from '#schema/caller.ts';
import { gatewayDisclosure, isAllowed, stationDisclosure } from '#schema/disclosure.ts';
import { StationCode } from '#schema/ids.ts';

/** Every field of the types whose fields have lines. */
function fieldsOf(service: string): string[] {
  const schema = buildSchema(readFileSync(new URL(`../../../schema/sdl/${service}.graphql`, import.meta.url), 'utf8'));
  return ['Query', 'Mutation', 'Station'].flatMap((name) => {
    const type = schema.getType(name);
    return isObjectType(type) ? Object.keys(type.getFields()).map((field) => `${name}.${field}`) : [];
  });
}

const linesOf = (table: object) => Object.keys(table).filter((coordinate) => !coordinate.includes('/'));

describe.each([
  ['station', stationDisclosure],
  ['gateway', gatewayDisclosure],
])('the table of a %s', (service, table) => {
  test('has a line for every field of Query, Mutation and Station, and for no other', () => {
    expect(linesOf(table).toSorted()).toEqual(fieldsOf(service).toSorted());
  });

  test('allows nothing that has no line, whatever it is called', () => {
    for (const role of Role.options) {
      for (const purpose of Purpose.options) {
        for (const coordinate of ['Query.secret', 'toString', '__proto__', 'constructor', '']) {
          const asker: Caller = { ...caller, role, purpose };
          expect(isAllowed(table, coordinate, asker, 'BLOOD')).toBe(false);
        }
      }
    }
  });
});

const caller: Caller = {
  from: 'OWN',
  member: StationCode.parse('310198B01'),
  role: 'DESK',
  subject: Pseudonym.parse('somebody'),
  purpose: null,
  case: null,
  rights: ['OPEN_DOCUMENTS'],
};

test('nothing is allowed without a purpose, and nothing for CARE without a case', () => {
  for (const role of Role.options) {
    for (const from of ['OWN', 'MEMBER', 'GATEWAY', 'REGULATOR'] as const) {
      for (const coordinate of Object.keys(stationDisclosure)) {
        expect(isAllowed(stationDisclosure, coordinate, { ...caller, from, role }, 'PLASMA')).toBe(false);
        const care: Caller = { ...caller, from, role, purpose: 'CARE' };
        expect(isAllowed(stationDisclosure, coordinate, care, 'PLASMA')).toBe(false);
      }
    }
  }
});
