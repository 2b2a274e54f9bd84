/** Makes an empty database: `make-database.ts SERVER NAME`. A process, since logs are opened without waiting. */
import pg from 'pg';

const [server, name = ''] = process.argv.slice(2);
const client = new pg.Client({ connectionString: server ?? '' });
await client.connect();
await client.query(`CREATE DATABASE ${pg.escapeIdentifier(name)} TEMPLATE template0`);
await client.end();
