import { existsSync } from 'node:fs';
import type { Locator } from 'playwright-core';
import { afterAll, afterEach, beforeAll, describe, expect, test } from 'vitest';
import type { Agent, Alert, Directive, Kpis, Pool } from '../../lib/dashboard/answers.ts';
import { directiveSentence } from '../../lib/dashboard/directive-words.ts';
import { inWords } from '../../lib/dashboard/kpi-names.ts';
import { countText, valueText } from '../../lib/dashboard/show-value.ts';
import { CHROMIUM } from '../../scripts/launch-chromium.ts';
import { ADMIN_KEY, Fleetpulse } from '../fixtures/fleetpulse.ts';
import { expectText, hasFocus, plain, section, textOf } from '../fixtures/page-text.ts';
import { WatchedTabs } from '../fixtures/watched-tabs.ts';

const MINUTE_MS = 60_000;
const BEAT_MS = 15_000;
const START_MS = Date.parse('2026-11-24T10:00:00Z');
const NOW_MS = START_MS + 12 * MINUTE_MS;

const writers = ['writer-1', 'writer-2', 'writer-3', 'writer-4', 'writer-5'];
const readers = ['reader-1', 'reader-2', 'reader-3'];
const SLOW = { agent: 'writer-5', fromMs: START_MS + 6 * MINUTE_MS };
const DEAD = { agent: 'reader-2', fromMs: START_MS + 9 * MINUTE_MS };

describe.skipIf(!existsSync(CHROMIUM))(`the page in a browser (skipped where there is no ${CHROMIUM})`, () => {
  let fleetpulse: Fleetpulse;
  let tabs: WatchedTabs;

  /** A fresh tab; everything the browser complains about is kept. */
  const open = (path: string, viewport?: { width: number; height: number }) =>
    tabs.open(`${fleetpulse.cloud.url}${path}`, viewport);

  const openWithKey = (query = '', viewport?: { width: number; height: number }) =>
    open(fleetpulse.cloud.signInAddress(ADMIN_KEY, query).slice(fleetpulse.cloud.url.length), viewport);

  const complaints = () => tabs.complaints();

  beforeAll(async () => {
    fleetpulse = await Fleetpulse.start(START_MS);
    // Otherwise the route around the slow agent would be in force before anyone could approve it.
    const policy = await fleetpulse.request('PUT', '/v1/policy', {
      headers: { 'content-type': 'application/json' },
      body: JSON.stringify({ modes: { route: 'approve', breaker: 'approve' } }),
    });
    expect(policy.status).toBe(200);
    tabs = await WatchedTabs.launch();
  });
  afterAll(async () => {
    await tabs?.close();
    await fleetpulse?.stop();
  });
  afterEach(async () => {
    await complaints();
  });

  test('before the first event it says how to send one', async () => {
    const page = await openWithKey();
    await expectText(section(page, 'Fleet'), 'No agent has reported yet. Send a first event');
    await expectText(section(page, 'Fleet'), `curl ${fleetpulse.cloud.url}/v1/events`);
    await expectText(section(page, 'Needs attention'), 'Nothing. No alert is firing.');
    await expectText(section(page, 'Actions and effects'), 'No action yet.');
    expect(await complaints()).toEqual([]);
  });

  test('asks for a key, explains one that is wrong, and takes the right one', async () => {
    const page = await open('/?window=1h');
    await page.getByLabel('API key').fill('wrong-key');
    await page.keyboard.press('Enter');
    const alert = page.getByRole('alert');
    await alert.waitFor();
    const { body } = await fleetpulse.request('GET', '/v1/fleet', { headers: { 'x-api-key': 'wrong-key' } });
    expect(await alert.innerText()).toBe(`The key was rejected: ${body.detail}.`);

    await page.getByLabel('API key').fill(ADMIN_KEY);
    await page.getByRole('button', { name: 'Show the fleet' }).click();
    await page.getByRole('heading', { name: 'Fleet', exact: true }).waitFor();
    expect(page.url()).toBe(`${fleetpulse.cloud.url}/?window=1h`);
  });

  test('signs in by a link once, without the key in any address, and keeps the key for the tab alone', async () => {
    const address = fleetpulse.cloud.signInAddress(ADMIN_KEY, '?window=5m');
    expect(address).not.toContain(ADMIN_KEY);
    const page = await open(address.slice(fleetpulse.cloud.url.length));
    await page.getByRole('heading', { name: 'Fleet', exact: true }).waitFor();
    expect(page.url()).toBe(`${fleetpulse.cloud.url}/?window=5m`);
    expect(await page.evaluate('[localStorage.length, document.cookie, Object.values(sessionStorage)]')).toEqual([
      0,
      '',
      [ADMIN_KEY],
    ]);
    await page.reload();
    await page.getByRole('heading', { name: 'Fleet', exact: true }).waitFor();
    await page.getByRole('button', { name: 'Sign out' }).click();
    await page.getByLabel('API key').waitFor();
    expect(await page.evaluate('Object.values(sessionStorage)')).toEqual([]);

    const again = await open(address.slice(fleetpulse.cloud.url.length));
    await expectText(again.getByRole('alert'), 'The link does not sign in: the link was used already');
    await again.getByLabel('API key').waitFor();
  });

  describe('of a fleet with a slow and a dead agent', () => {
    beforeAll(async () => {
      for (let atMs = START_MS; atMs < NOW_MS; atMs += MINUTE_MS) {
        expect((await fleetpulse.send(minuteOfLife(atMs))).body).toMatchObject({ rejected: [] });
        await fleetpulse.advanceTo(atMs + MINUTE_MS);
      }
    });

    test('shows the verdict, the age of the data, the ledger and the KPIs that the API answers', async () => {
      const page = await openWithKey();
      const { body: fleet } = await fleetpulse.get('/v1/fleet');
      const { body: ledger } = await fleetpulse.get('/v1/ledger');
      expect(ledger).toMatchObject({ difference: 0, received: expect.any(Number) });
      const strip = page.getByRole('region', { name: fleet.verdict });
      await strip.waitFor();
      const shown = await textOf(strip);
      expect(shown).toContain('Data age 0 s');
      expect(shown).toContain(
        `difference 0: ${countText(ledger.received)} received = ${countText(ledger.stored)} stored + ${countText(ledger.pending)} pending`,
      );
      const mean = fleet.kpis.average_response_time;
      expect(shown).toContain(`Mean response ${plain(valueText(mean.value, 'ms'))} n ${countText(mean.n)}`);
      expect(shown).toContain(`p95 response ${plain(valueText(mean.p95, 'ms'))} n ${countText(mean.n)}`);
      const { value } = fleet.kpis.overall_throughput;
      expect(shown).toContain(`Throughput ${plain(valueText(value, '1/min'))}`.replace(' /min', '/min'));
      expect(await complaints()).toEqual([]);
    });

    test('shows every agent as the API answers it, those in trouble first', async () => {
      const page = await openWithKey();
      const { body } = await fleetpulse.get('/v1/agents');
      const agents = body.agents as Agent[];
      const rows = await rowsOf(page.getByRole('table', { name: /^Agents, window 15 min, 09:57–10:12 UTC/ }));
      expect(rows.map(({ name }) => name)).toEqual([
        DEAD.agent,
        SLOW.agent,
        ...[...readers, ...writers].filter((agent) => agent !== DEAD.agent && agent !== SLOW.agent),
      ]);
      for (const agent of agents) {
        const { cells } = rows.find(({ name }) => name === agent.agent)!;
        expect(cells[0]).toContain(inWords(agent.state));
        expect(cells[1]).toContain(`${agent.pool} · ${agent.team}`);
        expect(cells[2]).toBe(agent.why);
        expect(cells.slice(3, 8)).toEqual(figures(agent.kpis));
      }
      expect(await complaints()).toEqual([]);
    });

    test('shows every pool as the API answers it, with the course of its response time', async () => {
      const page = await openWithKey();
      const { body } = await fleetpulse.get('/v1/pools');
      const table = page.getByRole('table', { name: /^Pools, window / });
      const rows = await rowsOf(table);
      for (const { pool, agents, state, why, kpis } of body.pools as Pool[]) {
        const { cells } = rows.find(({ name }) => name === pool)!;
        expect(cells[0]).toContain(inWords(state));
        expect(cells[1]).toContain(`${agents} agents`);
        expect(cells[2]).toBe(why);
        expect(cells.slice(3, 8)).toEqual(figures(kpis));
      }
      const { body: series } = await fleetpulse.get(
        `/v1/series?kpi=average_response_time&scope=pool:writers&from=${NOW_MS - 60 * MINUTE_MS}&to=${NOW_MS}`,
      );
      const values = (series.points as { value: number | null }[]).flatMap(({ value }) => value ?? []);
      // Lines are asked for when they come into sight.
      await table.scrollIntoViewIfNeeded();
      const line = table.getByRole('img', { name: /^Mean response of pool writers, 1.h to 10:12 UTC: \d/ });
      await line.waitFor();
      expect(plain((await line.getAttribute('aria-label')) ?? '')).toContain(
        plain(`lowest ${valueText(Math.min(...values), 'ms')}, highest ${valueText(Math.max(...values), 'ms')}`),
      );
      expect(await complaints()).toEqual([]);
    });

    test('shows what needs attention, and the alerts, with all that is known of them', async () => {
      const page = await openWithKey();
      const { body: fleet } = await fleetpulse.get('/v1/fleet');
      const { body } = await fleetpulse.get('/v1/alerts');
      const alerts = body.alerts as Alert[];
      expect(alerts.map(({ scope }) => scope.agent).sort()).toEqual([DEAD.agent, SLOW.agent]);
      const attention = section(page, 'Needs attention').getByRole('listitem');
      await attention.first().waitFor();
      expect(await attention.count()).toBe(fleet.attention.length);
      for (const [index, item] of (fleet.attention as { why: string; severity: string }[]).entries()) {
        const shown = await textOf(attention.nth(index));
        expect(shown).toContain(item.why);
        expect(shown).toContain(inWords(item.severity));
      }

      const dead = alerts.find(({ scope }) => scope.agent === DEAD.agent)!;
      await section(page, 'Alerts of the last 24 hours').getByRole('button', { name: dead.title }).click();
      const details = page.getByRole('dialog', { name: dead.title });
      await details.waitFor();
      const shown = await textOf(details);
      expect(dead.evidence).toEqual([expect.stringContaining('last heartbeat 2026-11-24T10:08:45')]);
      for (const fact of [
        dead.why,
        'last heartbeat 10:08:45 UTC, state ready',
        dead.runbook,
        'readers-team',
        'Firing',
        'still firing',
      ])
        expect(shown).toContain(fact);
      expect(shown).toContain(plain(`${valueText(dead.value!, 's')}, expected ${valueText(dead.expected!, 's')}`));
      // Changes of the hour before belong to it, whoever reported them.
      expect(shown).toContain('10:08 UTC: deploy of pool readers, version 2.0.0, new index');
      expect(new URL(page.url()).searchParams.get('alert')).toBe(dead.id);
      expect(await complaints()).toEqual([]);
    });

    test('lets a person approve what is proposed, and roll it back after a second look', async () => {
      const page = await openWithKey();
      const proposed = async () => (await fleetpulse.get('/v1/directives')).body.directives as Directive[];
      const slow = (await proposed()).find(({ params }) => SLOW.agent in Object(params['weights']))!;
      expect(slow).toMatchObject({ kind: 'route', status: 'proposed' });
      const action = section(page, 'Actions and effects').getByRole('article', { name: directiveSentence(slow) });
      await action.waitFor();
      expect(directiveSentence(slow)).toMatch(/^Route away from writer-5: weight 0\.\d+$/);
      const expected = slow.expected!;
      const shown = await textOf(action);
      expect(shown).toContain(plain(`${expected.direction} by ${valueText(expected.size!, expected.unit!)} by 10:`));
      expect(shown).toContain('Proposed');
      expect(shown).toContain('Not measured yet');

      await action.getByRole('button', { name: /^Approve: / }).click();
      await action.getByText('Active', { exact: true }).waitFor();
      expect((await proposed()).find(({ id }) => id === slow.id)?.status).toBe('active');

      await action.getByRole('button', { name: /^Roll back: / }).click();
      expect((await proposed()).find(({ id }) => id === slow.id)?.status).toBe('active');
      await expect.poll(() => hasFocus(action.getByRole('button', { name: 'Yes, roll back now' }))).toBe(true);
      await page.keyboard.press('Enter');
      await action.getByText('Rolled back', { exact: true }).waitFor();
      expect((await proposed()).find(({ id }) => id === slow.id)?.status).toBe('rolled_back');
      expect(await complaints()).toEqual([]);
    });

    test('tells why a decision did not work', async () => {
      const page = await openWithKey();
      const other = ((await fleetpulse.get('/v1/directives')).body.directives as Directive[]).find(
        ({ status }) => status === 'proposed',
      )!;
      await page.route('**/v1/directives/*/reject', (route) =>
        route.fulfill({
          status: 409,
          contentType: 'application/problem+json',
          body: JSON.stringify({ title: 'Conflict', status: 409, detail: 'somebody else approved it' }),
        }),
      );
      const action = section(page, 'Actions and effects').getByRole('article', { name: directiveSentence(other) });
      await action.getByRole('button', { name: /^Reject: / }).click();
      const alert = action.getByRole('alert');
      await alert.waitFor();
      expect(await alert.innerText()).toBe('Reject did not work: somebody else approved it');
    });

    test('a link reproduces the view: a moment, a window, a pool and an agent', async () => {
      const at = START_MS + 5 * MINUTE_MS;
      const page = await openWithKey(`?window=5m&at=${new Date(at).toISOString()}&pool=writers&agent=${SLOW.agent}`);
      const { body } = await fleetpulse.get(`/v1/agents/${SLOW.agent}?window=5m&at=${at}`);
      expect(body.state).toBe('healthy');
      const details = page.getByRole('dialog', { name: SLOW.agent });
      await details.getByText('KPIs, window 5').waitFor();
      await details.getByText('Task completion').waitFor();
      const shown = await textOf(details);
      expect(shown).toContain('KPIs, window 5 min, 10:00–10:05 UTC');
      for (const { value, n, unit } of Object.values((body as Agent).kpis)) {
        if (value === null) continue;
        expect(shown).toContain(`${plain(valueText(value, unit))} n ${countText(n)}`.replace(' /min', '/min'));
      }
      await page.keyboard.press('Escape');
      await details.waitFor({ state: 'detached' });
      const rows = await rowsOf(page.getByRole('table', { name: /^Agents, window 5 min, 10:00–10:05 UTC/ }));
      expect(rows.map(({ name }) => name)).toEqual(writers);
      await expectText(page.getByRole('main'), 'None. Alerts also go to the SNS topic');

      await page.getByRole('button', { name: 'Follow the present' }).click();
      await page.getByRole('table', { name: /^Agents, window 5 min, 10:07–10:12 UTC/ }).waitFor();
      expect(page.url()).toBe(`${fleetpulse.cloud.url}/?window=5m&pool=writers`);
      await page.goBack();
      await page.getByRole('table', { name: /^Agents, window 5 min, 10:00–10:05 UTC/ }).waitFor();
      expect(await complaints()).toEqual([]);
    });

    test('filters by state and pool', async () => {
      const page = await openWithKey();
      const table = page.getByRole('table', { name: /^Agents/ });
      await table.waitFor();
      await page.getByRole('combobox', { name: 'State' }).selectOption({ label: 'Dead (1)' });
      expect((await rowsOf(table)).map(({ name }) => name)).toEqual([DEAD.agent]);
      expect(new URL(page.url()).search).toBe('?state=dead');
      await page.getByRole('combobox', { name: 'Pool' }).selectOption('writers');
      await expectText(section(page, 'Fleet'), 'No agent is like this.');
      await page.getByRole('button', { name: 'Show all agents' }).click();
      await page.getByRole('searchbox', { name: 'Find' }).fill('TER-4');
      await expect.poll(async () => (await rowsOf(table)).map(({ name }) => name)).toEqual(['writer-4']);
      expect(new URL(page.url()).search).toBe('?find=TER-4');
    });

    test('puts the agents in the order of a column, up and down, and back', async () => {
      const page = await openWithKey();
      const table = page.getByRole('table', { name: /^Agents/ });
      await table.waitFor();
      const names = async () => (await rowsOf(table)).map(({ name }) => name);
      const before = await names();
      const { body } = await fleetpulse.get('/v1/agents');
      const byP95 = (body.agents as Agent[])
        .filter(({ kpis }) => kpis['average_response_time']?.p95 !== undefined)
        .sort((a, b) => p95Of(b) - p95Of(a) || (a.agent < b.agent ? -1 : 1))
        .map(({ agent }) => agent);
      const heading = table.getByRole('button', { name: /^p95/ });
      await heading.click();
      expect((await names()).slice(0, byP95.length)).toEqual(byP95);
      expect(new URL(page.url()).search).toBe('?sort=-average_response_time.p95');
      await heading.click();
      expect((await names())[0]).not.toBe(byP95[0]);
      await heading.click();
      expect(await names()).toEqual(before);
    });

    test('can be used without a mouse: everything has a name, and focus comes back', async () => {
      const page = await openWithKey();
      await page.getByRole('table', { name: /^Agents/ }).waitFor();
      const named = (await page.evaluate(`[...document.querySelectorAll('button, select, summary, a, input')].map(
        (element) => (element.getAttribute('aria-label') ?? element.labels?.[0]?.textContent ?? element.textContent).trim(),
      )`)) as string[];
      expect(named.length).toBeGreaterThan(20);
      expect(named.filter((name) => name === '')).toEqual([]);
      expect(await page.getByRole('img').count()).toBe(
        await page.locator('svg[role="img"][aria-label]:not([aria-label=""])').count(),
      );

      const link = page.getByRole('table', { name: /^Agents/ }).getByRole('button', { name: SLOW.agent, exact: true });
      for (let tabs = 0; !(await hasFocus(link)); tabs += 1) {
        expect(tabs).toBeLessThan(80);
        await page.keyboard.press('Tab');
      }
      await page.keyboard.press('Enter');
      await page.getByRole('dialog', { name: SLOW.agent }).waitFor();
      await page.keyboard.press('Escape');
      await page.getByRole('dialog').waitFor({ state: 'detached' });
      expect(await hasFocus(link)).toBe(true);
      expect(await complaints()).toEqual([]);
    });

    test.each([1280, 400])('fits %d pixels', async (width) => {
      const page = await openWithKey('', { width, height: 800 });
      await page.getByRole('table', { name: /^Agents/ }).waitFor();
      expect(await page.evaluate('document.documentElement.scrollWidth')).toBeLessThanOrEqual(width);
      expect(await complaints()).toEqual([]);
    });

    test('goes on without a part that the server does not have', async () => {
      const page = await open('/');
      await page.route('**/v1/pools?*', (route) =>
        route.fulfill({
          status: 404,
          contentType: 'application/problem+json',
          body: JSON.stringify({ title: 'Not Found', status: 404, detail: 'there is nothing at /v1/pools' }),
        }),
      );
      await page.getByLabel('API key').fill(ADMIN_KEY);
      await page.keyboard.press('Enter');
      await page.getByRole('table', { name: /^Agents/ }).waitFor();
      await expectText(section(page, 'Pools'), 'Not available: this server does not offer it');
    });

    test('keeps what it knows when the server is gone, and says how old that is', async () => {
      const page = await openWithKey();
      const table = page.getByRole('table', { name: /^Agents/ });
      await table.waitFor();
      await page.context().setOffline(true);
      await page.getByText(/^No answer for 1\d.s: what you see is old$/).waitFor({ timeout: 30_000 });
      await expectText(section(page, 'Fleet'), 'Shown as last answered: the server cannot be reached.');
      expect(await table.getByRole('rowheader').count()).toBe(writers.length + readers.length);
      await page.context().setOffline(false);
      await page.getByText('Live, 10:12 UTC').waitFor({ timeout: 30_000 });
    });

    test('says that the data is old when the minute job is behind', async () => {
      const page = await open('/');
      await page.route('**/v1/fleet?*', async (route) => {
        const response = await route.fetch();
        await route.fulfill({ response, json: { ...(await response.json()), dataAgeMs: 7 * MINUTE_MS } });
      });
      await page.getByLabel('API key').fill(ADMIN_KEY);
      await page.keyboard.press('Enter');
      await expectText(page.getByRole('main'), 'Data age 7 min stale: the minute job is behind');
    });
  });
});

/** A minute of eight agents: heartbeats every 15 s and twelve tasks each, one of twenty of which fails. */
function minuteOfLife(fromMs: number): object[] {
  const agents = [
    ...writers.map((agent) => ({ agent, pool: 'writers', serviceMs: 1_000 })),
    ...readers.map((agent) => ({ agent, pool: 'readers', serviceMs: 400 })),
  ];
  const events: object[] = agents.flatMap(({ agent, pool, serviceMs }, index) => {
    const isDead = agent === DEAD.agent && fromMs >= DEAD.fromMs;
    if (isDead) return [];
    const factor = agent === SLOW.agent && fromMs >= SLOW.fromMs ? 9 : 1;
    const announcement = { type: 'agent', agent, pool, team: `${pool}-team`, capacity: 4, version: '1.0.0' };
    const beats = Array.from({ length: MINUTE_MS / BEAT_MS }, (_, beat) => ({
      type: 'heartbeat',
      agent,
      at: fromMs + beat * BEAT_MS + index,
      intervalMs: BEAT_MS,
    }));
    const tasks = Array.from({ length: 12 }, (_, task) => ({
      type: 'task',
      agent,
      task: `${agent}-${fromMs}-${task}`,
      taskType: pool,
      status: (fromMs / MINUTE_MS + index * 7 + task) % 20 === 0 ? 'failed' : 'completed',
      queueMs: 20 + task,
      // The same spread for every agent: 0.8 to 1.2 times the mean.
      durationMs: serviceMs * factor * (0.8 + ((task * 5) % 12) * 0.036),
      endedAt: fromMs + task * 5_000 + index,
    }));
    return [...(fromMs === START_MS ? [announcement] : []), ...beats, ...tasks];
  });
  if (fromMs === START_MS + 8 * MINUTE_MS) {
    events.push({ type: 'change', at: fromMs, kind: 'deploy', pool: 'readers', version: '2.0.0', note: 'new index' });
  }
  return events;
}

async function rowsOf(table: Locator): Promise<{ name: string; cells: string[] }[]> {
  await table.waitFor();
  const rows = await table.locator('tbody tr').all();
  return Promise.all(
    rows.map(async (row) => ({
      name: plain(await row.getByRole('rowheader').getByRole('button').innerText()),
      cells: (await row.locator('td, th').allInnerTexts()).map(plain),
    })),
  );
}

/** The cells of throughput, errors, mean, p95 and utilization. */
function figures(kpis: Kpis): string[] {
  const cell = (kpi: string, percentile?: 'p95') => {
    const of = kpis[kpi]!;
    const value = percentile ? of[percentile] : of.value;
    if (value === null || value === undefined) return `– none: ${of.reason}`;
    return plain(`${valueText(value, of.unit).replace('\u00a0/min', '/min')} n ${countText(of.n)}`);
  };
  return [
    cell('overall_throughput'),
    cell('error_ratio'),
    cell('average_response_time'),
    cell('average_response_time', 'p95'),
    cell('resource_utilization'),
  ];
}

function p95Of({ kpis }: Agent): number {
  return kpis['average_response_time']?.p95 ?? 0;
}
