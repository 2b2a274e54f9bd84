/** A row of a donations file. */
import { civilDateOf } from '#schema/calendar.ts';
import type { RejectionCode } from '#schema/codes.ts';
import { DonationNumber } from '#schema/ids.ts';
import { offers } from '#schema/procedures.ts';

import { findMoment } from './dates.ts';
import type { DonationForm } from './profile.ts';
import { documentOf, findPlaces } from './reader.ts';
import type { Circumstances, ParsedRow, Places, Reader, Table } from './reader.ts';

const table: Table = {
  name: 'donation',
  number: 'donation_no',
  columns: [
    { name: 'procedure', type: 'procedure' },
    { name: 'collected_at', type: 'timestamptz' },
    { name: 'collected_on', type: 'date' },
    { name: 'volume_ml', type: 'int4' },
    { name: 'outcome', type: 'outcome' },
  ],
  says: (row) => `jsonb_build_object(
    'type', 'donation.recorded',
    'donation', jsonb_build_object(
      'procedure', ${row}.procedure,
      'collectedAt', to_char(${row}.collected_at AT TIME ZONE 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS.MS"Z"'),
      'volumeMl', ${row}.volume_ml,
      'outcome', ${row}.outcome),
    'permit', NULL)`,
};

const wholeMillilitres = /^\d{1,6}$/;

function findVolume(text: string): number | undefined {
  const volume = wholeMillilitres.test(text) ? Number(text) : undefined;
  return volume !== undefined && volume <= 100_000 ? volume : undefined;
}

interface Situation extends Circumstances {
  readonly form: DonationForm;
  readonly at: Places<keyof DonationForm['columns']>;
}

function parse(fields: readonly string[], { form, at, kind, now, today }: Situation): ParsedRow | RejectionCode {
  const number = fields[at.number] ?? '';
  if (!DonationNumber.safeParse(number).success) return 'BAD_NUMBER';
  const type = form.codes.documentType.get(fields[at.documentType] ?? '');
  const donor = documentOf(type, fields[at.documentNumber] ?? '', today);
  if (typeof donor === 'string') return donor;
  const procedure = form.codes.procedure.get(fields[at.procedure] ?? '');
  if (procedure === undefined) return 'UNKNOWN_PROCEDURE';
  if (!offers(kind, procedure)) return 'PROCEDURE_NOT_OFFERED';
  const collectedAt = findMoment(fields[at.collectedAt] ?? '', form.dates);
  if (collectedAt === undefined) return 'BAD_DATE';
  if (collectedAt > now) return 'FUTURE_DATE';
  const volumeMl = findVolume(fields[at.volumeMl] ?? '');
  if (volumeMl === undefined) return 'BAD_VOLUME';
  const outcome = form.codes.outcome.get(fields[at.outcome] ?? '');
  if (outcome === undefined) return 'UNKNOWN_OUTCOME';
  const values = [procedure, collectedAt, civilDateOf(collectedAt), volumeMl, outcome];
  return { number, document: donor.document, values };
}

export function createDonationReader(form: DonationForm, circumstances: Circumstances): Reader {
  return {
    table,
    bind(heading) {
      const situation = { ...circumstances, form, at: findPlaces(form.columns, heading) };
      return (fields) => parse(fields, situation);
    },
  };
}
