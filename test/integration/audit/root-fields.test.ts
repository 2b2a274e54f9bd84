/** No field of `Query` or `Mutation` answers without an entry in the record: every one of them is asked. */
import { parse } from 'graphql';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';

import { stationSchema } from '#node/graphql/schema.ts';
import { AuditPayload } from '#schema/audit.ts';
import { query } from '#test/support/federation.ts';
import { createDirectoryFile, memberOf, startStation } from '#test/support/station.ts';

type Station = Awaited<ReturnType<typeof startStation>>;

const donor = '{ document: { type: PASSPORT, number: "EH2979194" } }';
const draw = 'procedure: WHOLE_BLOOD, collectedAt: "2026-11-01T01:00:00Z", volumeMl: 400, outcome: COMPLETE';

/** Of each field: how it is asked, and how many donors its entry names. */
const asked: Readonly<Record<string, readonly [document: string, donors: number, kind?: string]>> = {
  'Mutation.recordDonation': [
    `{ recordDonation(input: { donor: ${donor}, donationNo: "A1", ${draw} }) { __typename } }`,
    1,
  ],
  'Mutation.correctDonation': [
    `{ correctDonation(input: { donationNo: "A1", ${draw.replace('400', '300')}, correctedBy: "W", reason: "R" }) { __typename } }`,
    1,
  ],
  'Mutation.reportLookout': [
    `{ reportLookout(input: { donor: ${donor}, lookoutNo: "L1", marker: HBV, confirmedOn: "2026-11-10", laboratory: "B" }) { __typename } }`,
    1,
  ],
  'Mutation.clearLookout': [`{ clearLookout(input: { lookoutNo: "L1" }) { __typename } }`, 1],
  'Mutation.registerPlasmaDonor': [
    `{ registerPlasmaDonor(input: { donor: ${donor}, registrationNo: "R1", registeredOn: "2026-11-01" }) { __typename } }`,
    1,
  ],
  'Mutation.releasePlasmaDonor': [`{ releasePlasmaDonor(input: { registrationNo: "R1" }) { __typename } }`, 1],
  'Mutation.requestPermit': [`{ requestPermit(donor: ${donor}, procedure: WHOLE_BLOOD) { __typename } }`, 1],
  'Mutation.releasePermit': [`{ releasePermit(id: "01900000-0000-7000-8000-00000000000a") { __typename } }`, 0],
  'Mutation.resolveConflict': [`{ resolveConflict(id: "none", resolvedBy: "W", reason: "R") { __typename } }`, 0],
  'Query.eligibility': [`{ eligibility(donor: ${donor}, procedure: WHOLE_BLOOD) { __typename } }`, 1],
  'Query.eligibilityBatch': [
    `{ eligibilityBatch(donors: [${donor}, ${donor}], procedure: WHOLE_BLOOD) { __typename } }`,
    2,
  ],
  'Query.schedule': [`{ schedule(donor: ${donor}) { __typename } }`, 1],
  'Query.holding': [`{ holding(donor: ${donor}) { __typename } }`, 1],
  'Query.donations': [`{ donations { edges { node { donationNo } } } }`, 1],
  'Query.lookouts': [`{ lookouts { edges { node { lookoutNo } } } }`, 1],
  'Query.permits': [`{ permits { edges { node { id } } } }`, 0],
  'Query.releaseCheck': [`{ releaseCheck(donationNo: "A1") { __typename } }`, 1],
  'Query.conflict': [`{ conflict(id: "none") { id } }`, 0],
  'Query.conflicts': [`{ conflicts { edges { node { id } } } }`, 0],
  'Query.marker': [`{ marker(donor: ${donor}) { __typename } }`, 1],
  'Query.auditEntries': [`{ auditEntries { edges { node { seq payload hash } } } }`, 0],
  'Query.self': [`{ self { code } }`, 0],
};

/** Asked by gateways only, whose visits are written down when they are sealed. */
const forGateways = ['Query._stations'];

async function lastEntry(station: Station): Promise<AuditPayload> {
  const [entry] = await query<{ payload: string }>(
    station.databaseUrl,
    'SELECT payload FROM audit_entry ORDER BY seq DESC LIMIT 1',
  );
  return AuditPayload.parse(JSON.parse(entry?.payload ?? 'null'));
}

describe('the record', () => {
  let directory: Awaited<ReturnType<typeof createDirectoryFile>>;
  let blood: Station;
  let plasma: Station;

  beforeAll(async () => {
    directory = await createDirectoryFile([memberOf('310198B01'), memberOf('330798P01')]);
    [blood, plasma] = (await Promise.all(
      ['310198B01', '330798P01'].map((code) => startStation({ code, directoryFile: directory.file })),
    )) as [Station, Station];
  });

  afterAll(async () => {
    await Promise.all([blood, plasma].map((station) => station[Symbol.asyncDispose]()));
    await directory[Symbol.asyncDispose]();
  });

  test('knows every field there is', () => {
    const fields = [stationSchema.getQueryType(), stationSchema.getMutationType()].flatMap((type) =>
      Object.keys(type?.getFields() ?? {}).map((field) => `${type?.name ?? ''}.${field}`),
    );
    expect([...Object.keys(asked), ...forGateways].toSorted()).toEqual(fields.toSorted());
  });

  test.each(Object.entries(asked))('has an entry of %s before it answers', async (field, [document, donors]) => {
    const station = field.includes('PlasmaDonor') ? plasma : blood;
    const [type = '', name = ''] = field.split('.');
    const text = `${type.toLowerCase()} ${document}`;
    parse(text);
    const { data, errors } = await station.ask(text, {}, name === 'marker' ? { case: 'C-1' } : {});
    expect(errors).toBeUndefined();
    expect(data).toBeTruthy();
    const entry = await lastEntry(station);
    expect(entry).toMatchObject({ kind: type === 'Query' ? 'ANSWERED' : 'CHANGED', field });
    expect('donors' in entry && entry.donors.length).toBe(donors);
    expect(entry).toMatchObject({ caller: { from: 'OWN', member: expect.any(String) as unknown } });
  });

  test('has what was refused by a rule, and that nothing was changed by it', async () => {
    const input = `{ donor: ${donor}, donationNo: "A1", ${draw.replace('400', '200')} }`;
    await blood.ask(`mutation { recordDonation(input: ${input}) { __typename } }`);
    expect(await lastEntry(blood)).toMatchObject({
      kind: 'CHANGED',
      field: 'Mutation.recordDonation',
      outcome: 'CONFLICT',
    });
    await blood.ask(
      `mutation { correctDonation(input: { donationNo: "A1", ${draw.replace('400', '300')}, correctedBy: "W", reason: "R" }) { __typename } }`,
    );
    expect(await lastEntry(blood)).toMatchObject({ kind: 'CHANGED', outcome: 'UNCHANGED' });
  });

  test('an entry that cannot be written means that there is no answer', async () => {
    await query(blood.databaseUrl, 'ALTER TABLE audit_entry RENAME TO elsewhere');
    const { data, errors } = await blood.ask(`{ eligibility(donor: ${donor}, procedure: WHOLE_BLOOD) { __typename } }`);
    expect(data).toBeNull();
    expect(errors?.[0]?.extensions).toMatchObject({ code: 'DATABASE_UNAVAILABLE' });
    const recorded = await blood.ask(
      `mutation { recordDonation(input: { donor: ${donor}, donationNo: "A2", ${draw} }) { __typename } }`,
    );
    expect(recorded.errors).toHaveLength(1);
    await query(blood.databaseUrl, 'ALTER TABLE elsewhere RENAME TO audit_entry');
    expect(await query(blood.databaseUrl, `SELECT FROM donation WHERE donation_no = 'A2'`)).toEqual([]);
  });
});
