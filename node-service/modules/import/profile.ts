/**
 * What a station's own system exports, as data: for each kind of file its encoding, headings, codes and date forms. A
 * station that differs from the default has a file of its own in `profiles/`, which holds only the kinds that differ.
 */
import { readFile } from 'node:fs/promises';

import { z } from 'zod';

import { DocumentType } from '#schema/documents.ts';
import type { StationCode } from '#schema/ids.ts';
import { Marker, Outcome, Procedure } from '#schema/procedures.ts';

import { DateForm } from './dates.ts';

/** The encodings a file may have. A file that begins with a UTF-8 byte order mark is UTF-8 whatever its profile says. */
export const Encoding = z.enum(['utf-8', 'gb18030']);
export type Encoding = z.infer<typeof Encoding>;

const heading = z.string().min(1);

// A map, because a file may well say "constructor".
const codesFor = <Value extends z.ZodType>(value: Value) =>
  z
    .record(z.string(), value)
    .transform((record): ReadonlyMap<string, z.output<Value>> => new Map(Object.entries(record)));

const aboutTheFile = {
  encoding: Encoding,
  /** Tried in order. */
  dates: z.array(DateForm).min(1),
};
const donorColumns = { number: heading, documentType: heading, documentNumber: heading };
const donorCodes = { documentType: codesFor(DocumentType) };

export const DonationForm = z.strictObject({
  ...aboutTheFile,
  columns: z.strictObject({
    ...donorColumns,
    procedure: heading,
    collectedAt: heading,
    volumeMl: heading,
    outcome: heading,
  }),
  codes: z.strictObject({ ...donorCodes, procedure: codesFor(Procedure), outcome: codesFor(Outcome) }),
});
export type DonationForm = z.infer<typeof DonationForm>;

export const LookoutForm = z.strictObject({
  ...aboutTheFile,
  columns: z.strictObject({
    ...donorColumns,
    marker: heading,
    confirmedOn: heading,
    clearedOn: heading,
    laboratory: heading,
  }),
  codes: z.strictObject({ ...donorCodes, marker: codesFor(Marker) }),
});
export type LookoutForm = z.infer<typeof LookoutForm>;

export const RegistrationForm = z.strictObject({
  ...aboutTheFile,
  /** `releasedOn` need not be in a file: not every system keeps it. */
  columns: z.strictObject({ ...donorColumns, registeredOn: heading, releasedOn: heading }),
  codes: z.strictObject(donorCodes),
});
export type RegistrationForm = z.infer<typeof RegistrationForm>;

/** The forms of all the files of one station. */
export const Profile = z.strictObject({
  donations: DonationForm,
  lookouts: LookoutForm,
  registrations: RegistrationForm,
});
export type Profile = z.infer<typeof Profile>;

const folder = new URL('profiles/', import.meta.url);

const ProfileFile = z.record(z.string(), z.unknown());

async function findProfileFile(name: string): Promise<z.infer<typeof ProfileFile>> {
  try {
    return ProfileFile.parse(JSON.parse(await readFile(new URL(`${name}.json`, folder), 'utf8')));
  } catch (error) {
    if (error instanceof Error && 'code' in error && error.code === 'ENOENT') return {};
    throw error;
  }
}

/** The profile of a station: its own file over the default. */
export async function readProfile(station: StationCode): Promise<Profile> {
  const [usual, own] = await Promise.all([findProfileFile('default'), findProfileFile(station)]);
  return Profile.parse({ ...usual, ...own });
}
