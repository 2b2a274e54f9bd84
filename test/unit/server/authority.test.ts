/** What somebody hears who asked for what they may not have: what is wrong, and what they could say instead. */
import { describe, expect, test } from 'vitest';

import { CaseNumber, Pseudonym } from '#schema/caller.ts';
import type { Caller } from '#schema/caller.ts';
import { stationDisclosure } from '#schema/disclosure.ts';
import { StationCode } from '#schema/ids.ts';
import { createAuthority } from '#server/graphql/authority.ts';

const authority = createAuthority({ table: stationDisclosure, kind: 'BLOOD' });
const physician: Caller = {
  from: 'OWN',
  member: StationCode.parse('310198B01'),
  role: 'PHYSICIAN',
  subject: Pseudonym.parse('physician-1'),
  purpose: 'CARE',
  case: null,
  rights: [],
};

const told = async (changed: Partial<Caller>, coordinate: string): Promise<unknown> =>
  Promise.resolve(authority.assertMayAsk({ id: 'r1', caller: { ...physician, ...changed } }, [coordinate])).then(
    () => 'allowed',
    (error: unknown) => error,
  );

describe('who may not ask', () => {
  test.each([
    ['a case where one is all that is missing', {}, 'Query.marker', /needs a case/],
    ['a purpose', { purpose: null }, 'Query.eligibility', /needs a purpose/],
    ['no case where it would not help', {}, 'Query.eligibility', /may not be asked as PHYSICIAN for CARE; .* DONATION/],
    [
      'nothing where nothing would do',
      { role: 'AUDITOR' as const },
      'Query.marker',
      /may not be asked as AUDITOR for CARE\.$/,
    ],
  ])('is told of %s', async (_, changed, coordinate, sentence) => {
    expect(await told(changed, coordinate)).toMatchObject({
      code: 'FORBIDDEN',
      message: expect.stringMatching(sentence) as unknown,
    });
  });

  test('is not who has a case', async () => {
    expect(await told({ case: CaseNumber.parse('C-7') }, 'Query.marker')).toBe('allowed');
  });
});
