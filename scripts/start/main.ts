/** The starter: the whole federation on this machine, in the foreground, until Ctrl-C. */
import { rmSync } from 'node:fs';

import { CommanderError } from '@commander-js/extra-typings';

import { Problem, exitCodes, explain } from '../lookout/problem.ts';
import { createProgress } from '../lookout/terminal.ts';
import { place, providerPortOf } from './directory.ts';
import { createFederation } from './federation.ts';
import type { Federation } from './federation.ts';
import { parseOptions } from './options.ts';
import type { StartOptions } from './options.ts';
import { listenForEnd } from './signals.ts';
import { openState } from './state-folder.ts';
import { welcome } from './welcome.ts';

try {
  process.exitCode = await run(parseOptions(process.argv.slice(2)));
} catch (error) {
  // Commander has said what is wrong with the usage, or has shown the help that was asked for.
  if (error instanceof CommanderError) process.exitCode = error.exitCode === 0 ? exitCodes.done : exitCodes.usage;
  else process.exitCode = explain(error);
}

async function run(options: StartOptions): Promise<number> {
  const began = performance.now();
  const state = await openState({
    state: options.state,
    data: options.data,
    fresh: options.fresh,
    log: options.kafka ? 'kafka' : 'embedded',
  });
  let federation: Federation | undefined;
  const end = listenForEnd(() => {
    federation?.kill();
    rmSync(state.layout.lock, { force: true });
  });
  try {
    const stations = place(state.stations.slice(0, options.stations), options.port);
    refuseBeyond(providerPortOf(stations, options.port));
    const progress = createProgress();
    federation = createFederation({ state, stations, gatewayPort: options.port, kafka: options.kafka, progress });
    await federation.start(end.signal);
    progress.clear();
    console.log(await welcome({ stations, gatewayPort: options.port, data: state.data, state: options.state }));
    console.log(`Up after ${((performance.now() - began) / 1000).toFixed(1)} s.`);
    await end.asked;
    console.log('Stopping.');
    return exitCodes.done;
  } catch (error) {
    if (end.signal.aborted) return exitCodes.interrupted;
    throw error;
  } finally {
    await federation?.stop();
    await state.release();
    end.close();
  }
}

function refuseBeyond(lastPort: number): void {
  if (lastPort > 65_535)
    throw new Problem(
      `The services would need ports up to ${lastPort}, and 65535 is the last: choose a lower --port.`,
      'usage',
    );
}
