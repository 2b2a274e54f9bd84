/** The least a claim could cost in a database: a row as large as a claim, on the disk. */
import { randomUUID } from 'node:crypto';

import pg from 'pg';

export interface Commits {
  /** Writes a row and waits until it is on the disk. */
  commit(): Promise<void>;
  stop(): Promise<void>;
}

const value = 'x'.repeat(600);

export async function openCommits(databaseUrl: string): Promise<Commits> {
  const client = new pg.Client({ connectionString: databaseUrl });
  await client.connect();
  await client.query('CREATE TABLE bare (id uuid PRIMARY KEY, value text NOT NULL)');
  const insert = { name: 'bare', text: 'INSERT INTO bare VALUES ($1, $2)' };
  return {
    async commit() {
      await client.query({ ...insert, values: [randomUUID(), value] });
    },
    stop: () => client.end(),
  };
}
