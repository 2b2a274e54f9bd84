/**
 * A transaction on the copy of the donor log: prepared statements on one pipelined connection. Only what is read is waited for, so
 * that a transaction of a dozen statements is three trips to the database.
 */
import type { PoolClient } from 'pg';

import type { DonorToken, EventId, StationCode } from '#schema/ids.ts';

import type { HistoryEvent } from '../../domain/history.ts';
import type { Applied, InboxTransaction, JudgedClaim, OriginProgress } from '../../ports.ts';
import { rowsOf } from './asking.ts';
import type { Writes } from './asking.ts';
import { arraysOf, bytesOf, eventOf, tokenOf } from './event-rows.ts';
import type { EventRow } from './event-rows.ts';
import { conflictStatements, statements } from './statements.ts';

interface Statement {
  readonly name: string;
  readonly text: string;
}

export interface TransactionOptions {
  readonly client: PoolClient;
  readonly writes: Writes;
  readonly partition: number;
  readonly origins: readonly StationCode[];
  readonly station: StationCode;
}

export interface OpenTransaction extends InboxTransaction {
  /** What others have to hear of when it is kept. */
  applied(): Applied;
}

type KnownRow = [origin: StationCode, seq: number, token: Buffer, offset: number, appendedAt: number, digest: Buffer];
type HeardRow = [origin: StationCode, upTo: number, highest: number, forkedAt: number | null];

/** What a transaction keeps in mind while it is open. */
interface Open {
  readonly query: <Row extends unknown[]>(statement: Statement, values: readonly unknown[]) => Promise<Row[]>;
  readonly write: (statement: Statement, values: readonly unknown[]) => void;
  readonly partition: number;
  readonly station: StationCode;
  /** The numbers of the claims in the histories that were read: an id alone may name two. */
  readonly claims: Map<HistoryEvent, number>;
  /** What was found to be there, by `origin seq`. */
  readonly known: Set<string>;
  readonly heard: OriginProgress[];
  readonly ownClaims: Map<EventId, JudgedClaim>;
}

type Reads = Pick<InboxTransaction, 'knownOf' | 'seqsBeyond' | 'standingOf' | 'historiesOf' | 'donorsOf'>;
type Main = Pick<InboxTransaction, 'add' | 'settle' | 'moveOn'>;
type Aside = Pick<InboxTransaction, 'setConflicts' | 'quarantine' | 'release'>;

function readsOf(open: Open): Reads {
  const { query, partition, station } = open;
  return {
    async knownOf(events) {
      const columns = [events.map(({ origin }) => origin), events.map(({ seq }) => seq)];
      const rows = await query<KnownRow>(statements.known, [partition, ...columns]);
      for (const [origin, seq] of rows) open.known.add(`${origin} ${seq}`);
      return new Map(
        rows.map(([origin, seq, token, offset, appendedAt, digest]) => [
          `${origin} ${seq}`,
          { token: tokenOf(token), offset, appendedAt, digest: digest.toString('base64url') },
        ]),
      );
    },
    async seqsBeyond(origin, upTo) {
      return (await query<[number]>(statements.beyond, [partition, origin, upTo])).map(([seq]) => seq);
    },
    async standingOf(tokens, after) {
      const values = [tokens.map(bytesOf), station, after];
      const rows = await query<[Buffer, boolean, boolean]>(statements.standing, values);
      const tokensWhere = (is: (row: [Buffer, boolean, boolean]) => boolean) =>
        new Set(rows.filter(is).map(([token]) => tokenOf(token)));
      return { own: tokensWhere(([, isOwn]) => isOwn), claimedAfter: tokensWhere(([, , isClaimed]) => isClaimed) };
    },
    async historiesOf(tokens) {
      const histories = new Map<DonorToken, HistoryEvent[]>(tokens.map((token) => [token, []]));
      for (const row of await query<EventRow>(statements.histories, [tokens.map(bytesOf)])) {
        const event = eventOf(row);
        if (event.body.type === 'permit.claimed') open.claims.set(event, row[1]);
        histories.get(tokenOf(row[2]))?.push(event);
      }
      return histories;
    },
    async donorsOf(origin, { since, after, limit }) {
      const values = [partition, origin, since, after === null ? null : bytesOf(after), limit];
      return (await query<[Buffer]>(statements.donors, values)).map(([token]) => tokenOf(token));
    },
  };
}

function mainOf({ write, partition, station, known, claims, heard, ownClaims }: Open): Main {
  return {
    add(events) {
      if (events.length === 0) return;
      const isNew = events.every(({ event: { origin, seq } }) => !known.has(`${origin} ${seq}`));
      write(isNew ? statements.add : statements.replace, [partition, station, ...arraysOf(events)]);
    },
    settle(outcomes) {
      const rows = [...outcomes].flatMap(([event, outcome]) => {
        const seq = claims.get(event);
        return seq === undefined ? [] : [{ origin: event.origin, seq, outcome }];
      });
      if (rows.length === 0) return;
      for (const [{ id, origin, appendedAt }, outcome] of outcomes) {
        if (origin === station) ownClaims.set(id, { outcome, appendedAt });
      }
      const columns = [
        rows.map(({ origin }) => origin),
        rows.map(({ seq }) => seq),
        rows.map(({ outcome }) => outcome),
      ];
      write(statements.settle, [partition, ...columns]);
    },
    moveOn(latest, next) {
      const rows = [...latest.values()];
      const forks = rows.map(({ forkedAt }) => forkedAt);
      const columns = [[...latest.keys()], rows.map(({ upTo }) => upTo), rows.map(({ highest }) => highest), forks];
      write(statements.moveOn, [partition, next, ...columns]);
      for (const [origin, value] of latest) heard.push({ origin, partition, heard: value });
    },
  };
}

function asideOf({ write, partition }: Open): Aside {
  return {
    setConflicts(conflicts) {
      const shown = [...conflicts.values()].flat();
      write(conflictStatements.close, [[...conflicts.keys()].map(bytesOf), shown.map(({ id }) => id)]);
      if (shown.length === 0) return;
      const rows = shown.map(({ id, kind, token, stations, events, rule, shownAt }) => {
        const donor = Buffer.from(token, 'base64url').toString('hex');
        return { id, kind, token: donor, stations, events, rule, shown_at: shownAt };
      });
      write(conflictStatements.open, [JSON.stringify(rows)]);
    },
    quarantine(records) {
      if (records.length === 0) return;
      const rows = [...new Map(records.map((record) => [record.offset, record])).values()];
      write(statements.quarantine, [
        partition,
        rows.map(({ offset }) => offset),
        rows.map(({ appendedAt }) => appendedAt),
        rows.map(({ reason }) => reason),
        rows.map(({ origin }) => origin),
        rows.map(({ key }) => key),
        rows.map(({ value }) => value),
      ]);
    },
    release(offsets) {
      if (offsets.length > 0) write(statements.release, [partition, offsets]);
    },
  };
}

/**
 * Locks the partition's row, which is made when there is none, and asks what was heard: a statement of its own, since one that
 * waits for a lock goes on seeing what was there before.
 */
async function lock(
  open: Open,
  origins: readonly StationCode[],
): Promise<Pick<InboxTransaction, 'position' | 'heard'>> {
  const { query, write, partition } = open;
  const [[row], heard] = await Promise.all([
    query<[number]>(statements.lock, [partition]),
    query<HeardRow>(statements.heard, [partition, origins]),
  ]);
  if (row === undefined) {
    write(statements.begin, [partition]);
    return lock(open, origins);
  }
  const heardOf = new Map(heard.map(([origin, upTo, highest, forkedAt]) => [origin, { upTo, highest, forkedAt }]));
  return { position: row[0], heard: heardOf };
}

export async function openTransaction(options: TransactionOptions): Promise<OpenTransaction> {
  const { client, writes, partition, origins, station } = options;
  const open: Open = {
    query: (statement, values) => rowsOf(client, statement, values),
    write: (statement, values) => {
      writes.add(rowsOf(client, statement, values));
    },
    partition,
    station,
    claims: new Map(),
    known: new Set(),
    heard: [],
    ownClaims: new Map(),
  };
  const found = await lock(open, origins);
  // That it has begun must be known before anything is written.
  await writes.done();
  return {
    ...found,
    ...readsOf(open),
    ...mainOf(open),
    ...asideOf(open),
    applied: () => ({ heard: open.heard, claims: open.ownClaims }),
  };
}
