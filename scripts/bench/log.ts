/**
 * What our port of the donor log costs against bare kafkajs on the same broker: an append that is waited for until it is
 * read, many appends at once, and appends of many entries. CPU time is that of this process, which holds both ends.
 */
import { measureInterleaved } from './bench.ts';
import type { Contender, Measured, Turn } from './bench.ts';
import type { BenchWithGoals } from './goal.ts';
import { entriesOf, withClients } from './log/clients.ts';
import type { Client } from './log/clients.ts';

/** As many at a time, until the seconds are over. */
async function repeat(operation: () => Promise<unknown>, atATime: number, seconds: number): Promise<Turn> {
  const began = performance.now();
  const before = process.cpuUsage();
  let operations = 0;
  const worker = async (): Promise<void> => {
    while (performance.now() < began + seconds * 1000) {
      await operation();
      operations += 1;
    }
  };
  await Promise.all(Array.from({ length: atATime }, worker));
  const { user, system } = process.cpuUsage(before);
  return { operations, seconds: (performance.now() - began) / 1000, cpuMs: (user + system) / 1000 };
}

interface Load {
  readonly atATime: number;
  readonly ask: (client: Client) => Promise<unknown>;
}

const measure = ({ atATime, ask }: Load): Promise<readonly Measured[]> =>
  withClients((bare, ours) => {
    const contender = (name: string, client: Client): Contender => ({
      name,
      run: (seconds) => repeat(() => ask(client), atATime, seconds),
    });
    const contenders = [contender('bare kafkajs', bare), contender('the donor log', ours)];
    return measureInterleaved({ contenders, rounds: 3, seconds: 0.5 });
  });

/** Half the rate of one round trip after the other is twice its time. */
export const logRoundTripBench: BenchWithGoals = {
  name: 'log: append until it is read',
  goals: [{ contender: 'the donor log', measure: 'perSecond', ratio: 0.5 }],
  run: () => measure({ atATime: 1, ask: (client) => client.roundTrip() }),
};

export const logAppendsBench: BenchWithGoals = {
  name: 'log: 64 appends at once',
  goals: [{ contender: 'the donor log', measure: 'perSecond', ratio: 0.8 }],
  run: () => measure({ atATime: 64, ask: (client) => client.append(entriesOf(1)) }),
};

const many = entriesOf(500);

export const logEntriesBench: BenchWithGoals = {
  name: 'log: appends of 500 entries',
  goals: [{ contender: 'the donor log', measure: 'perSecond', ratio: 0.8 }],
  run: () => measure({ atATime: 1, ask: (client) => client.append(many) }),
};
