/** A row of a registrations file. Only plasma stations take donors as their own. */
import type { RejectionCode } from '#schema/codes.ts';
import { RegistrationNumber } from '#schema/ids.ts';
import { offers } from '#schema/procedures.ts';

import { findDay } from './dates.ts';
import type { RegistrationForm } from './profile.ts';
import { documentOf, findPlaces } from './reader.ts';
import type { Circumstances, ParsedRow, Places, Reader, Table } from './reader.ts';

const table: Table = {
  name: 'registration',
  number: 'registration_no',
  columns: [
    { name: 'registered_on', type: 'date' },
    { name: 'released_on', type: 'date' },
  ],
  says: (row) => `jsonb_build_object('type', 'registration.claimed', 'since', ${row}.registered_on)`,
  closing: {
    name: 'released_on',
    says: (day, event) => `jsonb_build_object('type', 'registration.released', 'of', ${event}, 'until', ${day})`,
  },
};

interface Situation extends Circumstances {
  readonly form: RegistrationForm;
  readonly at: Places<keyof RegistrationForm['columns']>;
}

function parse(fields: readonly string[], { form, at, kind, today }: Situation): ParsedRow | RejectionCode {
  const number = fields[at.number] ?? '';
  if (!RegistrationNumber.safeParse(number).success) return 'BAD_NUMBER';
  const type = form.codes.documentType.get(fields[at.documentType] ?? '');
  const donor = documentOf(type, fields[at.documentNumber] ?? '', today);
  if (typeof donor === 'string') return donor;
  if (!offers(kind, 'SOURCE_PLASMA')) return 'PROCEDURE_NOT_OFFERED';
  const registeredOn = findDay(fields[at.registeredOn] ?? '', form.dates);
  const releasedText = fields[at.releasedOn] ?? '';
  const releasedOn = releasedText === '' ? null : findDay(releasedText, form.dates);
  if (registeredOn === undefined || releasedOn === undefined) return 'BAD_DATE';
  if (registeredOn > today || (releasedOn !== null && releasedOn > today)) return 'FUTURE_DATE';
  if (releasedOn !== null && releasedOn < registeredOn) return 'BAD_DATE';
  return { number, document: donor.document, values: [registeredOn, releasedOn] };
}

export function createRegistrationReader(form: RegistrationForm, circumstances: Circumstances): Reader {
  return {
    table,
    bind(heading) {
      const at = findPlaces<keyof RegistrationForm['columns']>(form.columns, heading, ['releasedOn']);
      const situation = { ...circumstances, form, at };
      return (fields) => parse(fields, situation);
    },
  };
}
