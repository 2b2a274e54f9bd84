import { expect, test } from 'vitest';

import { readProfile } from '#node/modules/import/profile.ts';
import { StationCode } from '#schema/ids.ts';
import { Marker, Outcome, Procedure } from '#schema/procedures.ts';

test('a station without a profile of its own has the default, which knows every code of the federation', async () => {
  const profile = await readProfile(StationCode.parse('999999B99'));
  expect(profile.donations.encoding).toBe('utf-8');
  expect([...profile.donations.codes.procedure.values()]).toEqual(Procedure.options);
  expect([...profile.donations.codes.outcome.values()]).toEqual(Outcome.options);
  expect([...profile.lookouts.codes.marker.values()]).toEqual(Marker.options);
});

test('a station with a profile differs only where its profile says so', async () => {
  const own = await readProfile(StationCode.parse('320198B01'));
  const usual = await readProfile(StationCode.parse('310198B01'));
  expect(own.donations.encoding).toBe('gb18030');
  expect(own.donations.codes.procedure.get('全血')).toBe('WHOLE_BLOOD');
  expect(own.lookouts).toEqual(usual.lookouts);
});
