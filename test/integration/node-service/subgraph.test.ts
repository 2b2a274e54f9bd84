import { afterAll, beforeAll, describe, expect, test } from 'vitest';

import { suspendedSince } from '#test/support/directory.ts';
import { createDirectoryFile, memberOf, startStation } from '#test/support/station.ts';

const one = { document: { type: 'RESIDENT_ID', number: '37059819890422051X' } };
const other = { document: { type: 'PASSPORT', number: 'EH2979194' } };

let directory: Awaited<ReturnType<typeof createDirectoryFile>>;
let station: Awaited<ReturnType<typeof startStation>>;
let plasma: Awaited<ReturnType<typeof startStation>>;

beforeAll(async () => {
  // Each is a federation of one, so nothing is asked elsewhere.
  directory = await createDirectoryFile([memberOf('310198B01'), memberOf('330798P01', suspendedSince())]);
  station = await startStation({ code: '310198B01', directoryFile: directory.file });
  plasma = await startStation({
    code: '330798P01',
    directoryFile: (await createDirectoryFile([memberOf('330798P01')])).file,
  });
});

afterAll(async () => {
  await station[Symbol.asyncDispose]();
  await plasma[Symbol.asyncDispose]();
  await directory[Symbol.asyncDispose]();
});

const eligibility = `query ($donor: DonorRef!, $procedure: Procedure!, $on: Date) {
  eligibility(donor: $donor, procedure: $procedure, on: $on) {
    __typename
    ... on Decision { verdict eligibleFrom sentenceZh grounds { code rule clause until } ruleSet { id hash } coverage { complete stations { station state fault } } }
    ... on Refused { code message messageZh }
  }
}`;

const recordDonation = `mutation ($input: RecordDonationInput!) {
  recordDonation(input: $input) {
    __typename
    ... on Donation { donationNo donor collectedOn volumeMl }
    ... on Refused { code }
  }
}`;

const whole = {
  donationNo: 'A1',
  procedure: 'WHOLE_BLOOD',
  collectedAt: '2026-11-01T09:00:00+08:00',
  volumeMl: 400,
  outcome: 'COMPLETE',
};

describe('recording a donation', () => {
  test('defers the donor from then on, whichever way the document is typed', async () => {
    const input = { ...whole, donor: one };
    expect(await station.ask(recordDonation, { input })).toMatchObject({
      data: { recordDonation: { __typename: 'Donation', donationNo: 'A1', collectedOn: '2026-11-01' } },
    });
    const donor = { document: { type: 'RESIDENT_ID', number: ' 370598890422051 ' } };
    expect(await station.ask(eligibility, { donor, procedure: 'WHOLE_BLOOD' })).toMatchObject({
      data: {
        eligibility: {
          verdict: 'DEFERRED',
          eligibleFrom: '2027-05-01',
          sentenceZh: '请于2027年5月1日以后再来献血。',
          grounds: [{ code: 'INTERVAL', rule: 'WHOLE_BLOOD>WHOLE_BLOOD', until: '2027-05-01' }],
          ruleSet: { id: 'CN-2012' },
          coverage: { complete: true, stations: [{ station: '310198B01', state: 'OWN', fault: null }] },
        },
      },
    });
  });

  test('a second time changes nothing, and with other content is refused', async () => {
    const again = await station.ask(recordDonation, { input: { ...whole, donor: one } });
    const conflict = await station.ask(recordDonation, { input: { ...whole, donor: one, volumeMl: 300 } });
    const otherDonor = await station.ask(recordDonation, { input: { ...whole, donor: other } });
    expect(again).toMatchObject({ data: { recordDonation: { donationNo: 'A1', volumeMl: 400 } } });
    expect([conflict, otherDonor]).toMatchObject(Array(2).fill({ data: { recordDonation: { code: 'CONFLICT' } } }));
  });

  test.each([
    ['in the future', { collectedAt: '2026-11-21T12:00:01+08:00' }, 'FUTURE_DATE'],
    ['of source plasma at a blood station', { procedure: 'SOURCE_PLASMA' }, 'PROCEDURE_NOT_OFFERED'],
    ['of a negative volume', { volumeMl: -1 }, 'BAD_INPUT'],
    ['without a number', { donationNo: '' }, 'BAD_INPUT'],
    [
      'of a document that cannot be',
      { donor: { document: { type: 'RESIDENT_ID', number: '370598198904220511' } } },
      'BAD_DOCUMENT',
    ],
  ])('%s is refused', async (_, fault, code) => {
    const input = { ...whole, donationNo: 'A2', donor: one, ...fault };
    expect(await station.ask(recordDonation, { input })).toEqual({
      data: { recordDonation: { __typename: 'Refused', code } },
    });
  });

  test('at the same moment twice, with other content, keeps one', async () => {
    const input = { ...whole, donationNo: 'RACE', donor: other, procedure: 'PLATELETS' };
    const answers = await Promise.all(
      [200, 250].map((volumeMl) => station.ask(recordDonation, { input: { ...input, volumeMl } })),
    );
    const kinds = answers.map(({ data }) => JSON.stringify(data?.['recordDonation']).includes('CONFLICT'));
    expect(kinds.sort()).toEqual([false, true]);
  });
});

describe('correcting a donation', () => {
  const correctDonation = `mutation ($input: CorrectDonationInput!) {
    correctDonation(input: $input) {
      __typename
      ... on Donation { donationNo donor procedure collectedOn volumeMl permit flag corrections { donor procedure collectedAt volumeMl outcome correctedBy reason } }
      ... on Refused { code }
    }
  }`;
  const third = { document: { type: 'TAIWAN_PERMIT', number: '45814818' } };
  const content = { ...whole, donationNo: 'C1', collectedAt: '2026-09-01T01:00:00Z' };
  const said = { correctedBy: '王芳', reason: 'two forms were mixed up' };

  test('says what was true, lists what it said, and moves the deferral with it', async () => {
    await station.ask(recordDonation, { input: { ...content, donor: third } });
    const input = { ...content, ...said, collectedAt: '2026-10-01T01:00:00Z', volumeMl: 200 };
    const expected = {
      data: {
        correctDonation: {
          donationNo: 'C1',
          collectedOn: '2026-10-01',
          volumeMl: 200,
          permit: null,
          flag: 'WITHOUT_PERMIT',
          corrections: [{ procedure: 'WHOLE_BLOOD', collectedAt: '2026-09-01T01:00:00.000Z', volumeMl: 400, ...said }],
        },
      },
    };
    expect(await station.ask(correctDonation, { input })).toMatchObject(expected);
    expect(await station.ask(correctDonation, { input })).toMatchObject(expected);
    expect(await station.ask(eligibility, { donor: third, procedure: 'WHOLE_BLOOD' })).toMatchObject({
      data: { eligibility: { verdict: 'DEFERRED', eligibleFrom: '2027-04-01' } },
    });
  });

  test('gives a donation to the donor it was of, and names the one it was recorded for', async () => {
    const before = await station.ask(correctDonation, { input: { ...content, ...said, donor: third } });
    const owner = (before.data?.['correctDonation'] as { donor: string }).donor;
    const donor = { document: { type: 'TAIWAN_PERMIT', number: '45814819' } };
    const { data } = await station.ask(correctDonation, { input: { ...content, ...said, donor } });
    const corrected = data?.['correctDonation'] as { donor: string; corrections: { donor: string }[] };
    expect(corrected.donor).not.toBe(owner);
    expect(corrected.corrections.map((correction) => correction.donor)).toEqual(Array(3).fill(owner));
    const verdictOf = async (who: object) =>
      (await station.ask(eligibility, { donor: who, procedure: 'WHOLE_BLOOD' })).data?.['eligibility'];
    expect(await verdictOf(third)).toMatchObject({ verdict: 'ELIGIBLE' });
    expect(await verdictOf(donor)).toMatchObject({ verdict: 'DEFERRED' });
  });

  test('of a number nobody gave, or of a document that cannot be, is refused', async () => {
    const none = await station.ask(correctDonation, { input: { ...content, ...said, donationNo: 'NONE' } });
    expect(none).toMatchObject({ data: { correctDonation: { code: 'NOT_FOUND' } } });
    const donor = { document: { type: 'PASSPORT', number: 'no' } };
    const bad = await station.ask(correctDonation, { input: { ...content, ...said, donor } });
    expect(bad).toMatchObject({ data: { correctDonation: { code: 'BAD_DOCUMENT' } } });
  });
});

describe('a lookout', () => {
  const report = `mutation ($input: ReportLookoutInput!) { reportLookout(input: $input) { __typename ... on Lookout { lookoutNo marker clearedOn } ... on Refused { code } } }`;
  const clear = `mutation ($input: ClearLookoutInput!) { clearLookout(input: $input) { __typename ... on Lookout { clearedOn } ... on Refused { code } } }`;
  const donor = { document: { type: 'TAIWAN_PERMIT', number: '45814817' } };
  const input = { donor, lookoutNo: 'L1', marker: 'HIV', confirmedOn: '2026-10-01', laboratory: '31 确认实验室' };

  test('refers the donor until it is lifted, and lifting is done once', async () => {
    expect(await station.ask(report, { input })).toMatchObject({
      data: { reportLookout: { lookoutNo: 'L1', clearedOn: null } },
    });
    const verdict = async () =>
      (await station.ask(eligibility, { donor, procedure: 'WHOLE_BLOOD' })).data?.['eligibility'];
    expect(await verdict()).toMatchObject({
      verdict: 'REFER',
      eligibleFrom: null,
      grounds: [{ code: 'PHYSICIAN', rule: null }],
    });

    const early = await station.ask(clear, { input: { lookoutNo: 'L1', clearedOn: '2026-09-30' } });
    expect(early).toMatchObject({ data: { clearLookout: { code: 'CLEARED_BEFORE_CONFIRMED' } } });
    const cleared = { data: { clearLookout: { clearedOn: '2026-11-21' } } };
    expect(await station.ask(clear, { input: { lookoutNo: 'L1' } })).toMatchObject(cleared);
    expect(await station.ask(clear, { input: { lookoutNo: 'L1' } })).toMatchObject(cleared);
    const another = await station.ask(clear, { input: { lookoutNo: 'L1', clearedOn: '2026-11-20' } });
    expect(another).toMatchObject({ data: { clearLookout: { code: 'CONFLICT' } } });
    expect(await verdict()).toMatchObject({ verdict: 'ELIGIBLE' });
  });

  test('is not found under a number nobody gave', async () => {
    expect(await station.ask(clear, { input: { lookoutNo: 'NONE' } })).toMatchObject({
      data: { clearLookout: { code: 'NOT_FOUND' } },
    });
  });

  test('keeps hostile text as it is', async () => {
    const laboratory = `=cmd|'/C calc'!A0'; DROP TABLE lookout;--`;
    await station.ask(report, { input: { ...input, lookoutNo: 'L2', laboratory } });
    expect(await station.ask('{ lookouts(first: 1) { nodes: edges { node { laboratory } } } }')).toMatchObject({
      data: { lookouts: { nodes: [{ node: { laboratory } }] } },
    });
  });
});

describe('a registration', () => {
  const register = `mutation ($input: RegisterPlasmaDonorInput!) { registerPlasmaDonor(input: $input) { __typename ... on Registration { registrationNo } ... on Refused { code } } }`;
  const input = { donor: one, registrationNo: 'R1', registeredOn: '2026-01-01' };

  test('is for plasma stations only', async () => {
    const asker = { as: 'PLASMA_REGISTRAR', purpose: 'REGISTRATION' } as const;
    expect(await station.ask(register, { input }, asker)).toMatchObject({
      errors: [{ extensions: { code: 'FORBIDDEN' } }],
    });
  });

  test('makes a donor eligible for source plasma, who is referred without it', async () => {
    const verdict = async () =>
      (await plasma.ask(eligibility, { donor: one, procedure: 'SOURCE_PLASMA' })).data?.['eligibility'];
    expect(await verdict()).toMatchObject({ verdict: 'REFER' });
    expect(await plasma.ask(register, { input })).toMatchObject({
      data: { registerPlasmaDonor: { registrationNo: 'R1' } },
    });
    expect(await verdict()).toMatchObject({ verdict: 'ELIGIBLE' });
    const release = `mutation ($input: ReleasePlasmaDonorInput!) { releasePlasmaDonor(input: $input) { __typename ... on Registration { releasedOn } ... on Refused { code } } }`;
    expect(await plasma.ask(release, { input: { registrationNo: 'R1' } })).toMatchObject({
      data: { releasePlasmaDonor: { releasedOn: '2026-11-21' } },
    });
    expect(await plasma.ask(release, { input: { registrationNo: 'NONE' } })).toMatchObject({
      data: { releasePlasmaDonor: { code: 'NOT_FOUND' } },
    });
    expect(await verdict()).toMatchObject({ verdict: 'REFER' });
  });
});

describe('a question', () => {
  test('about a procedure the station does not offer is refused', async () => {
    expect(await station.ask(eligibility, { donor: one, procedure: 'SOURCE_PLASMA' })).toMatchObject({
      data: {
        eligibility: { __typename: 'Refused', code: 'PROCEDURE_NOT_OFFERED', messageZh: '本站不开展该项采集。' },
      },
    });
  });

  test('names its donor in one way, not two and not none', async () => {
    for (const donor of [{}, { ...one, token: 'A'.repeat(43) }]) {
      const { data, errors } = await station.ask(eligibility, { donor, procedure: 'WHOLE_BLOOD' });
      expect([data ?? null, errors?.length]).toEqual([null, 1]);
    }
  });

  test('on a day that does not exist is refused before it is asked', async () => {
    const { errors } = await station.ask(eligibility, { donor: one, procedure: 'WHOLE_BLOOD', on: '2026-02-30' });
    expect(errors?.[0]?.message).toContain('a date is YYYY-MM-DD and exists');
  });

  test('about many donors is answered in their order, each on its own', async () => {
    const bad = { document: { type: 'PASSPORT', number: 'no' } };
    const query = `query ($donors: [DonorRef!]!) { eligibilityBatch(donors: $donors, procedure: WHOLE_BLOOD) { __typename ... on Decision { verdict } ... on Refused { code } } }`;
    expect(await station.ask(query, { donors: [{ token: 'E'.repeat(43) }, bad, one] })).toEqual({
      data: {
        eligibilityBatch: [
          { __typename: 'Decision', verdict: 'ELIGIBLE' },
          { __typename: 'Refused', code: 'BAD_DOCUMENT' },
          { __typename: 'Decision', verdict: 'DEFERRED' },
        ],
      },
    });
  });

  test('about more than 1,000 donors is refused', async () => {
    const query = `query ($donors: [DonorRef!]!) { eligibilityBatch(donors: $donors, procedure: WHOLE_BLOOD) { ... on Refused { code } } }`;
    const { data } = await station.ask(query, { donors: Array(1001).fill({ token: 'E'.repeat(43) }) });
    expect(data?.['eligibilityBatch']).toContainEqual({ code: 'BATCH_TOO_LARGE' });
  });

  test('about the schedule gives every procedure the station offers', async () => {
    const query = `query ($donor: DonorRef!) { schedule(donor: $donor) { ... on Schedule { on decisions { procedure eligibleFrom } } } }`;
    expect(await station.ask(query, { donor: one })).toEqual({
      data: {
        schedule: {
          on: '2026-11-21',
          decisions: [
            { procedure: 'WHOLE_BLOOD', eligibleFrom: '2027-05-01' },
            { procedure: 'PLATELETS', eligibleFrom: '2027-02-01' },
            { procedure: 'APHERESIS_PLASMA', eligibleFrom: '2027-02-01' },
            { procedure: 'DOUBLE_RED_CELLS', eligibleFrom: '2027-05-01' },
            { procedure: 'GRANULOCYTES', eligibleFrom: '2027-02-01' },
          ],
        },
      },
    });
  });
});

describe('what the station holds', () => {
  test('is told of the document in front of it, and of no document that cannot be', async () => {
    const query = `query ($donor: DonorRef!) { holding(donor: $donor) { ... on DonorHolding { donations { collectedOn } bars { since } registrations { since } } ... on Refused { code } } }`;
    expect(await station.ask(query, { donor: one })).toEqual({
      data: { holding: { donations: [{ collectedOn: '2026-11-01' }], bars: [], registrations: [] } },
    });
    const donor = { document: { type: 'PASSPORT', number: 'no' } };
    expect(await station.ask(query, { donor })).toEqual({ data: { holding: { code: 'BAD_DOCUMENT' } } });
  });

  test('of itself it tells its operator, under its own code only; minimal facts are for members', async () => {
    const query = '{ _stations(codes: ["320198B01", "310198B01"]) { code ready version } }';
    expect(await station.ask(query)).toMatchObject({
      data: { _stations: [null, { code: '310198B01', ready: true }] },
    });
    const { data } = await station.ask(recordDonation, { input: { ...whole, donor: one } });
    const token = (data?.['recordDonation'] as { donor: string }).donor;
    const facts = 'query ($token: DonorToken!) { self { donor(token: $token) { token } } }';
    expect(await station.ask(facts, { token }, { as: 'DESK', purpose: 'DONATION' })).toMatchObject({
      errors: [{ extensions: { code: 'FORBIDDEN' } }],
    });
  });

  test('is listed a page at a time, forwards and backwards, the latest first', async () => {
    for (let index = 1; index <= 3; index += 1) {
      const input = { ...whole, donor: other, donationNo: `P${index}`, collectedAt: `2026-10-0${index}T01:00:00Z` };
      await station.ask(recordDonation, { input });
    }
    const page = `query ($first: Int, $after: String) { donations(first: $first, after: $after) { edges { node { donationNo } } pageInfo { hasNextPage endCursor } } }`;
    const numbers: string[] = [];
    let after: string | null = null;
    for (let more = true; more;) {
      const { data } = await station.ask(page, { first: 2, after });
      const list = data?.['donations'] as {
        edges: { node: { donationNo: string } }[];
        pageInfo: { hasNextPage: boolean; endCursor: string };
      };
      numbers.push(...list.edges.map(({ node }) => node.donationNo));
      ({ hasNextPage: more, endCursor: after } = list.pageInfo);
    }
    expect(numbers).toEqual(['RACE', 'A1', 'P3', 'P2', 'P1', 'C1']);
  });
});
