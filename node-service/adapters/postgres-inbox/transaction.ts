/** A transaction on the copy of the donor log: one prepared statement a method, on one connection. */
import type { PoolClient } from 'pg';

import type { DonorToken, EventId, StationCode } from '#schema/ids.ts';

import type { ClaimOutcome, HistoryEvent } from '../../domain/history.ts';
import type { Applied, InboxTransaction, OriginProgress } from '../../ports.ts';
import { rowsOf } from './asking.ts';
import { arraysOf, bytesOf, eventOf, tokenOf } from './event-rows.ts';
import type { EventRow } from './event-rows.ts';
import { conflictStatements, statements } from './statements.ts';

interface Statement {
  readonly name: string;
  readonly text: string;
}

export interface TransactionOptions {
  readonly client: PoolClient;
  readonly partition: number;
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
  readonly partition: number;
  readonly station: StationCode;
  /** The numbers of the claims in the histories that were read: an id alone may name two. */
  readonly claims: Map<HistoryEvent, number>;
  /** What was found to be there, by `origin seq`. */
  readonly known: Set<string>;
  readonly heard: OriginProgress[];
  readonly ownClaims: Map<EventId, ClaimOutcome>;
}

type Reads = Pick<InboxTransaction, 'heardOf' | 'knownOf' | 'seqsBeyond' | 'standingOf' | 'historiesOf'>;
type Aside = Pick<InboxTransaction, 'setConflicts' | 'quarantine' | 'release'>;
type Writes = Omit<InboxTransaction, keyof Reads | keyof Aside | 'position'>;

function readsOf(open: Open): Reads {
  const { query, partition, station } = open;
  return {
    async heardOf(origins) {
      const rows = await query<HeardRow>(statements.heard, [partition, origins]);
      return new Map(rows.map(([origin, upTo, highest, forkedAt]) => [origin, { upTo, highest, forkedAt }]));
    },
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
  };
}

function writesOf({ query, partition, station, known, claims, heard, ownClaims }: Open): Writes {
  return {
    async add(events) {
      if (events.length === 0) return;
      const isNew = events.every(({ event: { origin, seq } }) => !known.has(`${origin} ${seq}`));
      await query(isNew ? statements.add : statements.replace, [partition, station, ...arraysOf(events)]);
    },
    async settle(outcomes) {
      const rows = [...outcomes].flatMap(([event, outcome]) => {
        const seq = claims.get(event);
        return seq === undefined ? [] : [{ id: event.id, origin: event.origin, seq, outcome }];
      });
      if (rows.length === 0) return;
      for (const { id, origin, outcome } of rows) if (origin === station) ownClaims.set(id, outcome);
      const columns = [
        rows.map(({ origin }) => origin),
        rows.map(({ seq }) => seq),
        rows.map(({ outcome }) => outcome),
      ];
      await query(statements.settle, [partition, ...columns]);
    },
    async setHeard(latest) {
      if (latest.size === 0) return;
      const rows = [...latest.values()];
      const forks = rows.map(({ forkedAt }) => forkedAt);
      const columns = [[...latest.keys()], rows.map(({ upTo }) => upTo), rows.map(({ highest }) => highest), forks];
      await query(statements.setHeard, [partition, ...columns]);
      for (const [origin, value] of latest) heard.push({ origin, partition, heard: value });
    },
    async setPosition(next) {
      await query(statements.setPosition, [partition, next]);
    },
  };
}

function asideOf({ query, partition }: Open): Aside {
  return {
    async setConflicts(conflicts) {
      const shown = [...conflicts.values()].flat();
      await query(conflictStatements.close, [[...conflicts.keys()].map(bytesOf), shown.map(({ id }) => id)]);
      if (shown.length === 0) return;
      const rows = shown.map(({ id, kind, token, stations, events, rule, shownAt }) => {
        const donor = Buffer.from(token, 'base64url').toString('hex');
        return { id, kind, token: donor, stations, events, rule, shown_at: shownAt };
      });
      await query(conflictStatements.open, [JSON.stringify(rows)]);
    },
    async quarantine(records) {
      if (records.length === 0) return;
      const rows = [...new Map(records.map((record) => [record.offset, record])).values()];
      await query(statements.quarantine, [
        partition,
        rows.map(({ offset }) => offset),
        rows.map(({ appendedAt }) => appendedAt),
        rows.map(({ reason }) => reason),
        rows.map(({ origin }) => origin),
        rows.map(({ key }) => key),
        rows.map(({ value }) => value),
      ]);
    },
    async release(offsets) {
      if (offsets.length > 0) await query(statements.release, [partition, offsets]);
    },
  };
}

/** Locks the partition's row, which is made when there is none. */
async function lock(open: Open): Promise<number> {
  const [row] = await open.query<[number]>(statements.lock, [open.partition]);
  if (row !== undefined) return row[0];
  await open.query(statements.begin, [open.partition]);
  return lock(open);
}

export async function openTransaction({ client, partition, station }: TransactionOptions): Promise<OpenTransaction> {
  const open: Open = {
    query: (statement, values) => rowsOf(client, statement, values),
    partition,
    station,
    claims: new Map(),
    known: new Set(),
    heard: [],
    ownClaims: new Map(),
  };
  const position = await lock(open);
  return {
    position,
    ...readsOf(open),
    ...writesOf(open),
    ...asideOf(open),
    applied: () => ({ heard: open.heard, claims: open.ownClaims }),
  };
}
