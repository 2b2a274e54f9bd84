/**
 * The browser for a whole test run: the one that is on the machine, or Debian's, which is installed where that can be done. Where
 * none can be had, what needs it is left out and one line says so; in CI the run fails instead, since nobody reads the line there.
 */
import { spawn } from 'node:child_process';
import { existsSync } from 'node:fs';

import type { TestProject } from 'vitest/node';

declare module 'vitest' {
  interface ProvidedContext {
    /** The program of the browser; empty where there is none. */
    chromium: string;
  }
}

const places = ['/usr/bin/chromium', '/usr/bin/chromium-browser', '/usr/bin/google-chrome'];

const findBrowser = (): string | undefined => places.find((file) => existsSync(file));

/** Whether it went well. */
function run(command: string, ...args: readonly string[]): Promise<boolean> {
  const child = spawn(command, args, {
    env: { ...process.env, DEBIAN_FRONTEND: 'noninteractive' },
    stdio: 'ignore',
  });
  return new Promise((resolve) => {
    child.once('error', () => {
      resolve(false);
    });
    child.once('close', (code) => {
      resolve(code === 0);
    });
  });
}

/** As the package `chromium` of Debian and its kin. */
async function install(): Promise<void> {
  if (process.getuid?.() !== 0 || !existsSync('/usr/bin/apt-get')) return;
  const get = () => run('apt-get', 'install', '--yes', '--no-install-recommends', 'chromium');
  if (await get()) return;
  // A list of packages that is out of date names versions that are gone.
  await run('apt-get', 'update');
  await get();
}

export async function setup(project: TestProject): Promise<void> {
  if (findBrowser() === undefined) await install();
  const browser = findBrowser();
  if (browser === undefined) {
    const why = 'no Chromium is on this machine: install the package chromium';
    if ((process.env['CI'] ?? '') !== '') throw new Error(why);
    process.stdout.write(`Left out: the tests of the regulator page in a browser (${why})\n`);
  }
  project.provide('chromium', browser ?? '');
}
