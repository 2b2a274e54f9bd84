/** A row of a lookouts file. */
import type { RejectionCode } from '#schema/codes.ts';
import { LookoutNumber } from '#schema/ids.ts';

import { findDay } from './dates.ts';
import type { LookoutForm } from './profile.ts';
import { documentOf, findPlaces } from './reader.ts';
import type { Circumstances, ParsedRow, Places, Reader, Table } from './reader.ts';

const table: Table = {
  name: 'lookout',
  number: 'lookout_no',
  columns: [
    { name: 'marker', type: 'marker' },
    { name: 'confirmed_on', type: 'date' },
    { name: 'cleared_on', type: 'date' },
    { name: 'laboratory', type: 'text' },
  ],
  says: (row) => `jsonb_build_object('type', 'bar.set', 'since', ${row}.confirmed_on)`,
  closing: {
    name: 'cleared_on',
    says: (day, event) => `jsonb_build_object('type', 'bar.lifted', 'of', ${event}, 'until', ${day})`,
  },
};

const longestLaboratory = 200;

interface Situation extends Circumstances {
  readonly form: LookoutForm;
  readonly at: Places<keyof LookoutForm['columns']>;
}

function parse(fields: readonly string[], { form, at, today }: Situation): ParsedRow | RejectionCode {
  const number = fields[at.number] ?? '';
  if (!LookoutNumber.safeParse(number).success) return 'BAD_NUMBER';
  const type = form.codes.documentType.get(fields[at.documentType] ?? '');
  const donor = documentOf(type, fields[at.documentNumber] ?? '', today);
  if (typeof donor === 'string') return donor;
  const marker = form.codes.marker.get(fields[at.marker] ?? '');
  if (marker === undefined) return 'UNKNOWN_MARKER';
  const confirmedOn = findDay(fields[at.confirmedOn] ?? '', form.dates);
  const clearedText = fields[at.clearedOn] ?? '';
  const clearedOn = clearedText === '' ? null : findDay(clearedText, form.dates);
  if (confirmedOn === undefined || clearedOn === undefined) return 'BAD_DATE';
  if (confirmedOn > today || (clearedOn !== null && clearedOn > today)) return 'FUTURE_DATE';
  if (clearedOn !== null && clearedOn < confirmedOn) return 'CLEARED_BEFORE_CONFIRMED';
  // Kept as it is written, also when a spreadsheet would take it for a formula: whoever exports it must defuse it.
  const laboratory = fields[at.laboratory] ?? '';
  if (laboratory === '' || laboratory.length > longestLaboratory) return 'BAD_LABORATORY';
  return { number, document: donor.document, values: [marker, confirmedOn, clearedOn, laboratory] };
}

export function createLookoutReader(form: LookoutForm, circumstances: Circumstances): Reader {
  return {
    table,
    bind(heading) {
      const situation = { ...circumstances, form, at: findPlaces(form.columns, heading) };
      return (fields) => parse(fields, situation);
    },
  };
}
