/** The least that could take a log: bare signature checks, and bare inserts of rows that are ready. */
import { createPublicKey, verify } from 'node:crypto';
import type { KeyObject } from 'node:crypto';

import type { Pool } from 'pg';

import { arraysOf } from '#node/adapters/postgres-inbox/event-rows.ts';
import { statements } from '#node/adapters/postgres-inbox/statements.ts';

import { ownStation } from './prepared-log.ts';
import type { PreparedLog } from './prepared-log.ts';

/** The statement of the applier, on a table that is only like its own. */
const insert = { name: 'bare', text: statements.add.text.replace('INSERT INTO event ', 'INSERT INTO bare ') };

const [dot] = Buffer.from('.');

export function createFloor(pool: Pool, { directory, batches, rows }: PreparedLog) {
  const keys = new Map<string, KeyObject>();
  for (const {
    keys: [key],
  } of directory.members) {
    if (key !== undefined)
      keys.set(key.kid, createPublicKey({ key: { kty: key.kty, crv: key.crv, x: key.x }, format: 'jwk' }));
  }
  // Headers are looked at before the clock runs: the floor only checks signatures.
  const signed = batches.map(({ records }) =>
    records.map(({ value }) => {
      const bytes = Buffer.from(value);
      const end = bytes.lastIndexOf(dot ?? 0);
      const header: unknown = JSON.parse(Buffer.from(value.slice(0, value.indexOf('.')), 'base64url').toString());
      const kid = typeof header === 'object' && header !== null && 'kid' in header ? String(header.kid) : '';
      return {
        text: bytes.subarray(0, end),
        signature: Buffer.from(value.slice(end + 1), 'base64url'),
        key: keys.get(kid),
      };
    }),
  );
  const arrays = rows.map((some) => arraysOf(some));

  return async (): Promise<void> => {
    for (const [place, some] of signed.entries()) {
      for (const { text, signature, key } of some) {
        if (key === undefined || !verify(null, text, key, signature))
          throw new Error('a signature that does not verify');
      }
      const partition = batches[place]?.partition ?? 0;
      await pool.query({ ...insert, values: [partition, ownStation, ...(arrays[place] ?? [])] });
    }
  };
}
