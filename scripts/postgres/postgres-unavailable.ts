/** Why there is no database, as one sentence for the person at the terminal. */
export class PostgresUnavailable extends Error {
  override readonly name = 'PostgresUnavailable';
}
