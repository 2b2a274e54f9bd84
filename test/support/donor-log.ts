/** The donor log for tests of those who read it: members who say things with their own keys, and records as a log would hold them. */
import { createHash } from 'node:crypto';

import { v7 as uuidv7 } from 'uuid';

import { createJoseSigner } from '#node/adapters/jose-keys.ts';
import type { LogBatch, LogRecord } from '#node/ports.ts';
import { Policy } from '#schema/directory.ts';
import type { Directory, Member } from '#schema/directory.ts';
import type { EventBody } from '#schema/events.ts';
import { DonorToken, EventId, StationCode } from '#schema/ids.ts';
import { partitionOf } from '#schema/partition.ts';
import { directoryOf } from '#test/support/directory.ts';
import { testSigningKey } from '#test/support/signing-keys.ts';
import { memberOf } from '#test/support/station.ts';

/** The time of the first record of every log here. */
export const logStart = Date.parse('2026-11-20T00:00:00.000Z');

/** A donor by name. */
export const donorNamed = (name: string): DonorToken =>
  DonorToken.parse(createHash('sha256').update(`a donor ${name}`).digest('base64url'));

/** When a directory expires. */
type Terms = Pick<Directory, 'softUntil' | 'hardUntil'>;

/** A directory that may change while it is used. */
export function createTestDirectory(members: readonly (Member | string)[], policy: Partial<Policy> = {}) {
  let directory: Directory;
  const write = (next: readonly (Member | string)[], version: number, said: Partial<Terms> = {}) => {
    const list = next.map((member) => (typeof member === 'string' ? memberOf(member) : member));
    directory = directoryOf(list, { version, policy: Policy.parse(policy), ...said });
  };
  write(members, 1);
  return {
    current: () => directory,
    change: (next: readonly (Member | string)[], said: Partial<Terms> = {}) => {
      write(next, directory.version + 1, said);
    },
  };
}

/** One thing a member says, as it goes into the log. */
export interface Said {
  readonly id: EventId;
  readonly origin: StationCode;
  readonly partition: number;
  readonly seq: number;
  readonly token: DonorToken;
  readonly body: { readonly type: string; readonly [field: string]: unknown };
  readonly jws: string;
}

type Fields = Partial<Omit<Said, 'jws' | 'body' | 'origin'>>;

/** A member that counts and signs what it says. */
export function createTeller(code: string, partitions: number) {
  const origin = StationCode.parse(code);
  const signer = createJoseSigner(testSigningKey(code));
  const counted = new Map<number, number>();
  const next = (partition: number) => {
    const seq = (counted.get(partition) ?? 0) + 1;
    counted.set(partition, seq);
    return seq;
  };
  return {
    origin,
    counted,
    /** What is not given is as it should be. */
    async say(token: DonorToken, body: Said['body'], fields: Fields = {}): Promise<Said> {
      const partition = fields.partition ?? partitionOf(token, partitions);
      const seq = fields.seq ?? next(partition);
      const event = { id: EventId.parse(uuidv7()), origin, partition, seq, token, ...fields, body };
      const at = new Date(logStart).toISOString();
      return { ...event, jws: await signer.sign('event', JSON.stringify({ ...event, at })) };
    },
  };
}

export type Teller = ReturnType<typeof createTeller>;

/** The body of a donation. */
export const donated = (collectedAt = '2026-11-01T02:00:00.000Z', permit: EventId | null = null) =>
  ({
    type: 'donation.recorded',
    donation: { procedure: 'WHOLE_BLOOD', collectedAt, volumeMl: 400, outcome: 'COMPLETE' },
    permit,
  }) satisfies EventBody;

/** A log of records in this process: it only keeps them in order, and answers them in batches. */
export function createRecords(partitions: number) {
  const all: LogRecord[][] = Array.from({ length: partitions }, () => []);
  let time = logStart;
  const append = (partition: number, key: string, value: string): LogRecord => {
    const records = all[partition] ?? [];
    time += 10;
    const record = { partition, key, value, offset: records.length, appendedAt: time };
    records.push(record);
    return record;
  };
  return {
    all,
    append,
    tell: (...said: readonly Said[]) => said.map(({ partition, token, jws }) => append(partition, token, jws)),
    /** Every partition from an offset on, in batches of so many. */
    batches: (size = 500, from: readonly number[] = []): LogBatch[] =>
      all.flatMap((records, partition) => {
        const wanted = records.slice(from[partition] ?? 0);
        const count = Math.ceil(wanted.length / size);
        return Array.from({ length: count }, (_, batch) => ({
          partition,
          records: wanted.slice(batch * size, (batch + 1) * size),
          end: records.length,
        }));
      }),
  };
}

export type Records = ReturnType<typeof createRecords>;
