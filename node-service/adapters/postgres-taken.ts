/** Which directories this station has taken, kept for all of its instances. */
import type { Pool } from 'pg';

import type { TakenStore } from '#server/directory/taken.ts';

const find = 'SELECT signed, is_rotation FROM directory_taken ORDER BY version';

/** What another instance has taken of this version stays: the first counts. */
const remember = `WITH taken AS (
    INSERT INTO directory_taken (version, signed, is_rotation) VALUES ($1, $2, $3) ON CONFLICT DO NOTHING
  )
  DELETE FROM directory_taken WHERE version < $1 AND NOT is_rotation`;

interface Row {
  readonly signed: string;
  readonly is_rotation: boolean;
}

export function createPostgresTaken(pool: Pool): TakenStore {
  return {
    async find() {
      const { rows } = await pool.query<Row>(find);
      return {
        newest: rows.at(-1)?.signed ?? null,
        rotations: rows.flatMap(({ signed, is_rotation: isRotation }) => (isRotation ? [signed] : [])),
      };
    },
    async remember({ directory, text }, isRotation) {
      await pool.query(remember, [directory.version, text, isRotation]);
    },
  };
}
