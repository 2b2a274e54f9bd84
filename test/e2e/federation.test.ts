/** The federation as whoever clones it meets it: started once, asked, fed, hurt, stopped and started again. */
import { copyFile, mkdir, readdir, readFile, symlink, writeFile } from 'node:fs/promises';
import path from 'node:path';

import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { z } from 'zod';

import { decide } from '#node/domain/eligibility.ts';
import { coverageOf } from '#schema/coverage.ts';
import { defaultRuleSetId, ruleSets } from '#schema/rule-sets.ts';
import { layoutOf } from '#scripts/start/layout.ts';
import { knownAt, normalDocumentOf, readChecks, readRegion, readRejected } from '#test/support/sample.ts';
import type { Check } from '#test/support/sample.ts';

import {
  eventually,
  findPorts,
  isAlive,
  isListening,
  lookout,
  pidsOf,
  sampleFolder,
  start,
  temporaryFolder,
} from './launch.ts';
import type { Folder, Started } from './launch.ts';

const Line = z.object({
  case: z.string(),
  verdict: z.string().nullable(),
  eligibleFrom: z.string().nullable(),
  missing: z.array(z.string()).optional(),
  expected: z.unknown().optional(),
});
const linesOf = (text: string) =>
  text
    .trim()
    .split('\n')
    .map((line) => Line.parse(JSON.parse(line)));

const checks = readChecks();
let folder: Folder;
let state: string;
let port: number;
let federation: Started;

async function csvOf(name: string, cases: readonly Check[]): Promise<string> {
  const heading = 'case,station,document_type,document_number,procedure,on,verdict,eligible_from';
  const rows = cases.map((one) => [
    one.case,
    one.station,
    one.document_type,
    one.document_number,
    one.procedure,
    one.on,
    one.verdict,
    one.eligible_from,
  ]);
  const file = path.join(folder.path, name);
  await writeFile(file, [heading, ...rows.map((row) => row.join(','))].join('\n'));
  return file;
}

function askAbout({ station, document_type: type, document_number: number, procedure, on }: Check, ...rest: string[]) {
  const document = `${type}:${number}`;
  return lookout(
    'check',
    '--state',
    state,
    '--station',
    station,
    '--document',
    document,
    '--procedure',
    procedure,
    '--on',
    on,
    ...rest,
  );
}

beforeAll(async () => {
  folder = await temporaryFolder();
  state = path.join(folder.path, 'state');
  port = await findPorts(12);
  federation = await start(state, port);
});

afterAll(async () => {
  await federation[Symbol.asyncDispose]();
  await folder[Symbol.asyncDispose]();
});

describe('a federation that has just come up', () => {
  test('answers all 400 questions of the sample right', async () => {
    const { code, stdout, stderr } = await lookout(
      'check',
      '--file',
      path.join(sampleFolder, 'checks.csv'),
      '--state',
      state,
    );
    const lines = linesOf(stdout);
    expect(lines.map((line) => [line.case, line.verdict, line.eligibleFrom ?? ''])).toEqual(
      checks.map((one) => [one.case, one.verdict, one.eligible_from]),
    );
    expect(stderr).toContain('400 cases: none differs');
    expect(code).toBe(0);
  });

  test('answers the other cases of a file when one station is not there, and exits with 4', async () => {
    const asked = checks.slice(0, 12);
    const gone = asked[0]?.station;
    const running = await federation.running();
    const stations = running.stations.map((one) => (one.code === gone ? { ...one, url: 'http://127.0.0.1:9' } : one));
    const elsewhere = path.join(folder.path, 'elsewhere');
    await mkdir(elsewhere);
    await symlink(layoutOf(state).keys, layoutOf(elsewhere).keys);
    await writeFile(layoutOf(elsewhere).federation, JSON.stringify({ ...running, stations }));

    const file = await csvOf('some.csv', asked);
    const { code, stdout, stderr } = await lookout('check', '--file', file, '--state', elsewhere);
    expect(linesOf(stdout).map((line) => [line.case, line.verdict])).toEqual(
      asked.map((one) => [one.case, one.station === gone ? null : one.verdict]),
    );
    expect(stderr).toContain(`Station ${gone ?? ''} cannot be reached`);
    expect(code).toBe(4);
  });

  test('says which answers differ from what a file expects, and exits with 3', async () => {
    const [first, second] = checks.filter(({ verdict }) => verdict === 'DEFERRED');
    if (first === undefined || second === undefined) throw new Error('the sample has no such cases');
    const file = await csvOf('wrong.csv', [
      { ...first, verdict: 'ELIGIBLE' },
      second,
      { ...second, eligible_from: '2001-01-01' },
    ]);
    const { code, stdout } = await lookout('check', '--file', file, '--state', state);
    expect(linesOf(stdout).map((line) => line.expected)).toEqual([
      { verdict: 'ELIGIBLE', eligibleFrom: first.eligible_from },
      undefined,
      { verdict: 'DEFERRED', eligibleFrom: '2001-01-01' },
    ]);
    expect(code).toBe(3);
  });

  test('answers one question with verdict, day, sentences and grounds', async () => {
    const deferred = checks.find(({ verdict }) => verdict === 'DEFERRED');
    if (deferred === undefined) throw new Error('the sample has no such case');
    const [human, machine] = await Promise.all([askAbout(deferred), askAbout(deferred, '--json')]);
    expect(human.stdout).toContain(`DEFERRED until ${deferred.eligible_from}`);
    expect(human.stdout).toContain('All 10 stations were heard.');
    expect(JSON.parse(machine.stdout)).toMatchObject({ verdict: 'DEFERRED', eligibleFrom: deferred.eligible_from });
    expect([human.code, machine.code]).toEqual([0, 0]);
  });

  test('turns a wrong document, station or procedure away with exit code 2 and without repeating the number', async () => {
    const [one] = checks;
    if (one === undefined) throw new Error('the sample is empty');
    const ends = await Promise.all([
      askAbout({ ...one, document_number: '330198199001011234' }),
      lookout(
        'check',
        '--state',
        state,
        '--station',
        '999999B99',
        '--document',
        `01:${one.document_number}`,
        '--procedure',
        'PLATELETS',
      ),
      lookout(
        'check',
        '--state',
        state,
        '--station',
        one.station,
        '--document',
        `01:${one.document_number}`,
        '--procedure',
        'BLOOD',
      ),
      lookout(
        'check',
        '--state',
        state,
        '--station',
        one.station,
        '--document',
        one.document_number,
        '--procedure',
        'PLATELETS',
      ),
    ]);
    expect(ends.map(({ code }) => code)).toEqual([2, 2, 2, 2]);
    for (const { stdout, stderr } of ends) {
      expect(stdout).toBe('');
      expect(stderr).not.toContain(one.document_number);
      expect(stderr.trim().split('\n')).toHaveLength(1);
    }
  });

  test('lists its stations, and the doctor finds nothing wrong', async () => {
    const [stations, doctor] = await Promise.all([
      lookout('stations', '--json', '--state', state),
      lookout('doctor', '--state', state),
    ]);
    const listed = z.array(z.object({ code: z.string(), ready: z.boolean() })).parse(JSON.parse(stations.stdout));
    expect(listed.filter(({ ready }) => ready)).toHaveLength(10);
    expect(doctor).toMatchObject({ code: 0, stdout: expect.not.stringContaining('wrong') as string });
  });

  test('knows every row of a second import already, and lists exactly the rows that are rejected', async () => {
    const { code, stdout } = await lookout('import', sampleFolder, '--json', '--state', state);
    const events = stdout
      .trim()
      .split('\n')
      .map((line): Record<string, unknown> => z.record(z.string(), z.unknown()).parse(JSON.parse(line)));
    const rejected = events
      .filter(({ type }) => type === 'rejected')
      .map(({ station, file, line, code: why }) => ({ station, file, line, why }));
    expect(rejected).toEqual(expect.arrayContaining(readRejected().filter(({ why }) => why !== 'DUPLICATE')));
    expect(rejected).toHaveLength(readRejected().filter(({ why }) => why !== 'DUPLICATE').length);
    const summaries = events.filter(({ type }) => type === 'summary');
    expect(summaries).toHaveLength(20);
    for (const summary of summaries) expect(summary).toMatchObject({ inserted: 0, updated: 0 });
    expect(code).toBe(0);
  });
});

describe('a federation of which a part fails', () => {
  test('names a station that hangs, holds whom it cannot clear, and still turns away whom others know of', async () => {
    const region = readRegion();
    const ruleSet = ruleSets.get(defaultRuleSetId);
    const silent = (await federation.running()).stations.find(({ code }) => code === '350198B01');
    if (ruleSet === undefined || typeof silent?.pid !== 'number') throw new Error('nothing to stop');
    const { code: station } = silent;
    // What the pure core says of everything that was told before, when the silent station's part of the coverage is missing.
    const answerOf = (one: Check) => {
      const document = normalDocumentOf(one.document_type, one.document_number);
      if (document === undefined) throw new Error('not a document');
      const coverage = coverageOf([{ station, state: 'MISSING', asOf: null, fault: 'STATION_TIMEOUT' }]);
      return decide({ ...knownAt(one.station, region(document)), coverage }, ruleSet, one.procedure, one.on);
    };
    const asked = ['ELIGIBLE', 'DEFERRED', 'REFER'].flatMap((verdict) =>
      checks.filter((one) => one.verdict === verdict && one.station !== station).slice(0, 8),
    );
    const file = await csvOf('asked.csv', asked);
    const [eligible] = asked;
    if (eligible === undefined) throw new Error('nobody was asked about');
    process.kill(silent.pid, 'SIGSTOP');
    try {
      // Its copy is good for a while; then it is asked, and does not answer.
      await eventually('its copy is too old', async () =>
        (await askAbout(eligible)).stdout.startsWith('INDETERMINATE'),
      );
      const { stdout } = await lookout('check', '--file', file, '--state', state);
      const lines = linesOf(stdout);
      expect(lines.map((line) => [line.case, line.verdict, line.eligibleFrom])).toEqual(
        asked.map((one) => [one.case, answerOf(one).verdict, answerOf(one).eligibleFrom]),
      );
      for (const line of lines) expect(line.missing).toEqual([station]);
      const verdicts = new Set(lines.map(({ verdict }) => verdict));
      expect(verdicts).toEqual(new Set(['INDETERMINATE', 'DEFERRED', 'REFER']));
    } finally {
      process.kill(silent.pid, 'SIGCONT');
    }
    await eventually('the station is heard again', async () =>
      (await askAbout(eligible)).stdout.startsWith('ELIGIBLE'),
    );
  });

  test('starts a station that died again, and says so', async () => {
    const [before] = (await federation.running()).stations;
    if (typeof before?.pid !== 'number') throw new Error('nothing to kill');
    process.kill(before.pid, 'SIGKILL');
    await eventually('it is said', () => federation.said().includes(`${before.code} ended (SIGKILL)`));
    await eventually(
      'the doctor is content',
      async () => (await lookout('doctor', '--quiet', '--state', state)).code === 0,
    );
    const [after] = (await federation.running()).stations;
    expect(after?.pid).not.toBe(before.pid);
  });
});

describe('a federation whose database dies', () => {
  test('says so, and answers again once it is back', async () => {
    const [one] = checks;
    const [pid] = (await readFile(path.join(layoutOf(state).postgres, 'cluster/postmaster.pid'), 'utf8')).split('\n');
    if (one === undefined || pid === undefined) throw new Error('nothing to kill');
    process.kill(Number(pid), 'SIGKILL');
    await eventually('it is said', () => federation.said().includes('PostgreSQL ended'));
    await eventually('it answers', async () => (await askAbout(one)).code === 0);
    expect((await askAbout(one)).stdout).toMatch(new RegExp(`^${one.verdict}`));
  });
});

describe('a data folder with faults', () => {
  test('costs only what is broken: each fault is one sentence, the rest is imported, and the exit code is 1', async () => {
    const data = path.join(folder.path, 'faulty');
    await mkdir(path.join(data, '310198B01'), { recursive: true });
    await mkdir(path.join(data, '999999B99'));
    await writeFile(path.join(data, '310198B01', 'donations.csv'), 'donation_no,"document_type\n1,2');
    await copyFile(path.join(sampleFolder, '310198B01/lookouts.csv'), path.join(data, '310198B01/lookouts.csv'));
    const { code, stdout, stderr } = await lookout('import', data, '--state', state);
    expect(stderr).toContain('The folder 999999B99 was left out');
    expect(stderr).toMatch(/^310198B01 donations\.csv: .+/m);
    expect(stderr).toMatch(/310198B01 │ lookouts\.csv +│ +6 │ +0 │ +0 │ +6 │ +0/);
    expect([code, stdout]).toEqual([1, '']);
  });
});

describe('a federation that is stopped', () => {
  test('leaves no process behind, and starts again in seconds with its data kept', async () => {
    const running = await federation.running();
    federation.starter.kill('SIGTERM');
    expect((await federation.ended).code).toBe(0);
    expect(pidsOf(running).filter(isAlive)).toEqual([]);
    expect(await isListening(running.postgres.port)).toBe(false);
    const idle = await lookout('stations', '--state', state);
    expect(idle).toMatchObject({ code: 4, stdout: '', stderr: expect.stringContaining('npm start') as string });

    federation = await start(state, port);
    await eventually('it says where it is', () => federation.said().includes('Up after'));
    expect(federation.said()).not.toContain('Imported');
    const file = await csvOf('some.csv', checks.slice(0, 20));
    expect((await lookout('check', '--file', file, '--state', state)).code).toBe(0);
  });

  test('has written no identity number into a log', async () => {
    const { logs } = layoutOf(state);
    const texts = await Promise.all((await readdir(logs)).map((name) => readFile(path.join(logs, name), 'utf8')));
    const written = checks.filter(({ document_number: number }) => texts.some((text) => text.includes(number.trim())));
    expect(texts.length).toBeGreaterThanOrEqual(12);
    expect(written).toEqual([]);
  });
});
