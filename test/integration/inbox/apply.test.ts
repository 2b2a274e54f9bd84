/** What becomes of records of the donor log in a station's copy of it. */
import { describe, expect, test } from 'vitest';

import { createRetry } from '#node/replication/retry.ts';
import { eventTypes } from '#schema/events.ts';
import type { DonorToken } from '#schema/ids.ts';
import { partitionOf } from '#schema/partition.ts';
import {
  createRecords,
  createTeller,
  createTestDirectory,
  donated,
  donorNamed,
  logStart,
} from '#test/support/donor-log.ts';
import { ruleSetNamed } from '#test/support/facts.ts';
import { testPublicKey } from '#test/support/signing-keys.ts';
import { memberOf } from '#test/support/station.ts';

import { createCopy, partitions } from './copy-under-test.ts';
import type { Copy } from './copy-under-test.ts';

const everybody = ['310198B01', '320198B01', '330798P01'] as const;
const ruleSet = ruleSetNamed('CN-2012');

async function setUp(members = everybody.map((code) => memberOf(code))) {
  const directory = createTestDirectory(members);
  const copy = await createCopy({ code: '310198B01', directory });
  const teller = (code: string) => createTeller(code, partitions);
  return {
    directory,
    copy,
    records: createRecords(partitions),
    here: teller('310198B01'),
    there: teller('320198B01'),
    chair: teller('330798P01'),
    [Symbol.asyncDispose]: () => copy[Symbol.asyncDispose](),
  };
}

const claim = (notAfter = logStart + 3_600_000) => ({
  type: 'permit.claimed',
  procedure: 'WHOLE_BLOOD',
  lifetimeMs: 3_600_000,
  notAfter,
  ruleSet: { id: ruleSet.file.id, hash: ruleSet.hash },
});

/** Another donor of the same partition. */
function sharingPartitionWith(donor: DonorToken): DonorToken {
  const partition = partitionOf(donor, partitions);
  const others = Array.from({ length: 50 }, (_, at) => donorNamed(`somebody else ${at}`));
  return others.find((other) => partitionOf(other, partitions) === partition) ?? donor;
}

const progressOf = async (copy: Copy) =>
  Object.fromEntries(
    (await copy.inbox.progress()).map(({ origin, partition, heard }) => [`${origin} ${partition}`, heard]),
  );

const seqsOf = async (copy: Copy) =>
  (await copy.rows('SELECT seq::int FROM event ORDER BY log_offset, seq')).map(({ seq }) => seq);

describe('the copy', () => {
  test('holds every type of event as it was said, in the order of the log', async () => {
    await using world = await setUp();
    const { copy, records, there, chair } = world;
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
      await there.say(donor, { type: 'donation.corrected', of: given.id, donation: donated().donation }),
      await there.say(donor, { type: 'bar.lifted', of: bar.id, until: '2026-11-09' }),
      await chair.say(donor, { type: 'registration.released', of: home.id, until: '2026-11-10' }),
      await there.say(donor, { type: 'permit.released', of: asked.id }),
      await there.say(donor, donated('2026-11-03T04:05:06.789Z', asked.id)),
    ];
    expect(new Set(said.map(({ body }) => body.type))).toStrictEqual(eventTypes);
    records.tell(...said);
    await copy.applyAll(records.batches());

    const history = await copy.inbox.transact(given.partition, [], (transaction) => transaction.historiesOf([donor]));
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

  test('is the same when everything comes again', async () => {
    await using world = await setUp();
    const { copy, records, there } = world;
    for (const name of ['a', 'b', 'c', 'd']) records.tell(await there.say(donorNamed(name), donated()));
    await copy.applyAll(records.batches());
    const before = await copy.state();
    await copy.applyAll(records.batches(1));
    // The relay may send again what it had sent already: the same words at later places.
    for (const { partition, key, value } of records.all.flat()) records.append(partition, key, value);
    await copy.applyAll(records.batches(2));
    const after = await copy.state();
    expect({ ...after, log_position: [] }).toStrictEqual({ ...before, log_position: [] });
  });

  test('knows which facts are in the own tables by the outbox, not by the name of the origin', async () => {
    await using world = await setUp();
    const { copy, records, here } = world;
    const donor = donorNamed('own');
    const [kept, lost] = [await here.say(donor, donated()), await here.say(donor, donated())];
    const values = [kept.id, kept.partition, 1, Buffer.from(donor, 'base64url'), new Date(), kept.body];
    await copy.rows('INSERT INTO outbox (id, partition, seq, token, at, body) VALUES ($1, $2, $3, $4, $5, $6)', values);
    records.tell(kept, lost);
    await copy.applyAll(records.batches());
    const rows = await copy.rows('SELECT id, is_own FROM event ORDER BY seq');
    expect(rows).toStrictEqual([
      { id: kept.id, is_own: true },
      { id: lost.id, is_own: false },
    ]);
  });

  test('judges a claim once it is there, and tells what became of it', async () => {
    await using world = await setUp();
    const { copy, records, here, there } = world;
    const donor = donorNamed('a chair');
    const [first, second] = [await here.say(donor, claim()), await there.say(donor, claim())];
    records.tell(first, second);
    await copy.applyAll(records.batches(1));
    expect(copy.applied.flatMap(({ claims }) => [...claims])).toStrictEqual([
      [first.id, { outcome: 'GRANTED', appendedAt: logStart + 10 }],
    ]);
    expect(await copy.rows('SELECT claim::text FROM event ORDER BY log_offset')).toStrictEqual([
      { claim: 'GRANTED' },
      { claim: 'TAKEN' },
    ]);
  });

  test('keeps what became of a claim though others repeat its id, for this donor and for another', async () => {
    await using world = await setUp();
    const { copy, records, here, there } = world;
    const donor = donorNamed('a chair');
    const other = sharingPartitionWith(donor);
    const first = await here.say(donor, claim());
    const { id } = first;
    records.tell(
      await there.say(other, { type: 'bar.set', since: '2026-01-01' }),
      first,
      await there.say(donor, claim(), { id }),
      await there.say(other, claim(), { id }),
    );
    await copy.applyAll(records.batches());
    expect(copy.applied.flatMap(({ claims }) => [...claims])).toStrictEqual([
      [id, { outcome: 'GRANTED', appendedAt: logStart + 20 }],
    ]);
    expect(await copy.rows('SELECT claim::text FROM event WHERE id = $1 ORDER BY log_offset', [id])).toStrictEqual([
      { claim: 'GRANTED' },
      { claim: 'TAKEN' },
      { claim: 'NOT_ELIGIBLE' },
    ]);
  });

  test('is not held up by an origin that says two things under one id', async () => {
    await using world = await setUp();
    const { copy, records, here, there } = world;
    const donor = donorNamed('twice');
    const one = await there.say(donor, donated('2026-11-10T02:00:00.000Z'));
    const two = await there.say(donor, { type: 'bar.set', since: '2026-11-01' });
    records.tell(
      one,
      await there.say(donor, donated('2026-11-11T02:00:00.000Z'), { id: one.id }),
      two,
      await there.say(donor, { type: 'bar.set', since: '2026-11-02' }, { id: two.id }),
      await here.say(donor, donated('2026-11-15T02:00:00.000Z')),
    );
    await copy.applyAll(records.batches());
    const open = await copy.rows('SELECT kind FROM conflict ORDER BY kind');
    expect(open).toStrictEqual([{ kind: 'BARRED' }, { kind: 'INTERVAL' }]);
  });

  test('opens a conflict that concerns the own station, and withdraws it when a correction takes its ground away', async () => {
    await using world = await setUp();
    const { copy, records, here, there } = world;
    const donor = donorNamed('too soon');
    const late = await there.say(donor, donated('2026-11-05T02:00:00.000Z'));
    records.tell(await here.say(donor, donated('2026-11-01T02:00:00.000Z')), late);
    await copy.applyAll(records.batches());
    expect(await copy.rows('SELECT kind, state::text FROM conflict')).toStrictEqual([
      { kind: 'INTERVAL', state: 'OPEN' },
    ]);
    const from = records.all.map(({ length }) => length);
    records.tell(await there.say(donor, { type: 'donation.corrected', of: late.id, donation: null }));
    await copy.applyAll(records.batches(500, from));
    expect(await copy.rows('SELECT state::text FROM conflict')).toStrictEqual([{ state: 'WITHDRAWN' }]);
  });
});

describe('quarantine', () => {
  test('takes what is forged, foreign, misplaced or misshapen, with its reason, and holds nothing up', async () => {
    const known = memberOf('320198B01');
    const keys = [{ ...testPublicKey('340198B01'), notAfter: '2026-11-19T00:00:00Z' }];
    const retired = memberOf('340198B01', { keys });
    await using world = await setUp([memberOf('310198B01'), known, memberOf('330798P01'), retired]);
    const { copy, records, there, chair } = world;
    const donor = donorNamed('x');
    const good = await there.say(donor, donated());
    const { partition } = good;
    const elsewhere = (partition + 1) % partitions;
    const [head, , signature] = good.jws.split('.');
    const payload = Buffer.from(
      JSON.stringify({ ...good, jws: undefined, at: new Date(logStart).toISOString(), seq: 2 }),
    );
    const put = (value: string, key_ = donor as string, where = partition) => records.append(where, key_, value);

    put('nonsense');
    put('');
    put('\0\uD800');
    put('x'.repeat(70_000));
    put(`${head ?? ''}.${payload.toString('base64url')}.${signature ?? ''}`);
    put((await createTeller('999998B01', partitions).say(donor, donated())).jws);
    put((await createTeller('340198B01', partitions).say(donor, donated())).jws);
    put((await there.say(donor, donated(), { seq: 7 })).jws, donorNamed('another'));
    put((await there.say(donor, donated(), { seq: 8 })).jws, donor, elsewhere);
    put((await there.say(donor, { type: 'registration.claimed', since: '2026-01-01' }, { seq: 1 })).jws);
    put((await chair.say(donor, donated(), { seq: 1 })).jws);
    put((await there.say(donor, { type: 'bar.set', since: '2026-13-01' }, { seq: 2 })).jws);
    put((await there.say(donor, { type: 'bar.set', since: '0000-01-01' }, { seq: 3 })).jws);
    records.tell(await there.say(donor, donated(), { seq: 4 }));
    await copy.applyAll(records.batches(3));

    const found = await copy.rows(
      'SELECT partition, log_offset::int, reason FROM quarantine ORDER BY partition <> $1, log_offset',
      [partition],
    );
    expect(found.map(({ reason }) => reason)).toStrictEqual([
      'UNREADABLE',
      'UNREADABLE',
      'UNREADABLE',
      'UNREADABLE',
      'BAD_SIGNATURE',
      'UNKNOWN_MEMBER',
      'UNKNOWN_KEY',
      'WRONG_PARTITION',
      'NOT_ITS_KIND',
      'NOT_ITS_KIND',
      'BAD_SHAPE',
      'BAD_SHAPE',
      'WRONG_PARTITION',
    ]);
    // What a member has truly said counts as heard, and what it said of a donor in a shape nobody knows is not forgotten.
    expect(await copy.rows('SELECT seq::int, type::text FROM event ORDER BY seq')).toStrictEqual([
      { seq: 2, type: 'parked' },
      { seq: 3, type: 'parked' },
      { seq: 4, type: 'donation.recorded' },
    ]);
    expect(await progressOf(copy)).toMatchObject({
      [`320198B01 ${partition}`]: { upTo: 4, highest: 4, forkedAt: null },
      [`330798P01 ${partition}`]: { upTo: 1, highest: 1, forkedAt: null },
    });
  });

  test('gives a record free at its own place when the directory comes to know its member', async () => {
    await using world = await setUp([memberOf('310198B01'), memberOf('320198B01')]);
    const { copy, records, directory, there } = world;
    const donor = donorNamed('late key');
    const stranger = createTeller('340198B01', partitions);
    records.tell(await stranger.say(donor, { type: 'bar.set', since: '2026-11-01' }), await there.say(donor, claim()));
    await copy.applyAll(records.batches());
    expect(await copy.quarantine()).toStrictEqual(['UNKNOWN_MEMBER']);
    expect(await copy.rows('SELECT claim::text FROM event')).toStrictEqual([{ claim: 'GRANTED' }]);

    const retry = createRetry({ inbox: copy.inbox, applier: copy.applier, directory, partitions });
    await retry.step();
    expect(await copy.quarantine()).toStrictEqual(['UNKNOWN_MEMBER']);
    directory.change(['310198B01', '320198B01', '340198B01']);
    await retry.step();
    expect(await copy.quarantine()).toStrictEqual([]);
    // The claim after it in the log is judged again: there is a bar now that stood before it.
    expect(await copy.rows('SELECT origin, log_offset::int, claim::text FROM event ORDER BY log_offset')).toStrictEqual(
      [
        { origin: '340198B01', log_offset: 0, claim: null },
        { origin: '320198B01', log_offset: 1, claim: 'NOT_ELIGIBLE' },
      ],
    );
  });
});

describe('events of a later version', () => {
  test('are parked, count as heard, and are applied at their place once their type is known', async () => {
    await using world = await setUp();
    const { copy, records, there, directory } = world;
    const donor = donorNamed('future');
    const linked = await there.say(donor, { type: 'donor.linked', to: donorNamed('other') });
    const known = await there.say(donor, { type: 'bar.set', since: '2026-11-02' });
    records.tell(linked, known, await there.say(donor, claim()));
    await copy.applyAll(records.batches());
    expect(await copy.rows('SELECT type::text, raw, claim::text FROM event ORDER BY seq')).toStrictEqual([
      { type: 'parked', raw: linked.jws, claim: null },
      { type: 'bar.set', raw: null, claim: null },
      { type: 'permit.claimed', raw: null, claim: 'UNDECIDED' },
    ]);
    expect(await progressOf(copy)).toStrictEqual({
      [`320198B01 ${linked.partition}`]: { upTo: 3, highest: 3, forkedAt: null },
    });

    // As after an upgrade: the version before did not know what `bar.set` is.
    await copy.rows("UPDATE event SET type = 'parked', since = NULL, raw = $1 WHERE seq = 2", [known.jws]);
    await createRetry({ inbox: copy.inbox, applier: copy.applier, directory, partitions }).step();
    expect(await copy.rows('SELECT type::text, since::text, raw FROM event WHERE seq = 2')).toStrictEqual([
      { type: 'bar.set', since: '2026-11-02', raw: null },
    ]);
  });
});

describe('gaps', () => {
  test('what lies beyond one is believed at once, and the origin is incomplete until it is filled', async () => {
    await using world = await setUp();
    const { copy, records, there } = world;
    const donor = donorNamed('gap');
    const said = [];
    for (let place = 0; place < 5; place += 1) said.push(await there.say(donor, donated()));
    const [one, two, three, four, five] = said;
    if (!one || !two || !three || !four || !five) throw new Error('nothing said');
    records.tell(one, four, five);
    await copy.applyAll(records.batches());
    const name = `320198B01 ${one.partition}`;
    expect(await seqsOf(copy)).toStrictEqual([1, 4, 5]);
    expect(await progressOf(copy)).toStrictEqual({ [name]: { upTo: 1, highest: 5, forkedAt: null } });

    const places = said.map(({ jws }, offset) => ({ jws, offset: 100 + offset, appendedAt: logStart + 100 * offset }));
    const answer = { origin: there.origin, partition: one.partition, from: 2, events: places.slice(1) };
    expect(await copy.applier.applyResent(answer)).toBe(5);
    expect(await progressOf(copy)).toStrictEqual({ [name]: { upTo: 5, highest: 5, forkedAt: null } });
    expect(await copy.rows('SELECT log_offset::int AS place FROM event ORDER BY seq')).toStrictEqual(
      [0, 101, 102, 103, 104].map((place) => ({ place })),
    );
  });

  test('a later copy of what was lost is believed, and its place is in doubt until the origin has said it', async () => {
    await using world = await setUp();
    const { copy, records, there } = world;
    const donor = donorNamed('copy');
    const [one, two] = [await there.say(donor, donated()), await there.say(donor, donated())];
    records.tell(two, one);
    await copy.applyAll(records.batches());
    const name = `320198B01 ${one.partition}`;
    expect(await progressOf(copy)).toStrictEqual({ [name]: { upTo: 2, highest: 2, forkedAt: 1 } });
    const events = [one, two].map(({ jws }, offset) => ({ jws, offset, appendedAt: logStart + offset }));
    await copy.applier.applyResent({ origin: there.origin, partition: one.partition, from: 1, events });
    expect(await progressOf(copy)).toStrictEqual({ [name]: { upTo: 2, highest: 2, forkedAt: null } });
    expect(await seqsOf(copy)).toStrictEqual([1, 2]);
  });

  test('of two things under one number the one stands that its origin says again', async () => {
    await using world = await setUp();
    const { copy, records, there } = world;
    const donor = donorNamed('fork');
    const first = await there.say(donor, donated());
    const second = await there.say(donor, { type: 'bar.set', since: '2026-11-03' }, { seq: 1 });
    records.tell(first, second);
    await copy.applyAll(records.batches());
    const name = `320198B01 ${first.partition}`;
    expect(await progressOf(copy)).toStrictEqual({ [name]: { upTo: 1, highest: 1, forkedAt: 1 } });
    expect(await copy.rows('SELECT log_offset::int, reason, value FROM quarantine')).toStrictEqual([
      { log_offset: 1, reason: 'FORKED', value: second.jws },
    ]);

    const events = [{ jws: second.jws, offset: 1, appendedAt: logStart + 20 }];
    await copy.applier.applyResent({ origin: there.origin, partition: first.partition, from: 1, events });
    expect(await progressOf(copy)).toStrictEqual({ [name]: { upTo: 1, highest: 1, forkedAt: null } });
    expect(await copy.rows('SELECT type::text FROM event')).toStrictEqual([{ type: 'bar.set' }]);
    expect(await copy.rows('SELECT log_offset::int, reason FROM quarantine')).toStrictEqual([
      { log_offset: 0, reason: 'FORKED' },
    ]);
  });

  test('are filled also by an origin that signs with a newer key by now', async () => {
    const replaced = { ...testPublicKey('330198B01'), notAfter: '2026-11-20T00:00:00Z' };
    const current = { ...testPublicKey('320198B01'), notBefore: '2026-11-21T00:00:00.000Z' };
    await using world = await setUp([memberOf('310198B01'), memberOf('320198B01', { keys: [replaced, current] })]);
    const { copy, there } = world;
    const one = await there.say(donorNamed('rotated'), donated());
    const answer = { origin: there.origin, partition: one.partition, from: 1 };
    const events = [{ jws: one.jws, offset: 0, appendedAt: logStart }];
    expect(await copy.applier.applyResent({ ...answer, events })).toBe(1);
    expect(await seqsOf(copy)).toStrictEqual([1]);
  });

  test('an origin that is asked says only what is its own, and well signed', async () => {
    await using world = await setUp();
    const { copy, there, chair } = world;
    const donor = donorNamed('liar');
    const [one, foreign] = [
      await there.say(donor, donated()),
      await chair.say(donor, { type: 'bar.set', since: '2026-11-01' }),
    ];
    const events = [
      { jws: foreign.jws, offset: 3, appendedAt: logStart },
      { jws: 'nonsense', offset: 4, appendedAt: logStart },
    ];
    const answer = { origin: there.origin, partition: one.partition, from: 1, events };
    expect(await copy.applier.applyResent(answer)).toBe(0);
    expect(await seqsOf(copy)).toStrictEqual([]);
    expect(await copy.quarantine()).toStrictEqual([]);
  });
});
