/**
 * Stations for the gateway bench, `node stations.ts <count>`: bare servers on ports of their own, in a process of their
 * own. Each answers a fixed JSON of four donations and one bar for whatever donors are asked about.
 */
import { z } from 'zod';

import { reportToBench } from '../child-server.ts';
import { startBareServer } from './bare-server.ts';

const Question = z.object({ variables: z.object({ tokens: z.array(z.string()) }) });

const donations = ['2025-01-06', '2025-07-14', '2026-01-19', '2026-08-03'].map((collectedOn) => ({
  procedure: 'WHOLE_BLOOD',
  collectedOn,
  volumeMl: 400,
  outcome: 'COMPLETE',
}));
const holding = JSON.stringify({ donations, bars: [{ since: '2026-09-01', until: null }], registrations: [] }).slice(1);

/** The station at this place of the directory. */
const answerOf = (at: number) => (path: string, body: string) => {
  if (path !== '/graphql') return 'ok';
  const { tokens } = Question.parse(JSON.parse(body)).variables;
  const donors = tokens.map((token) => `{"token":"${token}",${holding}`);
  return `{"data":{"self":{"code":"${310_100 + at}B01","donors":[${donors.join(',')}]}}}`;
};

const stations = await Promise.all(
  Array.from({ length: Number(process.argv[2]) }, (_, at) => startBareServer(answerOf(at))),
);
const list = JSON.stringify(stations.map(({ origin }) => origin));
reportToBench(await startBareServer(() => list));
