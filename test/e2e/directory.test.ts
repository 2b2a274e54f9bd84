/** An operator and two authorities change the directory of a federation that runs, with the commands they would use. */
import path from 'node:path';

import { expect, test } from 'vitest';
import { z } from 'zod';

import { Directory } from '#schema/directory.ts';
import { layoutOf } from '#scripts/start/layout.ts';

import { findPorts, lookout, start, temporaryFolder } from './launch.ts';

const Shown = z.object({ directory: Directory, versions: z.record(z.string(), z.number().nullable()) });
const Published = z.object({ nodes: z.array(z.object({ code: z.string(), outcome: z.string() })) });
const Answer = z.object({ coverage: z.object({ stations: z.array(z.object({ station: z.string() })) }) });

test('a member is suspended and reinstated while the federation runs, and that survives a restart', async () => {
  await using folder = await temporaryFolder();
  const state = path.join(folder.path, 'state');
  const port = await findPorts(4);
  const directory = async (...args: readonly string[]) => {
    const ended = await lookout('directory', ...args, '--state', state);
    expect(ended.stderr).toBe('');
    return ended;
  };
  const signAs = (name: string) => directory('sign', '--key', layoutOf(state).authorityKeyOf(name));
  const shown = async () => Shown.parse(JSON.parse((await directory('show', '--json')).stdout));
  const question = ['--document', 'RESIDENT_ID:331298197506110844', '--procedure', 'WHOLE_BLOOD'];
  const heard = async () => {
    const { stdout } = await lookout('check', '--station', '310198B01', ...question, '--state', state, '--json');
    return Answer.parse(JSON.parse(stdout)).coverage.stations.map(({ station }) => station);
  };

  const first = await start(state, port, '--stations', '3');
  const codes = ['310198B01', '320198B01', '330198B01'];
  expect(await heard()).toEqual(codes);

  const proposed = await directory('suspend', '320198B01');
  expect(proposed.stdout).toContain('320198B01 is suspended');
  await signAs('A1');
  expect((await lookout('directory', 'publish', '--state', state)).code).toBe(2);
  expect(await heard()).toEqual(codes);
  await signAs('A3');
  const published = Published.parse(JSON.parse((await directory('publish', '--json')).stdout));
  expect(published.nodes).toEqual(
    ['G01', ...codes].map((code) => expect.objectContaining({ code, outcome: 'TAKEN' }) as unknown),
  );
  expect(await heard()).toEqual(['310198B01', '330198B01']);
  const suspended = await lookout('check', '--station', '320198B01', ...question, '--state', state);
  expect(suspended.stdout).toMatch(/^INDETERMINATE\n/);
  expect(suspended.stdout).toContain('320198B01 is suspended itself: nobody is admitted here');
  expect(suspended.stdout).not.toContain('were heard');

  await first[Symbol.asyncDispose]();
  await using second = await start(state, port, '--stations', '3');
  expect((await shown()).directory).toMatchObject({ version: 2, members: [{}, { status: 'SUSPENDED' }, {}] });
  expect(second.said()).not.toContain('Imported');

  await directory('reinstate', '320198B01');
  await signAs('A2');
  await signAs('A3');
  await directory('publish');
  expect(await heard()).toEqual(codes);
  const { directory: stands, versions } = await shown();
  expect(stands).toMatchObject({ version: 3, members: [{}, { status: 'ACTIVE' }, {}] });
  expect(Object.values(versions)).toEqual([3, 3, 3, 3]);
});
