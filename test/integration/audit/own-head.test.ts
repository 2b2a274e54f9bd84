/** A record whose head is said and kept, with the real chain and the real witnesses; the log between them is a list. */
import { describe, expect, test } from 'vitest';

import { createJoseSigner, createJoseVerifier } from '#node/adapters/jose-keys.ts';
import { createPostgresWitness } from '#node/adapters/postgres-witness.ts';
import type { LogEntry, LogRecord } from '#node/ports.ts';
import { createHeads } from '#node/replication/heads.ts';
import { Fault } from '#schema/errors.ts';
import { witnessedOf } from '#scripts/lookout/audit/witnessed.ts';
import { createTestDirectory, logStart } from '#test/support/donor-log.ts';
import { jiangsu } from '#test/support/facts.ts';
import { testSigningKey } from '#test/support/signing-keys.ts';

import { createRecord, lookUp, shanghai } from './record-under-test.ts';
import type { RecordUnderTest } from './record-under-test.ts';

const minute = 60_000;

/** The control topic, and a clock both sides go by. */
function createTopic() {
  const records: LogRecord[] = [];
  const topic = { isUp: true, time: logStart };
  return {
    topic,
    records,
    append: (_: unknown, entries: readonly LogEntry[]) => {
      if (!topic.isUp) return Promise.reject(new Fault('LOG_UNAVAILABLE'));
      for (const entry of entries) records.push({ ...entry, offset: records.length, appendedAt: topic.time });
      return Promise.resolve({ appendedAt: topic.time });
    },
  };
}

type Topic = ReturnType<typeof createTopic>;

/** What a station does with heads, as from its start. */
function headsAt(station: typeof shanghai, record: RecordUnderTest, { topic, append }: Topic) {
  const said: string[] = [];
  const note = (level: string) => (given: unknown, text?: string) => said.push(`${level} ${text ?? String(given)}`);
  const heads = createHeads({
    station,
    audit: record.audit,
    witness: createPostgresWitness({ pool: record.pool }),
    signer: createJoseSigner(testSigningKey(station)),
    verifier: createJoseVerifier({ directory: createTestDirectory([shanghai, jiangsu]) }),
    log: { append },
    clock: { now: () => new Date(topic.time) },
    stopwatch: { moment: () => ({ monotonic: topic.time, wall: topic.time }) },
    logger: { error: note('error'), warn: note('warn') },
  });
  return { ...heads, said };
}

/** Written anew from its third entry on and longer than before, as who may do everything in the database can. */
async function rewrite(record: RecordUnderTest): Promise<void> {
  await record.tamper('DELETE FROM audit_entry WHERE seq > 2');
  await record.tamper('DELETE FROM audit_donor WHERE seq > 2');
  await record.tamper('UPDATE audit_head SET seq = 2, hash = (SELECT hash FROM audit_entry WHERE seq = 2)');
  for (const name of ['Sun', 'Qian', 'Zhou', 'Wu']) await record.audit.record(lookUp(name));
}

async function recordAndWitness() {
  const [record, other] = await Promise.all([createRecord(), createRecord()]);
  const topic = createTopic();
  for (const name of ['Li', 'Wang']) await record.audit.record(lookUp(name));
  return {
    record,
    other,
    topic,
    async [Symbol.asyncDispose]() {
      await Promise.all([record[Symbol.asyncDispose](), other[Symbol.asyncDispose]()]);
    },
  };
}

describe('the head of a record', () => {
  test('that was written anew within the hour and has grown since is proved to all others by its own station', async () => {
    await using setting = await recordAndWitness();
    const { record, other, topic } = setting;
    const [own, witness] = [headsAt(shanghai, record, topic), headsAt(jiangsu, other, topic)];
    await own.take([], true);
    await own.tell();
    await record.audit.record(lookUp('Zhao'));
    await own.tell();
    await witness.take(topic.records, true);
    await rewrite(record);
    topic.topic.time += 5_000;
    await own.tell();
    expect(own.standing().lost).toMatchObject({ seq: 3 });
    await witness.take(topic.records.slice(2), true);
    expect(witness.standing().contradicting).toEqual([shanghai]);
    const proofs = await createPostgresWitness({ pool: other.pool }).proofsOf(shanghai);
    expect(proofs).toMatchObject([{ origin: shanghai }]);
    // What lookout audit verify shows of it: what the station has signed, and nothing that was made up beside it.
    await other.pool.query(
      `INSERT INTO audit_proof (id, origin, one, other, found_at)
       SELECT 'made up', origin, one, left(other, -8) || 'AAAAAAAA', now() + interval '1 day' FROM audit_proof`,
    );
    const members = createTestDirectory([shanghai, jiangsu]).current();
    const { contradictions } = await witnessedOf(shanghai, members, [other]);
    expect(contradictions).toMatchObject([{ one: { seq: 3 }, other: { seq: 3 } }]);
    // Once, and the record is witnessed further on.
    const before = topic.records.length;
    await own.tell();
    expect(topic.records).toHaveLength(before);
    await record.audit.record(lookUp('Zheng'));
    await own.tell();
    expect(topic.records).toHaveLength(before + 1);
  });

  test('is looked for in the log before a station that starts says another one', async () => {
    await using setting = await recordAndWitness();
    const { record, other, topic } = setting;
    await record.audit.record(lookUp('Zhao'));
    const before = headsAt(shanghai, record, topic);
    await before.take([], true);
    await before.tell();
    await rewrite(record);
    const [again, witness] = [headsAt(shanghai, record, topic), headsAt(jiangsu, other, topic)];
    await again.tell();
    expect(topic.records).toHaveLength(1);
    await again.take(topic.records, true);
    topic.topic.time += 5_000;
    await again.tell();
    expect(again.said).toEqual([expect.stringMatching(/^error the record does not hold/)]);
    await witness.take(topic.records, true);
    expect(witness.standing().contradicting).toEqual([shanghai]);
  });

  test('is not lost to a witness whose database failed when it came', async () => {
    await using setting = await recordAndWitness();
    const { record, other, topic } = setting;
    const [own, witness] = [headsAt(shanghai, record, topic), headsAt(jiangsu, other, topic)];
    await own.take([], true);
    await own.tell();
    await other.pool.query('ALTER TABLE audit_witness RENAME TO elsewhere');
    await expect(witness.take(topic.records, true)).rejects.toMatchObject({ code: 'DATABASE_UNAVAILABLE' });
    await other.pool.query('ALTER TABLE elsewhere RENAME TO audit_witness');
    await witness.take(topic.records, true);
    expect(await createPostgresWitness({ pool: other.pool }).of(shanghai)).toMatchObject([{ seq: 2 }]);
  });

  test('that nobody takes for an hour is marked unwitnessed, with one warning; the record goes on and catches up', async () => {
    await using setting = await recordAndWitness();
    const { record, other, topic } = setting;
    const [own, witness] = [headsAt(shanghai, record, topic), headsAt(jiangsu, other, topic)];
    await own.take([], true);
    topic.topic.isUp = false;
    for (let time = 0; time < 60; time += 1) {
      await record.audit.record(lookUp('Zhao'));
      await expect(own.tell()).rejects.toMatchObject({ code: 'LOG_UNAVAILABLE' });
      topic.topic.time += minute;
    }
    expect(own.standing().isUnwitnessed).toBe(true);
    expect(own.said).toEqual([expect.stringMatching(/^warn the record is unwitnessed/)]);
    topic.topic.isUp = true;
    await own.tell();
    expect(own.standing().isUnwitnessed).toBe(false);
    expect(own.said.slice(1)).toEqual(['warn the record is witnessed again']);
    await witness.take(topic.records, true);
    expect(await createPostgresWitness({ pool: other.pool }).of(shanghai)).toMatchObject([{ seq: 62 }]);
  });
});
