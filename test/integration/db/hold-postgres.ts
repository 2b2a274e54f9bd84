/** Starts the embedded PostgreSQL on the folder it is given, says its port, and stays until it is killed. */
import { startPostgres } from '#scripts/postgres.ts';

const [dataDir = '', kind] = process.argv.slice(2);
const postgres = await startPostgres({ dataDir, ephemeral: kind === 'ephemeral' });
console.log(postgres.port);
process.stdin.resume();
