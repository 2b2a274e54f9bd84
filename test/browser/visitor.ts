/** Somebody in front of the regulator page: a browser of their own, and everything that goes wrong in it. */
import { AxeBuilder } from '@axe-core/playwright';
import { chromium } from 'playwright-core';
import type { Browser, Locator, Page } from 'playwright-core';
import { inject } from 'vitest';

/** Nothing that calls home, and no sandbox: a container has none to give. */
const flags = [
  ...['--no-sandbox', '--disable-gpu', '--disable-quic', '--no-first-run'],
  ...['--disable-background-networking', '--disable-component-update', '--disable-sync'],
];

export const launchBrowser = (): Promise<Browser> =>
  chromium.launch({ executablePath: inject('chromium'), args: flags });

export interface Visitor extends AsyncDisposable {
  readonly page: Page;
  /** What the page's policy has stopped, what its scripts threw, and what the browser complained of. */
  readonly problems: readonly string[];
  /** From the page to the provider and back, as this account. */
  signIn(account?: string): Promise<void>;
  /** Presses the button that asks, and waits for what comes. */
  ask(): Promise<void>;
  /** What axe finds wrong with the page as it is. */
  audit(): Promise<string[]>;
}

export const tableOf = (page: Page): Locator => page.locator('#result table').first();

/** The figures as they are read out: the rows of the table, their headings first. */
export function readTable(page: Page): Promise<string[][]> {
  const rows = tableOf(page).locator('tr');
  return rows.evaluateAll((found) =>
    found.map((row) =>
      [...row.children].map((cell) => {
        const heard = cell.cloneNode(true) as Element;
        for (const mute of heard.querySelectorAll('[aria-hidden]')) mute.remove();
        return heard.textContent.replaceAll(/\s+/g, ' ').trim();
      }),
    ),
  );
}

/** @param url the page, with whatever is in its address. */
export async function visit(browser: Browser, url: string): Promise<Visitor> {
  const context = await browser.newContext({ acceptDownloads: true, viewport: { width: 1400, height: 900 } });
  const problems: string[] = [];
  await context.exposeFunction('noteProblem', (text: string) => problems.push(text));
  await context.addInitScript(`addEventListener('securitypolicyviolation', (event) =>
    noteProblem('policy: ' + event.violatedDirective + ' ' + event.blockedURI))`);
  const page = await context.newPage();
  page.on('pageerror', ({ message }) => problems.push(`thrown: ${message}`));
  page.on('console', (message) => {
    if (message.type() === 'error') problems.push(`said: ${message.text()}`);
  });
  await page.goto(url);
  return {
    page,
    problems,
    async signIn(account = 'regulator') {
      await page.getByRole('button', { name: /^(登录|Sign in)$/ }).click();
      await page.locator(`button[value="${account}"]`).click();
      await page.getByText(/^(已登录|Signed in)/).waitFor();
    },
    async ask() {
      await page.getByRole('button', { name: /^(查询|Show)$/ }).click();
      await page.locator('#result').locator('table, [role=alert]').first().waitFor();
    },
    async audit() {
      const { violations } = await new AxeBuilder({ page }).analyze();
      return violations.map(({ id, nodes }) => `${id}: ${nodes.map(({ html }) => html).join(' ')}`);
    },
    [Symbol.asyncDispose]: () => context.close(),
  };
}
