import { existsSync } from 'node:fs';
import { afterAll, afterEach, beforeAll, describe, expect, test } from 'vitest';
import type { Task } from '../../lib/dashboard/agent/answers.ts';
import { exemplars } from '../../lib/dashboard/agent/exemplars.ts';
import type { Silence } from '../../lib/dashboard/alerts/answers.ts';
import type { Alert, Directive, SeriesPoint } from '../../lib/dashboard/answers.ts';
import { peersOf } from '../../lib/dashboard/charts/peers-line.ts';
import { directiveSentence } from '../../lib/dashboard/directive-words.ts';
import type { Budget } from '../../lib/dashboard/plan/budget-answer.ts';
import type { ApiKey, AuditEntry } from '../../lib/dashboard/settings/answers.ts';
import { countText, valueText } from '../../lib/dashboard/show-value.ts';
import { CHROMIUM } from '../../scripts/launch-chromium.ts';
import { ADMIN_KEY, Fleetpulse } from '../fixtures/fleetpulse.ts';
import { expectText, plain, textOf } from '../fixtures/page-text.ts';
import { WatchedTabs } from '../fixtures/watched-tabs.ts';

const MINUTE_MS = 60_000;
const BEAT_MS = 15_000;
const START_MS = Date.parse('2026-11-24T10:00:00Z');
const NOW_MS = START_MS + 12 * MINUTE_MS;

const writers = ['writer-1', 'writer-2', 'writer-3', 'writer-4', 'writer-5'];
const readers = ['reader-1', 'reader-2', 'reader-3'];
const SLOW = { agent: 'writer-5', pool: 'writers', fromMs: START_MS + 6 * MINUTE_MS };
const DEAD = { agent: 'reader-2', fromMs: START_MS + 9 * MINUTE_MS };

describe.skipIf(!existsSync(CHROMIUM))(`alerts, agents and settings on the page (skipped without ${CHROMIUM})`, () => {
  let fleetpulse: Fleetpulse;
  let tabs: WatchedTabs;

  /** @param key what it may do is what the page may do */
  const open = (query: string, { width = 1280, key = ADMIN_KEY } = {}) =>
    tabs.open(fleetpulse.cloud.signInAddress(key, query), { width, height: 900 });

  const complaints = () => tabs.complaints();

  const alertOf = async (agent: string) =>
    ((await fleetpulse.get('/v1/alerts')).body.alerts as Alert[]).find(({ scope }) => scope.agent === agent)!;
  const policy = async () => (await fleetpulse.get('/v1/policy')).body;

  beforeAll(async () => {
    fleetpulse = await Fleetpulse.start(START_MS);
    for (let atMs = START_MS; atMs < NOW_MS; atMs += MINUTE_MS) {
      expect((await fleetpulse.send(minuteOfLife(atMs))).body).toMatchObject({ rejected: [] });
      await fleetpulse.advanceTo(atMs + MINUTE_MS);
    }
    tabs = await WatchedTabs.launch();
  });
  afterAll(async () => {
    await tabs?.close();
    await fleetpulse?.stop();
  });
  afterEach(async () => {
    await complaints();
  });

  describe('alerts', () => {
    test('are listed as the API gives them, those that fire first, and are narrowed down by what is in the address', async () => {
      const page = await open('?tab=alerts');
      const { body } = await fleetpulse.get('/v1/alerts');
      const list = page.getByRole('table', { name: /^Alerts of 24 hours/ });
      await list.waitFor();
      expect(await list.locator('tbody tr').count()).toBe(body.alerts.length);
      const shown = await textOf(list);
      for (const { title, why, n } of body.alerts as Alert[]) {
        for (const words of [title, why, `n ${countText(n)}`]) expect(shown).toContain(words);
      }
      const first = (body.alerts as Alert[]).find(({ severity }) => severity === 'critical')!;
      expect(await textOf(list.locator('tbody tr').first())).toContain(first.title);

      await page.getByRole('combobox', { name: 'Pool' }).selectOption('writers');
      await page.getByRole('combobox', { name: 'Severity' }).selectOption('high');
      await expect.poll(() => new URL(page.url()).search).toBe('?tab=alerts&pool=writers&severity=high');
      const slow = await alertOf(SLOW.agent);
      expect(await list.locator('tbody tr').count()).toBe(1);
      expect(await textOf(list)).toContain(slow.title);
      await page.getByRole('combobox', { name: 'Severity' }).selectOption('');
      await page.getByRole('combobox', { name: 'Pool' }).selectOption('');

      await list.getByRole('button', { name: slow.title }).click();
      await page.getByRole('dialog', { name: slow.title }).waitFor();
      expect(new URL(page.url()).search).toBe(`?tab=alerts&alert=${slow.id}`);
      expect(await complaints()).toEqual([]);
    });

    test('show the course of what they are about, with its marks, its expected level and its peers', async () => {
      const slow = await alertOf(SLOW.agent);
      const page = await open(`?tab=alerts&alert=${slow.id}`);
      const dialog = page.getByRole('dialog', { name: slow.title });
      const chart = dialog.getByRole('application', { name: /^Mean response of agent writer-5, / });
      await chart.waitFor();
      const from = Date.parse(slow.onsetAt) - 30 * MINUTE_MS;
      const series = (agentOrPool: string) =>
        fleetpulse.get(`/v1/series?kpi=average_response_time&scope=${agentOrPool}&from=${from}&to=${NOW_MS}`);
      const own = (await series(`agent:${SLOW.agent}`)).body.points as SeriesPoint[];
      const ofPool = (await series('pool:writers')).body.points as SeriesPoint[];
      const values = own.flatMap(({ value }) => value ?? []);
      expect(plain((await chart.getAttribute('aria-label')) ?? '')).toContain(
        plain(`highest ${valueText(Math.max(...values), 'ms')}`),
      );
      const figure = dialog.locator('figure.chart').first();
      const legend = await textOf(figure);
      for (const words of ['the others of pool writers', 'onset', 'noticed', 'directive'])
        expect(legend).toContain(words);
      expect(legend).toContain(plain(`expected ${valueText(slow.expected!, 'ms')}`));

      // The last minute, read with the keyboard.
      await chart.focus();
      await page.keyboard.press('ArrowRight');
      const peers = peersOf('average_response_time', own, ofPool).at(-1)!;
      expect(peers.value).toBeLessThan(own.at(-1)!.value!);
      expect(await textOf(figure.getByRole('status'))).toBe(
        plain(
          `10:11 UTC: writer-5 ${valueText(own.at(-1)!.value!, 'ms')}, the others of pool writers ${valueText(peers.value!, 'ms')}`,
        ),
      );
      expect(await complaints()).toEqual([]);
    });

    test('are acknowledged with a note, silenced for a while, and judged', async () => {
      const dead = await alertOf(DEAD.agent);
      const page = await open(`?tab=alerts&alert=${dead.id}`);
      const dialog = page.getByRole('dialog', { name: dead.title });
      await dialog.getByLabel('Note, if there is something to say').fill('looking at its host');
      await dialog.getByRole('button', { name: 'Acknowledge', exact: true }).click();
      await expectText(dialog, 'has taken care of it since 10:12 UTC: looking at its host');
      expect((await alertOf(DEAD.agent)).acknowledged).toMatchObject({ note: 'looking at its host' });

      await dialog.getByRole('combobox').selectOption({ label: 'everything of agent reader-2' });
      await dialog.getByRole('button', { name: '4 h', exact: true }).click();
      await dialog.getByLabel('Reason').fill('its host is being replaced');
      await dialog.getByRole('button', { name: 'Silence', exact: true }).click();
      await expectText(dialog, 'Silent until 14:12 UTC.');
      const [silence] = (await fleetpulse.get('/v1/silences')).body.silences as Silence[];
      expect(silence).toMatchObject({
        ...{ state: 'active', matchers: { agent: DEAD.agent }, comment: 'its host is being replaced' },
      });
      expect(Date.parse(silence!.to) - Date.parse(silence!.from)).toBe(240 * MINUTE_MS);

      await dialog.getByRole('button', { name: 'It was useful' }).click();
      await expectText(dialog, 'Noted: 1 useful, 0 noise.');
      expect(await complaints()).toEqual([]);
    });

    test('silences are listed, made and ended', async () => {
      const page = await open('?tab=alerts');
      const section = page.getByRole('region', { name: 'Silences' });
      await expectText(section, 'agent reader-2 its host is being replaced 14:12 UTC');
      await section.getByRole('button', { name: 'New silence' }).click();
      const form = section.getByRole('form', { name: 'New silence' });
      await form.getByLabel('Pool').fill('writers');
      await form.getByLabel('Kind').fill('latency_*');
      await form.getByLabel('Reason').fill('load test');
      expect(await textOf(form)).toContain('{"matchers":{"pool":"writers","kind":"latency_*"}');
      await form.getByRole('button', { name: 'Silence', exact: true }).click();
      await expectText(section, 'pool writers, kind latency_* load test 11:12 UTC');
      await section.getByRole('button', { name: 'End now: silence of agent reader-2' }).click();
      await section.getByRole('button', { name: 'Yes, end it now' }).click();
      await expectText(section, 'The silence of agent reader-2 has ended');
      await expect.poll(() => section.getByRole('table').locator('tbody tr').count()).toBe(1);
      const { silences } = (await fleetpulse.get('/v1/silences')).body as { silences: Silence[] };
      expect(silences.map(({ matchers, state }) => [Object.keys(matchers).join(), state]).sort()).toEqual([
        ['agent', 'expired'],
        ['pool,kind', 'active'],
      ]);
      expect(await complaints()).toEqual([]);
    });
  });

  describe('an agent', () => {
    test('is shown beside its peers, with what was done about it, its tasks and where they belong', async () => {
      const page = await open(`?tab=alerts&agent=${SLOW.agent}`);
      const dialog = page.getByRole('dialog', { name: SLOW.agent });
      const from = NOW_MS - 180 * MINUTE_MS;
      for (const [name, kpi, unit] of [
        ['Mean response', 'average_response_time', 'ms'],
        ['Throughput', 'overall_throughput', '1/min'],
        ['Error ratio', 'error_ratio', 'ratio'],
      ] as const) {
        const chart = dialog.getByRole('application', { name: new RegExp(`^${name} of writer-5, `) });
        await chart.waitFor();
        const { body } = await fleetpulse.get(
          `/v1/series?kpi=${kpi}&scope=agent:${SLOW.agent}&from=${from}&to=${NOW_MS}`,
        );
        const values = (body.points as SeriesPoint[]).flatMap(({ value }) => value ?? []);
        expect(plain((await chart.getAttribute('aria-label')) ?? '')).toContain(
          plain(`lowest ${valueText(Math.min(...values), unit)}, highest ${valueText(Math.max(...values), unit)}`),
        );
      }
      await expectText(dialog, 'mean of the 4 others');
      await expectText(dialog, 'the others of writers');
      const directives = (await fleetpulse.get('/v1/directives')).body.directives as Directive[];
      const about = directives.find(({ blastRadius }) => blastRadius?.agents?.includes(SLOW.agent))!;
      await dialog.getByRole('article', { name: directiveSentence(about) }).waitFor();
      expect(await textOf(dialog)).toContain('10:05 UTC: deploy of pool writers, version 2.0.0, new prompt');

      const { body } = await fleetpulse.get(`/v1/tasks?agent=${SLOW.agent}&window=15m&limit=1000`);
      const { slow, bad } = exemplars(body.tasks as Task[]);
      const slowest = dialog.getByRole('region', { name: 'Slowest' });
      await slowest.waitFor();
      expect(await slowest.locator('.task-head code').allInnerTexts()).toEqual(slow.map(({ task }) => task));
      expect(
        await dialog
          .getByRole('region', { name: 'Ended badly, newest first' })
          .locator('.task-head code')
          .allInnerTexts(),
      ).toEqual(bad.map(({ task }) => task));
      const [worst] = slow;
      expect(await textOf(slowest)).toContain(
        plain(
          `waiting ${valueText(worst!.queueMs!, 'ms')} · model gpt ${valueText(worst!.parts![0]!.durationMs!, 'ms')}`,
        ),
      );
      await slowest.getByRole('button', { name: `Show workflow ${worst!.workflow}` }).click();
      await expectText(slowest, 'writers by writer-5');
      await expectText(slowest, '← this task');

      const { body: efficiency } = await fleetpulse.get(`/v1/efficiency?agent=${SLOW.agent}`);
      await expectText(
        dialog,
        efficiency.agents.length === 0 ? `Not known yet: ${efficiency.reason}` : efficiency.agents[0].taskType,
      );
      expect(await complaints()).toEqual([]);
    });

    test('is forgotten after a second look', async () => {
      const page = await open(`?tab=alerts&agent=${DEAD.agent}`);
      const dialog = page.getByRole('dialog', { name: DEAD.agent });
      await expectText(dialog, `npm run -s cli -- forget ${DEAD.agent}`);
      await dialog.getByRole('button', { name: `Forget agent: ${DEAD.agent}` }).click();
      expect((await fleetpulse.get(`/v1/agents/${DEAD.agent}`)).status).toBe(200);
      await dialog.getByRole('button', { name: `Yes, forget ${DEAD.agent}` }).click();
      await expectText(dialog, `No agent is called ${DEAD.agent} at this time`);
      expect((await fleetpulse.get(`/v1/agents/${DEAD.agent}`)).status).toBe(404);
      // What was being asked of it when it went is answered 404.
      expect((await complaints()).filter((text) => !text.includes('404'))).toEqual([]);
    });
  });

  describe('settings', () => {
    test('more freedom and the kill switch take a second look, and act at once', async () => {
      const page = await open('?tab=settings');
      const section = page.getByRole('region', { name: 'What Fleetpulse may do by itself' });
      const mode = section.getByLabel('Mode of scale');
      await mode.selectOption('observe');
      await expectText(section, 'Scale is now in mode observe: it decides nothing.');
      expect((await policy()).modes.scale).toBe('observe');

      await mode.selectOption('auto');
      await section.getByRole('button', { name: 'Leave it at observe' }).click();
      expect(await mode.inputValue()).toBe('observe');
      await mode.selectOption('approve');
      expect((await policy()).modes.scale).toBe('observe');
      await section.getByRole('button', { name: 'Yes, set scale to approve' }).click();
      await expectText(section, 'Scale is now in mode approve');
      expect((await policy()).modes.scale).toBe('approve');

      const kill = section.getByRole('region', { name: 'Kill switch' });
      await kill.getByRole('button', { name: /^Stop all actions/ }).click();
      expect((await policy()).killSwitch).toBe(false);
      await kill.getByRole('button', { name: 'Yes, stop all actions now' }).click();
      await expectText(kill, 'Nothing is decided, and what was in force has been taken back.');
      expect((await policy()).killSwitch).toBe(true);
      const stopped = section.page().getByRole('complementary', { name: 'Stopped by people' });
      await expectText(stopped, 'The kill switch is on');
      await kill.getByRole('button', { name: /^Turn the kill switch off/ }).click();
      await kill.getByRole('button', { name: 'Yes, let Fleetpulse act again' }).click();
      await expectText(kill, 'Fleetpulse acts as the modes below say.');
      expect((await policy()).killSwitch).toBe(false);
      await stopped.waitFor({ state: 'detached' });

      const added = section.getByRole('form', { name: 'New maintenance window' });
      await added.getByLabel('From (UTC)').fill('2026-11-24T20:00');
      await added.getByLabel('To (UTC)').fill('2026-11-24T21:30');
      await added.getByLabel('Pool, empty for all').fill('readers');
      // Somebody else sets one since the page has read them.
      const window = { from: '2026-11-24T20:00:00.000Z', to: '2026-11-24T21:30:00.000Z' };
      const headers = { 'content-type': 'application/json' };
      const body = JSON.stringify({ maintenance: [{ ...window, pool: 'writers' }] });
      expect((await fleetpulse.request('PUT', '/v1/policy', { headers, body })).status).toBe(200);
      await added.getByRole('button', { name: 'Add window' }).click();
      await expectText(section, 'Pool readers 20:00–21:30 UTC');
      expect((await policy()).maintenance).toEqual([
        { ...window, pool: 'writers' },
        { ...window, pool: 'readers' },
      ]);
      // One of the whole fleet takes a second look.
      await added.getByRole('button', { name: /^Add window: for all pools/ }).click();
      expect((await policy()).maintenance).toHaveLength(2);
      await added.getByRole('button', { name: 'No, name a pool' }).click();
      await section.getByRole('button', { name: /^Remove: maintenance of pool writers/ }).click();
      await section.getByRole('button', { name: 'Yes, remove it' }).click();
      await expectText(section, 'The maintenance window of pool writers is gone.');
      expect((await policy()).maintenance).toEqual([{ ...window, pool: 'readers' }]);
      await section.getByRole('button', { name: /^Remove: maintenance of pool readers/ }).click();
      await section.getByRole('button', { name: 'Yes, remove it' }).click();
      await expectText(section, 'The maintenance window of pool readers is gone.');
      expect((await policy()).maintenance).toEqual([]);
      // A name with a typing error is taken, and told: the pool may be yet to come.
      await added.getByLabel('Pool, empty for all').fill('reader');
      await added.getByRole('button', { name: 'Add window' }).click();
      await expectText(added, 'no agent has reported from pool reader, so it stops nothing. Did you mean readers?');
      await section.getByRole('button', { name: /^Remove: maintenance of pool reader/ }).click();
      await section.getByRole('button', { name: 'Yes, remove it' }).click();
      await expectText(section, 'The maintenance window of pool reader is gone.');
      expect(await textOf(section)).toContain(`${Object.keys((await policy()).limits).length} limits`);
      expect(await complaints()).toEqual([]);
    });

    test('pools, budgets and keys are set as the API then tells them', async () => {
      const page = await open('?tab=settings');
      const pools = page.getByRole('region', { name: 'Pools' });
      await pools.getByRole('button', { name: 'Change pool writers' }).click();
      const pool = pools.getByRole('form', { name: 'Settings of pool writers' });
      await pool.getByLabel('Most agents').fill('9');
      await pool.getByLabel('Backup pool').selectOption('readers');
      await pool.getByRole('button', { name: 'Save' }).click();
      await expectText(pool, 'Pool writers is set');
      const known = (await fleetpulse.get('/v1/pools')).body.pools as { pool: string; settings: object }[];
      expect(known.find((each) => each.pool === 'writers')?.settings).toMatchObject({ max: 9, backupPool: 'readers' });

      const budgets = page.getByRole('region', { name: 'Budgets' });
      await budgets.getByRole('button', { name: 'New budget' }).click();
      const budget = budgets.getByRole('form', { name: 'New budget' });
      await budget.getByLabel('Name').fill('answers-in-2s');
      await budget.getByLabel(/^Scope/).fill('pool:writers');
      await budget.getByLabel('Objective, %').fill('90');
      await budget.getByLabel('Period, 1h to 90d').fill('7d');
      await budget.getByRole('button', { name: 'Set budget' }).click();
      await expectText(budgets, 'Budget answers-in-2s is set.');
      const set = (await fleetpulse.get('/v1/budgets/answers-in-2s')).body as Budget;
      expect(set).toMatchObject({ kpi: 'average_response_time', objective: 0.9, limit: 2_000, period: '7d' });
      const row = budgets.getByRole('row', { name: /^answers-in-2s/ });
      await expectText(row, plain(`90 % within 2.00 s Mean response, 7d ${valueText(set.remaining.value!, 'ratio')}`));
      await row.getByRole('button', { name: 'Delete: budget answers-in-2s' }).click();
      await row.getByRole('button', { name: 'Yes, delete answers-in-2s' }).click();
      await expectText(budgets, 'Budget answers-in-2s is deleted');
      expect((await fleetpulse.get('/v1/budgets/answers-in-2s')).status).toBe(404);

      const keys = page.getByRole('region', { name: 'API keys' });
      await keys.getByRole('button', { name: 'New key' }).click();
      const form = keys.getByRole('form', { name: 'New key' });
      await form.getByLabel('Name: who or what uses it').fill('orchestrator');
      await form.getByLabel('Only of pools, empty for all').fill('writers, readers');
      expect(await textOf(form)).toContain(
        'npm run -s cli -- keys create --name "orchestrator" --scopes ingest,read --pools writers,readers',
      );
      await form.getByRole('button', { name: 'Make key' }).click();
      const made = keys.getByRole('region', { name: 'Key orchestrator' });
      await made.waitFor();
      const key = await made.locator('code').innerText();
      const asked = await fleetpulse.request('GET', '/v1/agents', { headers: { 'x-api-key': key } });
      expect(asked.status).toBe(200);
      await made.getByRole('button', { name: 'I have it' }).click();
      expect(await textOf(keys)).not.toContain(key);
      const ids = async () =>
        ((await fleetpulse.get('/v1/keys')).body.keys as ApiKey[]).filter(({ name }) => name === 'orchestrator');
      const [before] = await ids();
      expect(before).toMatchObject({ scopes: ['ingest', 'read'], pools: ['readers', 'writers'], state: 'active' });

      await keys.getByRole('button', { name: /^Rotate: key orchestrator/ }).click();
      await keys.getByRole('button', { name: 'Yes, make its successor' }).click();
      await made.waitFor();
      expect(await ids()).toHaveLength(2);
      await keys.getByRole('button', { name: `Revoke: key orchestrator, ${before!.id}` }).click();
      await keys.getByRole('button', { name: 'Yes, revoke orchestrator' }).click();
      await expectText(keys, 'orchestrator ends within a minute.');
      expect((await ids()).find(({ id }) => id === before!.id)?.state).toBe('revoked');
      expect(await complaints()).toEqual([]);
    });

    test('a test alert is sent, and the audit log tells who did what', async () => {
      const page = await open('?tab=settings');
      const tested = page.getByRole('region', { name: 'Test alert' });
      await tested.getByRole('button', { name: 'Send test alert' }).click();
      await expectText(tested, 'it arrives through every channel that takes it within a minute');
      const { body } = await fleetpulse.get('/v1/audit?limit=20');
      const entries = body.entries as AuditEntry[];
      const log = page.getByRole('table', { name: /^Audit log/ });
      await log.waitFor();
      const rows = (await log.locator('tbody tr').allInnerTexts()).map(plain);
      expect(rows).toHaveLength(entries.length);
      for (const [index, { target, who, outcome }] of entries.entries()) {
        for (const words of [target, who.name, outcome]) expect(rows[index]).toContain(words);
      }
      expect(entries.map(({ action }) => action)).toContain('policy.change');
      expect(await complaints()).toEqual([]);
    });

    test('a key that may not do it is told which scope it takes', async () => {
      const { body } = await fleetpulse.request('POST', '/v1/keys', {
        headers: { 'content-type': 'application/json' },
        body: JSON.stringify({ name: 'looker', scopes: ['read'] }),
      });
      const page = await open('?tab=settings', { key: body.key });
      await expectText(
        page.getByRole('region', { name: 'Audit log' }),
        'Not loaded: key "looker" has the scopes read; this needs admin.',
      );
      const kill = page.getByRole('region', { name: 'Kill switch' });
      await kill.getByRole('button', { name: /^Stop all actions/ }).click();
      await kill.getByRole('button', { name: 'Yes, stop all actions now' }).click();
      await expectText(kill, 'did not work: key "looker" has the scopes read; this needs admin.');
      const slow = await alertOf(SLOW.agent);
      await page.goto(`${fleetpulse.cloud.url}/?alert=${slow.id}`);
      const dialog = page.getByRole('dialog', { name: slow.title });
      await dialog.getByRole('button', { name: 'Acknowledge', exact: true }).click();
      await expectText(dialog, 'this needs control. Somebody with the scope admin makes a key that may:');
    });

    test.each(['?tab=alerts', '?tab=settings', `?tab=alerts&agent=${SLOW.agent}`])('%s fits a phone', async (query) => {
      const page = await open(query, { width: 380 });
      await page.getByRole('heading', { level: 2 }).first().waitFor();
      await page.getByRole('status').first().waitFor({ state: 'attached' });
      await expect
        .poll(() => page.evaluate('document.querySelectorAll(".waiting, .waiting-small, .waiting-tasks").length'), {
          timeout: 20_000,
        })
        .toBe(0);
      expect(await page.evaluate('document.documentElement.scrollWidth')).toBeLessThanOrEqual(380);
      expect(
        await page.evaluate(
          '[...document.querySelectorAll("dialog")].every((drawer) => drawer.scrollWidth <= drawer.clientWidth)',
        ),
      ).toBe(true);
      expect(await complaints()).toEqual([]);
    });

    test('everything that can be pressed or filled in has a name', async () => {
      const page = await open('?tab=settings');
      await page.getByRole('table', { name: /^Audit log/ }).waitFor();
      await page.getByRole('button', { name: 'New key' }).click();
      await page.getByRole('button', { name: 'New budget' }).click();
      await page.getByRole('button', { name: 'Change pool readers' }).click();
      const named = (await page.evaluate(
        `[...document.querySelectorAll('button, select, summary, a, input, textarea')].map((element) =>
          (element.getAttribute('aria-label') ?? element.labels?.[0]?.textContent ?? element.textContent).trim())`,
      )) as string[];
      expect(named.length).toBeGreaterThan(50);
      expect(named.filter((name) => name === '')).toEqual([]);
      expect(await complaints()).toEqual([]);
    });
  });
});

/** A minute of eight agents: heartbeats, and twelve tasks each with a call of a model, one of twenty of which fails. */
function minuteOfLife(fromMs: number): object[] {
  const agents = [
    ...writers.map((agent) => ({ agent, pool: 'writers', serviceMs: 1_000 })),
    ...readers.map((agent) => ({ agent, pool: 'readers', serviceMs: 400 })),
  ];
  const events: object[] = agents.flatMap(({ agent, pool, serviceMs }, index) => {
    if (agent === DEAD.agent && fromMs >= DEAD.fromMs) return [];
    const factor = agent === SLOW.agent && fromMs >= SLOW.fromMs ? 9 : 1;
    const announcement = { type: 'agent', agent, pool, team: `${pool}-team`, capacity: 4, version: '1.0.0' };
    const beats = Array.from({ length: MINUTE_MS / BEAT_MS }, (_, beat) => ({
      type: 'heartbeat',
      agent,
      at: fromMs + beat * BEAT_MS + index,
      intervalMs: BEAT_MS,
    }));
    const tasks = Array.from({ length: 12 }, (_, task) => {
      const durationMs = serviceMs * factor * (0.8 + ((task * 5) % 12) * 0.036);
      return {
        type: 'task',
        agent,
        task: `${agent}-${fromMs}-${task}`,
        taskType: pool,
        workflow: `w-${agent}-${fromMs}-${task}`,
        status: (fromMs / MINUTE_MS + index * 7 + task) % 20 === 0 ? 'failed' : 'completed',
        queueMs: 20 + task,
        durationMs,
        parts: [{ kind: 'model', name: 'gpt', durationMs: durationMs / 2, status: 'completed' }],
        endedAt: fromMs + task * 5_000 + index,
      };
    });
    return [...(fromMs === START_MS ? [announcement] : []), ...beats, ...tasks];
  });
  if (fromMs === START_MS + 5 * MINUTE_MS) {
    events.push({ type: 'change', at: fromMs, kind: 'deploy', pool: 'writers', version: '2.0.0', note: 'new prompt' });
  }
  return events;
}
