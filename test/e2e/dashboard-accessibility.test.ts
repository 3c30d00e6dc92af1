import { existsSync, readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import type { Browser, Page } from 'playwright-core';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { tabs } from '../../lib/dashboard/view.ts';
import { CHROMIUM, launchChromium } from '../../scripts/launch-chromium.ts';
import { ADMIN_KEY, Fleetpulse } from '../fixtures/fleetpulse.ts';

const MINUTE_MS = 60_000;
const START_MS = Date.parse('2026-11-24T10:00:00Z');
/** One of them is slow from the fifth minute on. */
const agents = ['a', 'b', 'c', 'd', 'e', 'f'].map((name) => `writer-${name}`);
const MINUTES = 12;

/** As far as they are looked at. The types of axe-core bring those of browsers along, for all of the project. */
interface AxeResults {
  violations: { id: string; help: string; impact?: string; nodes: { html: string; failureSummary?: string }[] }[];
}

const axe = readFileSync(fileURLToPath(import.meta.resolve('axe-core/axe.min.js')), 'utf8');

/** @param gone agents that are not heard of any more */
function minuteOfWork(minute: number, gone: readonly string[]): object[] {
  const fromMs = START_MS + minute * MINUTE_MS;
  return agents.flatMap((agent, i) => {
    if (gone.includes(agent)) return [];
    const slow = i === 4 && minute >= 5 ? 9 : 1;
    return [
      ...(minute === 0
        ? [{ type: 'agent', agent, pool: 'writers', team: 'content', capacity: 4, version: '1.0.0' }]
        : []),
      ...[0, 20_000, 40_000].map((at) => ({ type: 'heartbeat', agent, at: fromMs + at + i, intervalMs: 20_000 })),
      ...Array.from({ length: 12 }, (_, task) => ({
        ...{ type: 'task', agent, task: `${agent}-${minute}-${task}`, taskType: 'article', status: 'completed' },
        ...{ workflow: `w-${minute}-${task}`, workflowType: 'issue', costUsd: 0.02, slaMs: 5_000 },
        ...{
          queueMs: 20 + task,
          durationMs: slow * (800 + ((task * 5) % 12) * 36),
          endedAt: fromMs + task * 5_000 + i,
        },
      })),
    ];
  });
}

describe.skipIf(!existsSync(CHROMIUM))(`the page for everybody (skipped where there is no ${CHROMIUM})`, () => {
  let fleetpulse: Fleetpulse;
  let browser: Browser;
  let minute = 0;
  const gone: string[] = [];
  const live = async () => {
    expect((await fleetpulse.send(minuteOfWork(minute, gone))).body).toMatchObject({ rejected: [] });
    minute += 1;
    await fleetpulse.advanceTo(START_MS + minute * MINUTE_MS);
  };

  beforeAll(async () => {
    fleetpulse = await Fleetpulse.start(START_MS);
    const budget = await fleetpulse.request('PUT', '/v1/budgets/fast', {
      headers: { 'content-type': 'application/json' },
      body: JSON.stringify({
        kpi: 'service_level_agreement_compliance',
        scope: 'fleet',
        period: '28d',
        objective: 0.95,
      }),
    });
    expect(budget.status).toBe(200);
    while (minute < MINUTES) await live();
    browser = await launchChromium();
  });
  afterAll(async () => {
    await browser?.close();
    await fleetpulse?.stop();
  });

  async function open(query: string, colorScheme: 'light' | 'dark', width: number): Promise<Page> {
    const context = await browser.newContext({
      viewport: { width, height: 900 },
      colorScheme,
      reducedMotion: 'reduce',
    });
    const page = await context.newPage();
    await page.goto(fleetpulse.cloud.signInAddress(ADMIN_KEY, query));
    await page.getByRole('navigation', { name: 'Views' }).waitFor();
    await settled(page);
    return page;
  }

  describe.each(tabs)('tab %s', (tab) => {
    test.each([
      ['light', 1280],
      ['dark', 380],
    ] as const)(
      'axe finds no violation, %s, %i pixels wide, and nothing is wider than the page',
      async (scheme, width) => {
        const page = await open(`?tab=${tab}`, scheme, width);
        expect(await violations(page)).toEqual([]);
        expect(await page.evaluate('document.documentElement.scrollWidth')).toBeLessThanOrEqual(width);
        await page.context().close();
      },
    );
  });

  test('nothing moves when a new minute arrives, on any tab', async () => {
    const pages: Page[] = [];
    for (const tab of tabs) {
      const page = await open(`?tab=${tab}`, 'light', 1280);
      await page.evaluate(`
        globalThis.shifts = [];
        new PerformanceObserver((list) => {
          for (const { value, hadRecentInput, sources } of list.getEntries()) {
            if (!hadRecentInput) shifts.push({ value, of: sources.map(({ node }) => node?.outerHTML?.slice(0, 120)) });
          }
        }).observe({ type: 'layout-shift' });
      `);
      pages.push(page);
    }
    await live();
    await pages[0]?.waitForTimeout(8_000);
    for (const [i, page] of pages.entries()) {
      await settled(page);
      const shifts = (await page.evaluate('shifts')) as { value: number; of: string[] }[];
      // Google calls a page good below 0.1 over its whole life.
      const large = shifts.filter(({ value }) => value > 0.005);
      expect({ tab: tabs[i], large }).toEqual({ tab: tabs[i], large: [] });
      await page.context().close();
    }
  });

  test.each(['?agent=writer-e', '?tab=now'])(
    'axe finds no violation in what opens over the page: %s',
    async (query) => {
      const page = await open(query, 'light', 1280);
      if (query === '?tab=now')
        await page
          .getByRole('region', { name: 'Needs attention' })
          .getByRole('button', { name: /writer-/ })
          .first()
          .click();
      await page.getByRole('dialog').waitFor();
      await settled(page);
      expect(await violations(page)).toEqual([]);
      await page.keyboard.press('Escape');
      await page.getByRole('dialog').waitFor({ state: 'detached' });
      await page.context().close();
    },
  );

  test('an incident stands at the top, with its reason, within two minutes of its onset', async () => {
    const page = await open('', 'light', 1280);
    const first = page.getByRole('region', { name: 'Needs attention' }).locator('.row-button').first();
    expect(await first.innerText()).not.toContain('writer-f');
    gone.push('writer-f');
    await live();
    await live();
    await expect.poll(() => first.innerText()).toMatch(/writer-f is dead\s+No heartbeat for \d+ s/);
    await page.context().close();
  });

  test('every tab is reached by the keyboard alone', async () => {
    const page = await open('', 'light', 1280);
    for (const tab of tabs) {
      const link = page.getByRole('navigation', { name: 'Views' }).getByRole('link').nth(tabs.indexOf(tab));
      await link.focus();
      await page.keyboard.press('Enter');
      await expect.poll(() => link.getAttribute('aria-current')).toBe('page');
    }
    await page.context().close();
  });
});

/** Nothing is being waited for, as far as the page shows. */
async function settled(page: Page): Promise<void> {
  await expect.poll(() => page.locator('.waiting, .waiting-chart').count()).toBe(0);
  await page.waitForTimeout(300);
}

/** What axe finds wrong that is serious or critical, with where it is. */
async function violations(page: Page): Promise<string[]> {
  await page.evaluate(axe);
  const { violations: found } = (await page.evaluate('axe.run()')) as AxeResults;
  return found
    .filter(({ impact }) => impact === 'serious' || impact === 'critical')
    .flatMap(({ id, help, nodes }) =>
      nodes
        .slice(0, 3)
        .map(({ html, failureSummary }) => `${id}: ${help}: ${html.slice(0, 160)}: ${failureSummary?.slice(0, 200)}`),
    );
}
