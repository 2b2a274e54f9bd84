/** A station at rest, `node station.ts <folder> <brokers> <database>`: all of it, with nobody who asks. */
import { reportToBench } from '../child-server.ts';
import { createLoneStation } from '../permit/lone-station.ts';

const [folder = '', brokers = '', databaseUrl = ''] = process.argv.slice(2);
const station = await createLoneStation(folder, { KAFKA_BROKERS: brokers, DATABASE_URL: databaseUrl });
reportToBench(await station.start());
