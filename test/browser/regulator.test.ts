/** The regulator page in Chromium, against a federation of three stations that `npm start` has started. */
import { readFile } from 'node:fs/promises';
import path from 'node:path';

import { parse } from 'csv-parse/sync';
import type { Browser } from 'playwright-core';
import { afterAll, beforeAll, describe, expect, inject, test } from 'vitest';

import { refusals, requestErrors } from '#schema/codes.ts';
import { AggregateTable } from '#schema/aggregate-table.ts';
import type { AggregateInput } from '#schema/aggregates.ts';
import { GatewayCode } from '#schema/ids.ts';
import { gatewayOperations } from '#schema/operations.ts';
import { createSignIn } from '#scripts/lookout/sign-in.ts';
import { layoutOf } from '#scripts/start/layout.ts';

import { eventually, findPorts, start, temporaryFolder } from '../e2e/launch.ts';
import type { Started } from '../e2e/launch.ts';
import { launchBrowser, readTable, tableOf, visit } from './visitor.ts';
import type { Visitor } from './visitor.ts';

const ends = new AsyncDisposableStack();
let federation: Started;
let browser: Browser;
let state: string;

const pageAt = (search = '') => `${federation.gatewayUrl}/regulator/${search}`;

/** The same question, asked without a page. */
async function answerTo(input: AggregateInput): Promise<AggregateTable> {
  const { provider } = await federation.running();
  const signIn = createSignIn({ layout: layoutOf(state), provider: provider?.url ?? null });
  const gateway = { code: GatewayCode.parse('G01'), url: federation.gatewayUrl };
  const answer = await fetch(`${federation.gatewayUrl}/graphql`, {
    method: 'POST',
    headers: {
      'content-type': 'application/json',
      ...(await signIn(gateway, { role: 'REGULATOR', purpose: 'STATISTICS' })),
    },
    body: JSON.stringify({ documentId: gatewayOperations.Aggregate.id, variables: { input } }),
  });
  const { data } = (await answer.json()) as { data: { aggregate: unknown } };
  return AggregateTable.parse(data.aggregate);
}

const donations: AggregateInput = {
  ...{ measure: 'DONATIONS', area: 'STATION', period: 'QUARTER' },
  ...{ from: 2025, to: 2026, split: false },
};
const searchOf = (input: AggregateInput, lang = 'en') =>
  `?${new URLSearchParams({ ...Object.fromEntries(Object.entries(input).map(([name, value]) => [name, String(value)])), lang }).toString()}`;

/** Of a cell as it is heard, the number in it. */
const numberIn = (cell: string): number | null => {
  const digits = cell.replaceAll(/[^\d]/g, '');
  return digits === '' ? null : Number(digits);
};

beforeAll(async () => {
  if (inject('chromium') === '') return;
  const folder = ends.use(await temporaryFolder());
  state = path.join(folder.path, 'state');
  federation = ends.use(await start(state, await findPorts(5), '--stations', '3'));
  browser = ends.adopt(await launchBrowser(), (one) => one.close());
  const isClosed = async () => (await answerTo(donations)).figures.some((figure) => figure.state === 'SHOWN');
  await eventually('a station has closed its books', isClosed);
});

afterAll(() => ends.disposeAsync());

describe.skipIf(inject('chromium') === '')('a regulator', () => {
  test('signs in, asks, and sees the figures that GraphQL answers', async () => {
    await using visitor = await visit(browser, pageAt());
    const { page } = visitor;
    await visitor.signIn();
    await page.getByLabel('地区划分').selectOption('STATION');
    await page.getByLabel('时间单位').selectOption('QUARTER');
    await page.getByLabel('起始年份').fill('2025');
    await page.getByLabel('截止年份').fill('2026');
    await visitor.ask();

    const table = await answerTo(donations);
    const [, ...rows] = await readTable(page);
    expect(rows.flatMap(([, ...cells]) => cells.map(numberIn))).toEqual(table.figures.map(({ count }) => count));
    expect(rows.flat()).toContain('上海示例血液中心 310198B01');
    await page.locator('#result figure svg').waitFor();
    expect(visitor.problems).toEqual([]);
  });

  test('is told of a figure that is not shown in words, and sees no number of it', async () => {
    const listed: AggregateInput = {
      ...{ measure: 'LOOKOUTS_LISTED', area: 'PROVINCE', period: 'YEAR' },
      ...{ from: 2021, to: 2025, split: true },
    };
    await using visitor = await visit(browser, pageAt(searchOf(listed)));
    await visitor.signIn();
    await tableOf(visitor.page).waitFor();
    const { figures, suppressed } = await answerTo(listed);
    const hidden = tableOf(visitor.page).locator('td[data-state=SUPPRESSED]');
    expect(suppressed).toBeGreaterThan(0);
    expect(await hidden.count()).toBe(suppressed);
    expect(new Set(await hidden.allTextContents())).toEqual(new Set(['*not shown']));
    const shown = await tableOf(visitor.page).locator('td[data-state=SHOWN]').allTextContents();
    const counts = figures.flatMap(({ state, count }) => (state === 'SHOWN' ? [count] : []));
    expect(shown.map(numberIn).toSorted()).toEqual(counts.toSorted());
    expect(visitor.problems).toEqual([]);
  });

  test('sees which station is missing, and sums without it as at least so much', async () => {
    const missing = (await federation.running()).stations[1];
    if (typeof missing?.pid !== 'number') throw new Error('no station to hold still');
    const checks: AggregateInput = { ...donations, measure: 'DONORS', area: 'REGION', period: 'YEAR' };
    process.kill(missing.pid, 'SIGSTOP');
    try {
      await using visitor = await visit(browser, pageAt(searchOf(checks)));
      await visitor.signIn();
      await tableOf(visitor.page).waitFor();
      expect(await visitor.page.getByRole('alert').textContent()).toContain(missing.code);
      const partial = tableOf(visitor.page).locator('td[data-state=PARTIAL]');
      expect(await partial.first().textContent()).toMatch(/^≥at least [\d,]+$/);
      expect(visitor.problems).toEqual([]);
    } finally {
      process.kill(missing.pid, 'SIGCONT');
    }
  });

  test('who follows a link to what is never shown is told why, in either language, and offered what is', async () => {
    const fine: AggregateInput = { ...donations, measure: 'LOOKOUTS_LISTED' };
    await using visitor = await visit(browser, pageAt(searchOf(fine, 'zh-CN')));
    const { page } = visitor;
    await visitor.signIn();
    await page.getByText(refusals.AGGREGATE_TOO_FINE.zh).waitFor();
    expect(await page.getByRole('alert').textContent()).toContain('PROVINCE');
    expect(await page.getByLabel('地区划分').inputValue()).toBe('PROVINCE');
    expect(await visitor.audit()).toEqual([]);
    await page.getByRole('button', { name: 'English' }).click();
    await page.getByText(refusals.AGGREGATE_TOO_FINE.en).waitFor();
    expect(visitor.problems).toEqual([]);
  });

  test('comes back from signing in to the table of the link, with nothing of the sign-in in the address or the browser', async () => {
    const address = pageAt(searchOf(donations));
    await using visitor = await visit(browser, address);
    const { page } = visitor;
    await visitor.signIn();
    await tableOf(page).waitFor();
    const parts = ({ origin, pathname, searchParams, hash }: URL) => [
      origin + pathname,
      [...searchParams].toSorted(),
      hash,
    ];
    expect(parts(new URL(page.url()))).toEqual(parts(new URL(address)));
    const kept = await page.evaluate(() =>
      [...Object.entries(localStorage), ...Object.entries(sessionStorage), document.cookie].join(' '),
    );
    expect(kept).not.toMatch(/eyJ|access_token|regulator/);
  });

  test('changes the language, which stays', async () => {
    await using visitor = await visit(browser, pageAt());
    const { page } = visitor;
    expect(await page.locator('html').getAttribute('lang')).toBe('zh-CN');
    await page.getByRole('button', { name: 'English' }).click();
    await page.getByRole('heading', { name: 'Figures for regulators' }).waitFor();
    expect(await page.locator('html').getAttribute('lang')).toBe('en');
    expect(new URL(page.url()).searchParams.get('lang')).toBe('en');
    await page.goto(pageAt());
    await page.getByRole('heading', { name: 'Figures for regulators' }).waitFor();
    expect(await page.title()).toMatch(/^Figures/);
  });

  test('needs no mouse', async () => {
    await using visitor = await visit(browser, pageAt('?lang=en'));
    const { page } = visitor;
    const focused = () =>
      page.evaluate(() =>
        document.activeElement === document.body ? '' : (document.activeElement?.textContent ?? ''),
      );
    const goTo = async (isThere: () => Promise<boolean>) => {
      for (let steps = 0; !(await isThere()); steps += 1) {
        if (steps === 40) throw new Error(`not within reach; last at ${await focused()}`);
        await page.keyboard.press('Tab');
      }
    };
    const at = (text: string) => goTo(async () => (await focused()).includes(text));
    const on = (label: string) =>
      goTo(() => page.getByLabel(label).evaluate((control) => control === document.activeElement));

    await page.getByRole('button', { name: 'Sign in' }).waitFor();
    await at('Sign in');
    await page.keyboard.press('Enter');
    await page.locator('button[value=regulator]').waitFor();
    await at('Sun Li');
    await page.keyboard.press('Enter');
    await page.getByLabel('Measure').waitFor();
    await on('Areas');
    await page.keyboard.press('Home');
    await on('First year');
    await page.keyboard.type('2025');
    await page.keyboard.press('Enter');
    await tableOf(page).waitFor();
    expect(new URL(page.url()).searchParams.get('area')).toBe('REGION');
    expect(new URL(page.url()).searchParams.get('from')).toBe('2025');
    await on('Table of the result, can be scrolled');
    expect(visitor.problems).toEqual([]);
  });

  test('meets no barrier that axe knows of, in either language', async () => {
    await using visitor = await visit(browser, pageAt());
    const { page } = visitor;
    await page.getByRole('button', { name: '登录' }).waitFor();
    expect(await visitor.audit()).toEqual([]);
    await visitor.signIn();
    await page.getByLabel('按类别细分').check();
    await visitor.ask();
    await page.locator('#result summary').click();
    await page.locator('#result figure svg').waitFor();
    expect(await visitor.audit()).toEqual([]);
    await page.getByRole('button', { name: 'English' }).click();
    await page.getByRole('heading', { name: 'Figures for regulators' }).waitFor();
    expect(await visitor.audit()).toEqual([]);
    expect(visitor.problems).toEqual([]);
  });

  test('takes the table away as CSV and as JSON, with the figures that are shown', async () => {
    await using visitor = await visit(browser, pageAt(searchOf(donations)));
    const { page } = visitor;
    await visitor.signIn();
    await tableOf(page).waitFor();
    const [, ...rows] = await readTable(page);
    const shown = rows.flatMap(([, ...cells]) => cells.map(numberIn));
    const take = async (name: string) => {
      const [download] = await Promise.all([page.waitForEvent('download'), page.getByRole('button', { name }).click()]);
      expect(download.suggestedFilename()).toMatch(/^donations-2025-2026\.(csv|json)$/);
      return readFile(await download.path(), 'utf8');
    };
    const records: string[][] = parse(await take('Download CSV'), { bom: true });
    const [headings = [], ...lines] = records;
    const counts = lines.slice(0, shown.length).map((line) => line[headings.indexOf('Count')] ?? '');
    expect(counts.map(numberIn)).toEqual(shown);
    const table = AggregateTable.parse(JSON.parse(await take('Download JSON')));
    expect(table.figures.map(({ count }) => count)).toEqual(shown);
    expect(visitor.problems).toEqual([]);
  });

  test('asks again when the network is back', async () => {
    await using visitor = await visit(browser, pageAt('?lang=en'));
    const { page } = visitor;
    await visitor.signIn();
    await page.context().setOffline(true);
    await visitor.ask();
    expect(await page.getByRole('alert').textContent()).toContain('The service cannot be reached');
    await page.context().setOffline(false);
    await page.getByRole('button', { name: 'Try again' }).click();
    await tableOf(page).waitFor();
  });
});

describe.skipIf(inject('chromium') === '')('whoever leaves', () => {
  test('is signed out at the provider as well, by an address that says nothing of who they are', async () => {
    await using visitor = await visit(browser, pageAt('?lang=en'));
    const { page } = visitor;
    await visitor.signIn();
    await page.getByRole('button', { name: 'Sign out' }).click();
    await page.locator('button[value=yes]').waitFor();
    expect(page.url()).not.toContain('id_token_hint');
    await page.locator('button[value=yes]').click();
    await page.getByRole('button', { name: /^(登录|Sign in)$/ }).click();
    await page.locator('button[value=regulator]').waitFor();
  });
});

describe.skipIf(inject('chromium') === '')('whoever cannot reach the service', () => {
  test('is told that, and not that signing in has failed; and goes on from there', async () => {
    await using visitor = await visit(browser, 'about:blank');
    const { page } = visitor;
    const settings = '**/regulator/config.json';
    await page.route(settings, (route) => route.abort());
    await page.goto(pageAt('?lang=en'));
    const failure = page.getByRole('alert');
    await failure.waitFor();
    expect(await failure.textContent()).toContain('The service cannot be reached');
    await page.unroute(settings);
    await page.getByRole('button', { name: 'Try again' }).click();
    await visitor.signIn();
  });
});

describe.skipIf(inject('chromium') === '')('somebody else', () => {
  test('signs in and is shown no figures', async () => {
    await using visitor: Visitor = await visit(browser, pageAt(searchOf(donations)));
    await visitor.signIn('desk');
    const refusal = visitor.page.getByRole('alert');
    await refusal.waitFor();
    expect(await refusal.textContent()).toContain(requestErrors.FORBIDDEN.en);
    expect(await visitor.page.locator('table').count()).toBe(0);
  });
});
