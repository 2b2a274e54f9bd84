/** The record in the station's database: entries that come at the same time become durable in one commit. */
import type { Pool } from 'pg';
import type { Logger } from 'pino';

import type { AuditPayload, AuditReference } from '#schema/audit.ts';
import type { MemberCode } from '#schema/caller.ts';
import type { Counted } from '#schema/count-families.ts';
import { Fault } from '#schema/errors.ts';

import type { AuditPort } from '../audit-port.ts';
import { genesisOf, referenceTo } from '../domain/audit-chain.ts';
import type { ClockPort } from '../ports.ts';
import { draftOf } from './postgres-audit/group.ts';
import { createQueue } from './postgres-audit/queue.ts';
import { findEntry, findSeen, readHead } from './postgres-audit/statements.ts';
import { createTurnstile } from './postgres-audit/turned-away.ts';
import { addLocked, createWriter, headOf } from './postgres-audit/writer.ts';

interface Options {
  readonly pool: Pool;
  readonly member: MemberCode;
  readonly clock: ClockPort;
  readonly log: Pick<Logger, 'error'>;
  /** After so long a statement is given up. The database gives one up before that, unless it stands still. */
  readonly patienceMs?: number;
}

export function createPostgresAudit({ pool, member, clock, log, patienceMs = 20_000 }: Options): AuditPort {
  const genesis = genesisOf(member);
  const queue = createQueue({
    writer: createWriter({ pool, genesis, patienceMs }),
    findSeen: async (ids) => (await pool.query<{ id: string }>(findSeen, [ids])).rows.map(({ id }) => id),
  });

  async function record(payload: AuditPayload, counted?: readonly Counted[]): Promise<AuditReference> {
    const reference = await queue.add(draftOf(payload, [], counted));
    if (reference === 'SEEN_BEFORE') throw new Fault('INTERNAL');
    return reference;
  }

  const turnstile = createTurnstile({
    now: () => clock.now(),
    write: async (payload) => {
      try {
        await record(payload);
      } catch (error) {
        log.error({ err: error }, 'who was turned away could not be written down');
      }
    },
  });

  return {
    record,
    recordOnce: async (payload, once) => queue.add(draftOf(payload, once)),
    async recordIn(statement, payload, counted) {
      const { references } = await addLocked(statement, genesis, [draftOf(payload, [], counted)]);
      const [reference] = references;
      if (reference === undefined) throw new Fault('INTERNAL');
      return reference;
    },
    isTaking: () => queue.isTaking(),
    turnedAway: (refused) => {
      turnstile.count(refused);
    },
    async head() {
      const { rows } = await pool.query<{ seq: number; hash: Buffer }>(readHead).catch((cause: unknown) => {
        throw new Fault('DATABASE_UNAVAILABLE', { cause });
      });
      const [row] = rows;
      return row === undefined || row.seq === 0 ? null : referenceTo(headOf(row));
    },
    async at(seq) {
      const { rows } = await pool.query<{ hash: Buffer }>(findEntry, [seq]).catch((cause: unknown) => {
        throw new Fault('DATABASE_UNAVAILABLE', { cause });
      });
      const [row] = rows;
      return row === undefined ? null : referenceTo({ seq, hash: row.hash });
    },
    async stop() {
      await turnstile.stop();
      await queue.settled();
    },
  };
}
