/** What becomes of records of the donor log in a station's copy of it. */
import { describe, expect, test } from 'vitest';

import {
  createRecords,
  createTeller,
  createTestDirectory,
  donated,
  donorNamed,
  logStart,
} from '#test/support/donor-log.ts';
import { ruleSetNamed } from '#test/support/facts.ts';
import { memberOf } from '#test/support/station.ts';

import { createCopy, partitions } from './copy-under-test.ts';

const [shanghai, jiangsu, plasma] = ['310198B01', '320198B01', '330798P01'];
const everybody = [shanghai, jiangsu, plasma].map((code) => code ?? '');
const ruleSet = ruleSetNamed('CN-2012');

async function setUp(members = everybody.map((code) => memberOf(code))) {
  const directory = createTestDirectory(members);
  const copy = await createCopy({ code: '310198B01', directory });
  const [here, there, chair] = everybody.map((code) => createTeller(code, partitions));
  if (here === undefined || there === undefined || chair === undefined) throw new Error('no tellers');
  return { directory, copy, records: createRecords(partitions), here, there, chair };
}

const claim = (notAfter = logStart + 3_600_000) => ({
  type: 'permit.claimed',
  procedure: 'WHOLE_BLOOD',
  lifetimeMs: 3_600_000,
  notAfter,
  ruleSet: { id: ruleSet.file.id, hash: ruleSet.hash },
});

describe('applying', () => {
  test('every type of event is kept and comes back as it was said', async () => {
    const { copy, records, there, chair } = await setUp();
    await using _ = copy;
    const donor = donorNamed('all types');
    const given = await there.say(donor, donated());
    const bar = await there.say(donor, { type: 'bar.set', since: '2026-11-02' });
    const home = await chair.say(donor, { type: 'registration.claimed', since: '2026-10-01' });
    const asked = await there.say(donor, claim());
    const said = [
      given,
      bar,
      home,
      asked,
      await there.say(donor, { type: 'donation.corrected', of: given.id, donation: null }),
      await there.say(donor, { type: 'donation.corrected', of: given.id, donation: { ...donated().donation } }),
      await there.say(donor, { type: 'bar.lifted', of: bar.id, until: '2026-11-09' }),
      await chair.say(donor, { type: 'registration.released', of: home.id, until: '2026-11-10' }),
      await there.say(donor, { type: 'permit.released', of: asked.id }),
      await there.say(donor, donated('2026-11-03T04:05:06.789Z', asked.id)),
    ];
    records.tell(...said);
    await copy.applyAll(records.batches());

    const history = await copy.inbox.transact(said[0]?.partition ?? 0, async (transaction) =>
      transaction.historiesOf([donor]),
    );
    expect(history.get(donor)).toStrictEqual(
      said.map(({ id, origin, body }, offset) => ({
        id,
        origin,
        offset,
        appendedAt: logStart + 10 * (offset + 1),
        isOwn: false,
        body,
        claim: body.type === 'permit.claimed' ? 'NOT_ELIGIBLE' : null,
      })),
    );
    expect(await copy.quarantine()).toStrictEqual([]);
  });
});
