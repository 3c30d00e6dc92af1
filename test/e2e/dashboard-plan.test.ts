import { existsSync } from 'node:fs';
import { afterAll, afterEach, beforeAll, describe, expect, test } from 'vitest';
import type { Budget } from '../../lib/dashboard/plan/budget-answer.ts';
import { burnText, lastsSentence, leftSentence, promiseSentence } from '../../lib/dashboard/plan/budget-words.ts';
import type { ForecastAnswer } from '../../lib/dashboard/plan/forecast-answer.ts';
import { accuracySentence, breachOf, historySentence } from '../../lib/dashboard/plan/forecast-words.ts';
import type { PlanAnswer, WhatIfAnswer } from '../../lib/dashboard/plan/plan-answer.ts';
import type { Recommendation } from '../../lib/dashboard/plan/recommendation-answer.ts';
import { gainSentence } from '../../lib/dashboard/plan/recommendation-words.ts';
import { changeText, valueText } from '../../lib/dashboard/show-value.ts';
import { CHROMIUM } from '../../scripts/launch-chromium.ts';
import { ADMIN_KEY, Fleetpulse } from '../fixtures/fleetpulse.ts';
import { expectText, hasFocus, plain, section, textOf } from '../fixtures/page-text.ts';
import { WatchedTabs } from '../fixtures/watched-tabs.ts';

const MINUTE_MS = 60_000;
const HOUR_MS = 60 * MINUTE_MS;
const START_MS = Date.parse('2026-03-02T09:56:00Z');
/** The second hourly job has looked at a whole hour. */
const NOW_MS = Date.parse('2026-03-02T11:21:00Z');
/** A batch tells so many minutes, so that little is sent. */
const BATCH_MINUTES = 12;
const WORKED_MINUTES = 84;

describe.skipIf(!existsSync(CHROMIUM))(`the plan in a browser (skipped where there is no ${CHROMIUM})`, () => {
  let fleetpulse: Fleetpulse;
  let tabs: WatchedTabs;

  const open = (query: string, viewport?: { width: number; height: number }) =>
    tabs.open(fleetpulse.cloud.signInAddress(ADMIN_KEY, query), viewport);

  const complaints = () => tabs.complaints();

  const send = (method: string, path: string, body: object) =>
    fleetpulse.request(method, path, {
      headers: { 'content-type': 'application/json' },
      body: JSON.stringify(body),
    });

  const setBudget = async (name: string, budget: object) =>
    expect(await send('PUT', `/v1/budgets/${name}`, budget)).toMatchObject({ status: 200 });

  beforeAll(async () => {
    fleetpulse = await Fleetpulse.start(START_MS);
    tabs = await WatchedTabs.launch();
  });
  afterAll(async () => {
    await tabs?.close();
    await fleetpulse?.stop();
  });
  afterEach(async () => {
    await complaints();
  });

  test('before anything was sent each part says what to send', async () => {
    const page = await open('?tab=plan');
    await expectText(section(page, 'Ahead'), 'import rate.csv --metric workload.fleet --unit 1/min');
    await expectText(section(page, 'Plan in force'), 'There is no plan of this system yet');
    await expectText(section(page, 'What if'), 'There is no plan yet that could be changed');
    await expectText(section(page, 'Recommendations'), 'None. Twelve strategies look at what was measured');
    await expectText(section(page, 'Budgets'), `curl -X PUT '${fleetpulse.cloud.url}/v1/budgets/done'`);
    expect(await complaints()).toEqual([]);
  });

  test('the command that it shows sets a budget', async () => {
    const page = await open('?tab=plan');
    const shown = await section(page, 'Budgets').locator('code').innerText();
    const bodies = [...shown.matchAll(/budgets\/(\w+)'[\s\S]*?-d '([^']*)'/g)];
    expect(bodies.map(([, name]) => name)).toEqual(['done', 'spending']);
    for (const [, name, body] of bodies) {
      await setBudget(name ?? '', JSON.parse(body ?? ''));
    }
  });

  describe('of a fleet that has worked for an hour and a half', () => {
    beforeAll(async () => {
      const end = Date.parse('2026-03-01T00:00:00Z');
      const points = Array.from({ length: 14 * 24 }, (_, i) => ({
        at: end - (i + 1) * HOUR_MS,
        value: 10 + 5 * Math.sin((2 * Math.PI * (i % 24)) / 24),
      }));
      const imported = await send('POST', '/v1/history', { metric: 'workload.pool:lab', unit: '1/min', points });
      expect(imported.status).toBe(200);
      for (let minute = 0; minute < WORKED_MINUTES; minute += BATCH_MINUTES) {
        const end = START_MS + (minute + BATCH_MINUTES) * MINUTE_MS;
        await fleetpulse.advanceTo(end - 1);
        const events = Array.from({ length: BATCH_MINUTES }, (_, i) => minuteOfWork(minute + i)).flat();
        expect((await fleetpulse.send(events)).body).toMatchObject({ rejected: [] });
      }
      // Shorter periods than those of the commands take less time to look at; and plans keep to what may be spent.
      await setBudget('done', { kpi: 'task_completion_rate', scope: 'fleet', objective: 0.95, period: '1d' });
      await setBudget('spending', { kpi: 'cost_per_task', scope: 'fleet', limit: 5_000, period: '6h' });
      await fleetpulse.advanceTo(NOW_MS);
    }, 120_000);

    test('shows the forecast of a pool as the API answers it, with what the pool carries', async () => {
      const page = await open('?tab=plan&pool=lab');
      const forecast = (await fleetpulse.get('/v1/forecast?scope=pool:lab&horizon=24h')).body as ForecastAnswer;
      expect(forecast).toMatchObject({ history: { imported: 336 }, capacity: { status: 'known' } });
      const ahead = section(page, 'Ahead');
      await ahead.getByRole('application').waitFor();
      // Until the clock of the server is known, times are told from when the forecast was made.
      await expectText(ahead, plain(breachOf(forecast.capacity, forecast.scope, NOW_MS).words));
      const shown = await textOf(ahead);
      expect(shown).toContain(plain(accuracySentence(forecast)));
      expect(shown).toContain(plain(historySentence(forecast.history)));
      expect(shown).toContain(forecast.model);
      expect(shown).toContain('capacity of pool lab');
      const most = forecast.points.reduce((a, b) => (b.q50 > a.q50 ? b : a));
      const summary = plain((await ahead.getByRole('application').getAttribute('aria-label')) ?? '');
      expect(summary).toContain(`median ${plain(valueText(most.q50, '1/min'))}`);

      // The last hour of the forecast, read with the keyboard.
      await ahead.getByRole('application').focus();
      await page.keyboard.press('ArrowLeft');
      const last = forecast.points.at(-1)!;
      await expectText(ahead, `forecast (median) ${plain(valueText(last.q50, '1/min'))}`);
      await expectText(ahead, `${plain(valueText(last.q025!, '1/min'))} to ${plain(valueText(last.q975!, '1/min'))}`);
      expect(await complaints()).toEqual([]);
    });

    test('says why the fleet has no capacity line, and which pool is full first, a click away; a link repeats it', async () => {
      const page = await open('');
      const ahead = section(page, 'Ahead');
      await expectText(ahead, 'No capacity line for the fleet');
      const plan = (await fleetpulse.get('/v1/plan')).body as PlanAnswer;
      const first = plan.predicted_bottlenecks.find(({ kind }) => kind === 'pool')!;
      await ahead.getByRole('button', { name: `pool ${first.id}` }).click();
      await expectText(ahead, 'capacity of pool');
      await ahead.getByRole('button', { name: '48h' }).click();
      expect(new URL(page.url()).search).toBe(`?pool=${first.id}&ahead=48h`);
      await ahead.getByRole('combobox').selectOption({ label: 'the fleet' });
      await expectText(ahead, 'No capacity line for the fleet');
      expect(await complaints()).toEqual([]);
    });

    test('shows the plan in force as the API answers it', async () => {
      const page = await open('?tab=plan');
      const plan = (await fleetpulse.get('/v1/plan')).body as PlanAnswer;
      const { resource_allocation: allocation } = plan;
      const part = section(page, 'Plan in force');
      await part.getByRole('table').waitFor();
      const shown = await textOf(part);
      expect(shown).toContain(`Cost ${plain(valueText(allocation.costPerHourUsd!, 'usd'))}/h`);
      expect(shown).toContain('Made 11:20 UTC');
      for (const { words } of plan.duals) expect(shown.toLowerCase()).toContain(words.toLowerCase());
      for (const { rank, utilization } of plan.predicted_bottlenecks) {
        expect(shown).toContain(`${rank}. `);
        expect(shown).toContain(plain(valueText(utilization, 'ratio')));
      }
      for (const [pool, planned] of Object.entries(allocation.agents)) {
        const row = part.getByRole('row').filter({ has: page.getByRole('rowheader', { name: pool, exact: true }) });
        expect(await textOf(row)).toMatch(new RegExp(`→ ?planned ${planned} `));
      }
      expect(await complaints()).toEqual([]);
    });

    test('a what-if is answered beside the plan in force, and is in the address', async () => {
      const page = await open('?tab=plan');
      const part = section(page, 'What if');
      await part.getByLabel('Load, times the forecast').fill('12');
      await part.getByLabel('Agents of pool lab, at most').fill('3');
      await part.getByRole('button', { name: 'Plan under these assumptions' }).click();
      const body = { factor: 12, pools: { lab: { max: 3 } } };
      const answer = (await send('POST', '/v1/plan', body)).body as WhatIfAnswer;
      await expectText(part, 'With load × 12, pool lab at most 3 agents');
      const rows = await Promise.all((await part.locator('.compared tbody tr').all()).map(textOf));
      const inForce = (await fleetpulse.get('/v1/plan')).body as PlanAnswer;
      const usd = (plan: PlanAnswer) => plain(valueText(plan.resource_allocation.costPerHourUsd!, 'usd'));
      const { agents, costPerHourUsd, unservedPerMin } = answer.compared!;
      expect(agents['lab']).toBeGreaterThan(0);
      expect(rows).toContain(
        `Agents of lab ${inForce.resource_allocation.agents['lab']} ${answer.resource_allocation.agents['lab']} +${agents['lab']}`,
      );
      expect(rows).toContain(`Cost ${usd(inForce)}/h ${usd(answer)}/h ${plain(changeText(costPerHourUsd, 'usd'))}/h`);
      expect(unservedPerMin).toBeGreaterThan(1);
      expect(rows.find((row) => row.startsWith('Unserved'))).toContain(plain(changeText(unservedPerMin, '1/min')));
      for (const { message } of answer.resource_allocation.explanation) await expectText(part, plain(message));
      expect(JSON.parse(new URL(page.url()).searchParams.get('what') ?? '')).toEqual(body);

      await page.reload();
      await expectText(part, 'With load × 12, pool lab at most 3 agents');
      expect(await part.getByLabel('Load, times the forecast').inputValue()).toBe('12');
      await page.goBack();
      await expectText(part, 'Change something, then plan');
      expect(await part.getByLabel('Load, times the forecast').inputValue()).toBe('');
      expect(await complaints()).toEqual([]);
    });

    test('what is wrong with a what-if is said beside its field', async () => {
      const page = await open('?tab=plan');
      const part = section(page, 'What if');
      await part.getByLabel('Load, times the forecast').fill('many');
      await part.getByLabel('Agents of pool lab, at least').fill('-2');
      await part.getByRole('button', { name: 'Plan under these assumptions' }).click();
      const { body } = await send('POST', '/v1/plan', { factor: 'many', pools: { lab: { min: -2 } } });
      const message = (path: string) => body.errors.find((error: { path: string }) => error.path === path).message;
      await expectText(part, 'Not planned: see what is marked in the form.');
      const load = part.getByLabel('Load, times the forecast');
      expect(await load.getAttribute('aria-invalid')).toBe('true');
      const note = page.locator(`[id="${await load.getAttribute('aria-describedby')}"]`);
      expect(plain(await note.innerText())).toBe(message('factor'));
      const row = part.getByRole('row').filter({ has: page.getByRole('rowheader', { name: /^lab/ }) });
      expect(await textOf(row)).toContain(message('pools.lab.min'));
      // The browser itself logs that it was a 422.
      expect((await complaints()).filter((text) => !text.includes('422'))).toEqual([]);
    });

    test('a recommendation is shown with why and gain, and dismissed with a reason after a second look', async () => {
      const page = await open('?tab=plan');
      const all = (await fleetpulse.get('/v1/recommendations')).body.recommendations as Recommendation[];
      const first = all.find(({ strategy }) => strategy === 'cache_optimization')!;
      const part = section(page, 'Recommendations');
      const item = part.getByRole('article', { name: first.title });
      await item.waitFor();
      const shown = await textOf(item);
      expect(shown).toContain(plain(gainSentence(first)));
      expect(shown).toContain(plain(first.action));
      await item.getByText('Why', { exact: true }).click();
      for (const line of first.evidence) expect(await textOf(item)).toContain(plain(line));

      await item.getByRole('button', { name: /^Dismiss: / }).click();
      const note = item.getByLabel('Why not (optional)');
      await expect.poll(() => hasFocus(note)).toBe(true);
      await note.fill('answers must be fresh');
      await page.keyboard.press('Enter');
      await item.waitFor({ state: 'detached' });
      const dismissed = (await fleetpulse.get('/v1/recommendations?status=dismissed')).body.recommendations;
      expect(dismissed).toMatchObject([{ id: first.id, note: 'answers must be fresh' }]);
      await part.getByRole('combobox').selectOption('dismissed');
      await expectText(part.getByRole('article', { name: first.title }), '“answers must be fresh”');
      expect(await complaints()).toEqual([]);
    });

    test('a budget shows what is left, how fast it goes, until when it lasts and when somebody is told', async () => {
      const page = await open('?tab=plan');
      const { budgets } = (await fleetpulse.get('/v1/budgets')).body as { budgets: Budget[] };
      expect(budgets.map(({ name }) => name)).toEqual(['done', 'spending']);
      for (const budget of budgets) {
        const item = section(page, 'Budgets').getByRole('article', { name: `Budget ${budget.name}` });
        await item.waitFor();
        const shown = await textOf(item);
        expect(shown).toContain(plain(promiseSentence(budget)));
        expect(shown).toContain(plain(leftSentence(budget)));
        expect(shown).toContain(plain(lastsSentence(budget, NOW_MS)));
        for (const [window, { value }] of Object.entries(budget.burnRate)) {
          expect(shown).toContain(`${window} ${value === null ? '–' : burnText(value)}`);
        }
        const chart = item.getByRole('application');
        if ((await item.locator('details[open]').count()) === 0)
          await item.getByText('Burn-down, and when somebody is told').click();
        await item.scrollIntoViewIfNeeded();
        await chart.waitFor();
        for (const { long, short } of budget.alertRules!) await expectText(item, `over ${long} and ${short} at once`);
      }
      expect(await complaints()).toEqual([]);
    });

    test.each([1280, 380])('fits %d pixels, and everything in it has a name', async (width) => {
      const page = await open('?tab=plan&pool=lab&what=%7B%22factor%22%3A2%7D', { width, height: 800 });
      await section(page, 'What if').locator('.compared').waitFor();
      await section(page, 'Budgets').getByRole('article').first().waitFor();
      expect(await page.evaluate('document.documentElement.scrollWidth')).toBeLessThanOrEqual(width);
      const named = (await page.evaluate(`[...document.querySelectorAll('button, select, summary, a, input')].map(
        (element) => (element.getAttribute('aria-label') ?? element.labels?.[0]?.textContent ?? element.textContent).trim(),
      )`)) as string[];
      expect(named.length).toBeGreaterThan(30);
      expect(named.filter((name) => name === '')).toEqual([]);
      expect(await complaints()).toEqual([]);
    });
  });
});

/** Two pools; every second task of the lab has an input that comes again every ten minutes, and one of desk in nine fails. */
function minuteOfWork(minute: number): object[] {
  const at = START_MS + minute * MINUTE_MS;
  const task = (agent: string, n: number, more: object) => ({
    ...{ type: 'task', agent, task: `${agent}-${minute}-${n}`, status: 'completed' },
    ...{ endedAt: at + 20_000 + 5_000 * n, queueMs: 10, costUsd: 0.01 },
    ...more,
  });
  return [
    ...['lab-1', 'lab-2'].flatMap((agent) => [
      { type: 'agent', agent, pool: 'lab', capacity: 2, costPerHourUsd: 1.5 },
      { type: 'heartbeat', agent, at: at + 1_000 },
      ...Array.from({ length: 6 }, (_, n) =>
        task(agent, n, {
          ...{ taskType: 'draft', durationMs: 6_000 },
          inputHash: n % 2 === 0 ? `again-${(minute + n) % 10}` : `own-${agent}-${minute}-${n}`,
        }),
      ),
    ]),
    { type: 'agent', agent: 'desk-1', pool: 'desk', capacity: 1, costPerHourUsd: 1 },
    { type: 'heartbeat', agent: 'desk-1', at: at + 1_000 },
    ...Array.from({ length: 3 }, (_, n) =>
      task('desk-1', n, {
        ...{ taskType: 'review', durationMs: 4_000 },
        status: (3 * minute + n) % 9 === 0 ? 'failed' : 'completed',
      }),
    ),
  ];
}
