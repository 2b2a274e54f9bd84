/**
 * What members said of their chains. Nothing is ever replaced: a head goes after the ones before, and of those that are neither
 * the newest nor the first of their hour some are forgotten. So two instances that keep heads at once take nothing back.
 */
import { hash } from 'node:crypto';

import type { Pool, QueryResultRow } from 'pg';

import { AuditHead } from '#schema/audit.ts';
import { Fault } from '#schema/errors.ts';
import { StationCode } from '#schema/ids.ts';

import type { Contradiction, SignedHead, WitnessPort } from '../audit-port.ts';
import { contradict } from '../domain/audit-heads.ts';

/** One that is behind what is kept is not added, or a member could fill the table with them; it counts where it is proof. */
const add = `
  INSERT INTO audit_witness (origin, seq, hash, appended_at, jws)
  SELECT * FROM unnest($1::text[], $2::bigint[], $3::bytea[], $4::timestamptz[], $5::text[])
    AS said(origin, seq, hash, appended_at, jws)
  WHERE NOT EXISTS (SELECT FROM audit_witness w WHERE w.origin = said.origin AND w.seq > said.seq)
  ON CONFLICT DO NOTHING`;

/** Of the origins and places `$1 $2`: what is kept there, and the newest head of each. */
const kept = `
  SELECT jws FROM audit_witness JOIN unnest($1::text[], $2::bigint[]) AS said(origin, seq) USING (origin, seq)
  UNION
  SELECT newest.jws FROM (SELECT DISTINCT unnest($1::text[]) AS origin) AS said
  CROSS JOIN LATERAL (SELECT jws FROM audit_witness w WHERE w.origin = said.origin ORDER BY seq DESC LIMIT 1) AS newest`;

/** One proof is enough; of a member that goes on giving them so many are kept. */
const mostProofs = 100;

const prove = `
  INSERT INTO audit_proof (id, origin, one, other)
  SELECT id, origin, one, other FROM (
    SELECT *, row_number() OVER (PARTITION BY origin) AS place
    FROM unnest($1::text[], $2::text[], $3::text[], $4::text[]) AS found(id, origin, one, other)) AS found
  WHERE place + (SELECT count(*) FROM audit_proof p WHERE p.origin = found.origin) <= ${mostProofs}
  ON CONFLICT DO NOTHING RETURNING origin, one, other`;

const forget = `
  DELETE FROM audit_witness w USING unnest($1::text[], $2::bigint[]) AS said(origin, seq)
  WHERE w.origin = said.origin AND w.seq < said.seq AND EXISTS (
    SELECT FROM audit_witness e WHERE e.origin = w.origin AND e.seq < w.seq
      AND date_trunc('hour', e.appended_at) = date_trunc('hour', w.appended_at))`;

const all = 'SELECT jws FROM audit_witness WHERE origin = $1 ORDER BY seq';

const proofs = 'SELECT origin, one, other FROM audit_proof WHERE origin = $1 ORDER BY found_at, id';

const StationHead = AuditHead.extend({ origin: StationCode });

/** A head that was verified when it was kept. */
export function headOf(jws: string): SignedHead {
  const [, payload = ''] = jws.split('.');
  return { ...StationHead.parse(JSON.parse(Buffer.from(payload, 'base64url').toString())), jws };
}

const nameOf = (one: string, other: string): string => hash('sha256', `${one}\n${other}`).slice(0, 32);

export function createPostgresWitness({ pool }: { readonly pool: Pool }): WitnessPort {
  async function query<Row extends QueryResultRow>(text: string, values: unknown[]): Promise<Row[]> {
    try {
      return (await pool.query<Row>(text, values)).rows;
    } catch (cause) {
      throw new Fault('DATABASE_UNAVAILABLE', { cause });
    }
  }

  /** Those that were not known yet. */
  async function keepProofs(found: readonly Contradiction[]): Promise<Contradiction[]> {
    if (found.length === 0) return [];
    const column = (name: keyof Contradiction) => found.map((proof) => proof[name]);
    const ids = found.map(({ one, other }) => nameOf(one, other));
    return query<Contradiction>(prove, [ids, column('origin'), column('one'), column('other')]);
  }

  return {
    async keep(heads) {
      if (heads.length === 0) return [];
      const origins = heads.map(({ origin }) => origin);
      const seqs = heads.map(({ seq }) => seq);
      const hashes = heads.map((head) => Buffer.from(head.hash, 'base64url'));
      const times = heads.map(({ appendedAt }) => new Date(appendedAt));
      await query(add, [origins, seqs, hashes, times, heads.map(({ jws }) => jws)]);
      // Looked up after they were added: of two that contradict each other the second finds the first, whoever keeps it.
      const known = (await query<{ jws: string }>(kept, [origins, seqs])).map(({ jws }) => headOf(jws));
      const found = heads.flatMap((head) =>
        known
          .filter((before) => contradict(before, head))
          .map((before) => ({ origin: head.origin, one: before.jws, other: head.jws })),
      );
      const proofs = await keepProofs(found);
      await query(forget, [origins, seqs]);
      return proofs;
    },
    proofsOf: (origin) => query<Contradiction>(proofs, [origin]),
    of: async (origin) => (await query<{ jws: string }>(all, [origin])).map(({ jws }) => headOf(jws)),
  };
}
