/** The names of questions that were answered, which count once: forgotten when they could not be used again anyway. */
import type { ClientBase } from 'pg';

export async function forgetExpired(pool: Pick<ClientBase, 'query'>): Promise<void> {
  await pool.query('DELETE FROM exchange_seen WHERE until < now()');
}
