/** What all verbs of the `lookout` command have in common: their options, their words in the help, and the federation they look for. */
import { Command } from '@commander-js/extra-typings';

import type { StationCode } from '#schema/ids.ts';
import { findFederation } from '#scripts/start/federation-file.ts';
import type { RunningFederation } from '#scripts/start/federation-file.ts';
import { defaultState, layoutOf } from '#scripts/start/layout.ts';

import { Problem } from './problem.ts';

export interface VerbOptions {
  readonly name: string;
  /** What it does, in one Chinese and one English line. */
  readonly zh: string;
  readonly en: string;
  /** What can be typed after `npm run lookout -- `, and what that is for. */
  readonly examples: readonly (readonly [typed: string, meaning: string])[];
  /** Exit codes with a meaning of their own, beyond those of every command. */
  readonly exits?: string;
}

export function createVerb({ name, zh, en, examples, exits }: VerbOptions) {
  const lines = examples.map(([typed, meaning]) => `  # ${meaning}\n  npm run lookout -- ${typed}`);
  const text = `\nExamples:\n${lines.join('\n')}\n\nExit codes: ${exits ?? everyExit}`;
  return new Command(name)
    .summary(`${zh} ${en}`)
    .description(`${zh}\n${en}`)
    .option('--state <dir>', 'state folder of the federation', defaultState)
    .option('--json', 'answer in JSON', false)
    .option('--quiet', 'nothing on stderr but errors', false)
    .addHelpText('after', text);
}

/** Who asks, and what for, when that is not said. */
interface Usual {
  readonly role: string;
  readonly purpose: string;
}

/** A verb whose questions somebody asks: who, and what for, can be said. */
export function createAskingVerb(options: VerbOptions & { readonly usual: Usual }) {
  const { role, purpose } = options.usual;
  return createVerb(options)
    .option('--as <role>', `the role to ask in (default: ${role})`)
    .option('--purpose <purpose>', `what for (default: ${purpose})`)
    .option('--case <number>', "a physician's case, where the purpose is CARE");
}

export const everyExit = '0 done, 1 failed, 2 wrong usage, 4 the federation cannot be reached, 130 interrupted.';

/** The federation that runs on a state folder. Whoever needs one ends here when there is none. */
export async function getFederation(state: string): Promise<RunningFederation> {
  const federation = await findFederation(layoutOf(state));
  if (federation !== undefined) return federation;
  const start = state === defaultState ? 'npm start' : `npm start -- --state ${state}`;
  throw new Problem(`No federation is running in ${state}: start one with ${start}`, 'unreachable');
}

/** Where a station is, by its code. */
export function getStation(federation: RunningFederation, code: string): { code: StationCode; url: string } {
  const station = federation.stations.find((one) => one.code === code);
  if (station !== undefined) return station;
  const codes = federation.stations.map((one) => one.code).join(', ');
  throw new Problem(`No station of this federation has the code ${code}; its stations are ${codes}.`, 'usage');
}
