/** The judge: reads the topic once from its start as the serial oracle does, and holds every station's tables against it. */
import type pg from 'pg';
import { pino } from 'pino';
import { z } from 'zod';

import { createJoseVerifier } from '#node/adapters/jose-keys.ts';
import { createKafkaLog } from '#node/adapters/kafka-log.ts';
import { findConflicts } from '#node/domain/conflict.ts';
import type { HistoryEvent } from '#node/domain/history.ts';
import type { LogPort, LogRecord } from '#node/ports.ts';
import type { DonorToken } from '#schema/ids.ts';
import { defaultRuleSetId, ruleSets } from '#schema/rule-sets.ts';
import { foldLog } from '#test/simulation/oracle.ts';
import type { Oracle } from '#test/simulation/oracle.ts';

import type { ChaosFederation, ChaosStation } from './federation.ts';
import type { Work } from './load.ts';

const ruleSet = ruleSets.get(defaultRuleSetId);

function openLog({ broker, directory, topicPrefix }: ChaosFederation): LogPort {
  return createKafkaLog({
    brokers: broker.brokers.split(','),
    topicPrefix,
    clientId: 'judge',
    partitions: directory.policy.logPartitions,
    log: pino({ level: 'silent' }),
  });
}

/** Everything in the log, in its order. */
async function readAll(log: LogPort): Promise<LogRecord[][]> {
  const bounds = await log.bounds('donors');
  const records: LogRecord[][] = bounds.map(() => []);
  const reading = new AbortController();
  const isRead = (): boolean =>
    bounds.every(({ end }, partition) => (records[partition]?.at(-1)?.offset ?? -1) + 1 >= end);
  if (isRead()) return records;
  await log.read(
    {
      topic: 'donors',
      from: bounds.map(({ start }) => start),
      onBatch(batch) {
        const known = records[batch.partition] ?? [];
        for (const record of batch.records) if (record.offset > (known.at(-1)?.offset ?? -1)) known.push(record);
        if (isRead()) reading.abort();
        return Promise.resolve();
      },
    },
    reading.signal,
  );
  return records;
}

export async function readOracle(federation: ChaosFederation): Promise<{ oracle: Oracle; log: LogRecord[][] }> {
  if (ruleSet === undefined) throw new RangeError('no rule set');
  const port = openLog(federation);
  try {
    const log = await readAll(port);
    const verifier = createJoseVerifier({ directory: { current: () => federation.directory } });
    const opened = new Map<LogRecord, string>();
    for (const record of log.flat()) {
      const found = await verifier.verify('event', record.value, record.appendedAt);
      if (typeof found !== 'string') opened.set(record, found.payload);
    }
    return { oracle: foldLog(log, (record) => opened.get(record) ?? null, ruleSet, federation.directory), log };
  } finally {
    await port.stop();
  }
}

const number = z.coerce.number();
const rows = async <T>(pool: pg.Pool, row: z.ZodType<T>, sql: string, values: unknown[] = []): Promise<T[]> =>
  z.array(row).parse((await pool.query(sql, values)).rows);

/** What a station has still to tell or to apply; null when nothing. */
async function undone({ code, pool }: ChaosStation, ends: readonly number[]): Promise<string | null> {
  const [outbox] = await rows(
    pool,
    z.object({ uncounted: number, unpublished: number }),
    `SELECT (SELECT count(*) FROM outbox WHERE seq IS NULL) AS uncounted,
       (SELECT coalesce(sum(counted - published), 0) FROM outbox_partition) AS unpublished`,
  );
  const positions = await rows(
    pool,
    z.object({ partition: number, next: number }),
    'SELECT partition, next FROM log_position ORDER BY partition',
  );
  const next = new Map(positions.map((position) => [position.partition, position.next]));
  const isApplied = ends.every((end, partition) => (next.get(partition) ?? 0) >= end);
  if (outbox?.uncounted === 0 && outbox.unpublished === 0 && isApplied) return null;
  return `${code} has to tell ${JSON.stringify(outbox)}, has applied [${[...next.values()].join()}] of [${ends.join()}]`;
}

/** Waits until all is told and applied everywhere, and nothing new is said for a while. */
export async function drain(federation: ChaosFederation, deadlineMs: number): Promise<void> {
  const port = openLog(federation);
  const deadline = performance.now() + deadlineMs;
  try {
    for (let calm = 0; calm < 3;) {
      const ends = (await port.bounds('donors').catch(() => [])).map(({ end }) => end);
      const left = await Promise.all(federation.stations.map((station) => undone(station, ends)));
      calm = ends.length > 0 && left.every((each) => each === null) ? calm + 1 : 0;
      if (performance.now() > deadline) throw new Error(`not drained in time: ${left.join('; ')}`);
      await new Promise((resolve) => setTimeout(resolve, 500));
    }
  } finally {
    await port.stop();
  }
}

const EventRow = z.object({
  origin: z.string(),
  partition: number,
  seq: number,
  id: z.string(),
  token: z.string(),
  type: z.string(),
  place: number,
  appended: number,
  claim: z.string().nullable(),
  own: z.boolean(),
});

async function eventProblems({ code, pool }: ChaosStation, { events }: Oracle): Promise<string[]> {
  const stored = await rows(
    pool,
    EventRow,
    `SELECT origin, partition, seq, id, encode(token, 'hex') AS token, type, log_offset AS place,
       extract(epoch FROM appended_at) * 1000 AS appended, claim, is_own AS own FROM event`,
  );
  const shown = (row: z.infer<typeof EventRow>): string => JSON.stringify(EventRow.parse(row));
  const has = new Map(stored.map((row) => [`${row.origin} ${row.partition} ${row.seq}`, shown(row)]));
  const problems = [...events].flatMap(([key, { event, offset, appendedAt, claim }]) => {
    const wanted = shown({
      origin: event.origin,
      partition: event.partition,
      seq: event.seq,
      id: event.id,
      token: Buffer.from(event.token, 'base64url').toString('hex'),
      type: event.body.type,
      place: offset,
      appended: appendedAt,
      claim,
      own: event.origin === code,
    });
    return has.get(key) === wanted ? [] : [`${code} has ${has.get(key) ?? 'nothing'} where the oracle has ${wanted}`];
  });
  if (stored.length !== events.size) problems.push(`${code} has ${stored.length} events, the oracle ${events.size}`);
  return problems;
}

async function conflictProblems({ code, pool }: ChaosStation, { events }: Oracle): Promise<string[]> {
  if (ruleSet === undefined) return [];
  const histories = new Map<DonorToken, HistoryEvent[]>();
  for (const { event, offset, appendedAt, claim } of events.values()) {
    const { id, origin, token, body } = event;
    const history = histories.get(token) ?? [];
    history.push({ id, origin, offset, appendedAt, isOwn: origin === code, body, claim });
    histories.set(token, history);
  }
  const wanted = [...histories].flatMap(([token, history]) => findConflicts(token, history, ruleSet, code));
  const open = await rows(pool, z.object({ id: z.string() }), `SELECT id FROM conflict WHERE state = 'OPEN'`);
  const [expected, found] = [new Set(wanted.map(({ id }) => id)), new Set(open.map(({ id }) => id))];
  return [
    ...[...expected].filter((id) => !found.has(id)).map((id) => `${code} misses the conflict ${id}`),
    ...[...found].filter((id) => !expected.has(id)).map((id) => `${code} has a conflict too many: ${id}`),
  ];
}

const tables = {
  donation: ['donation', 'donation_no'],
  lookout: ['lookout', 'lookout_no'],
  registration: ['registration', 'registration_no'],
} as const;

/** What a desk was told is in its station's tables, and its event is in the log. */
async function lossProblems({ code, pool }: ChaosStation, oracle: Oracle, { acknowledged }: Work): Promise<string[]> {
  const told = new Set<string>([...oracle.events.values()].map(({ event }) => event.id));
  const problems: string[] = [];
  for (const [kind, [table, column]] of Object.entries(tables)) {
    const kept = await rows(
      pool,
      z.object({ number: z.string(), event: z.string().nullable() }),
      `SELECT ${column} AS number, event_id AS event FROM ${table}`,
    );
    const numbers = new Set(kept.map((row) => row.number));
    for (const fact of acknowledged) {
      if (fact.station !== code || fact.kind !== kind || numbers.has(fact.number)) continue;
      problems.push(`${code} has lost the ${kind} ${fact.number}`);
    }
    for (const row of kept) {
      if (row.event === null || !told.has(row.event)) problems.push(`${code} never told of the ${kind} ${row.number}`);
    }
  }
  return problems;
}

function permitProblems({ permits }: Oracle, work: Work): string[] {
  const granted = new Map(permits.map((permit) => [permit.id, permit]));
  return work.permits.flatMap(({ id, station, token }) => {
    const permit = granted.get(id);
    if (permit === undefined) return [`${station} answered the permit ${id}, which the log does not grant`];
    const others = permits.filter(
      (other) =>
        other !== permit && other.token === token && other.grantedAt < permit.endsAt && permit.grantedAt < other.endsAt,
    );
    return others.map((other) => `the permits ${id} of ${station} and ${other.id} of ${other.station} at once`);
  });
}

/** Everything that is not as it must be. */
export async function problemsOf(federation: ChaosFederation, work: Work, oracle: Oracle): Promise<string[]> {
  const found = await Promise.all(
    federation.stations.flatMap((station) => [
      eventProblems(station, oracle),
      conflictProblems(station, oracle),
      lossProblems(station, oracle, work),
    ]),
  );
  return [...found.flat(), ...permitProblems(oracle, work)];
}
