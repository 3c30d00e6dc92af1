import { existsSync, readFileSync } from 'node:fs';
import { afterAll, afterEach, beforeAll, describe, expect, test } from 'vitest';
import type { Competitor, Position, RatedPart, Trend } from '../../lib/dashboard/compare/benchmark-answers.ts';
import { queriesIn } from '../../lib/dashboard/compare/review-parts.ts';
import { showValue, valueText } from '../../lib/dashboard/show-value.ts';
import { CHROMIUM } from '../../scripts/launch-chromium.ts';
import { ADMIN_KEY, Fleetpulse } from '../fixtures/fleetpulse.ts';
import { expectText, plain, section, textOf } from '../fixtures/page-text.ts';
import { WatchedTabs } from '../fixtures/watched-tabs.ts';

const MINUTE_MS = 60_000;
const MONDAY_MS = Date.parse('2026-03-02T00:00:00Z');
/** Just before days are compared; what happened on Sunday is told then. */
const START_MS = MONDAY_MS + (2 * 60 + 8) * MINUTE_MS;
const pools = { intake: { agents: 1, ms: 300 }, triage: { agents: 1, ms: 2_400 }, writers: { agents: 2, ms: 1_500 } };

describe.skipIf(!existsSync(CHROMIUM))(
  `flow and comparisons in a browser (skipped where there is no ${CHROMIUM})`,
  () => {
    let fleetpulse: Fleetpulse;
    let tabs: WatchedTabs;

    const open = (query: string, viewport?: { width: number; height: number }) =>
      tabs.open(fleetpulse.cloud.signInAddress(ADMIN_KEY, query), viewport);

    const complaints = () => tabs.complaints();

    beforeAll(async () => {
      fleetpulse = await Fleetpulse.start(START_MS);
      const headers = { 'content-type': 'application/json' };
      const put = (path: string, body: object) =>
        fleetpulse.request('PUT', path, { headers, body: JSON.stringify(body) });
      expect(await put('/v1/benchmarks/settings', { domain: 'customer-service' })).toMatchObject({ status: 200 });
      const rival = {
        kpi: 'average_response_time',
        statistic: 'p95',
        unit: 'seconds',
        value: 2,
        year: 2025,
        source: 'theirs',
      };
      expect(await put('/v1/benchmarks/competitors/Rival', { figures: [rival] })).toMatchObject({ status: 200 });
      await send(agents());
      for (let minute = 10; minute > 0; minute--) await send(minuteOfLife(MONDAY_MS - minute * MINUTE_MS));
      for (let atMs = START_MS; atMs < START_MS + 4 * MINUTE_MS; atMs += MINUTE_MS) {
        await send(minuteOfLife(atMs));
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

    async function send(events: object[]): Promise<void> {
      expect((await fleetpulse.send(events)).body).toMatchObject({ rejected: [] });
    }

    test('draws who hands work to whom, names the first bottleneck and what one more agent brings', async () => {
      const page = await open('?window=5m');
      const { body: limits } = await fleetpulse.get('/v1/workflows/bottlenecks?window=5m');
      const [first] = limits.bottlenecks;
      expect(first).toMatchObject({ kind: 'pool', id: 'triage' });
      const flow = section(page, 'Flow');
      await expectText(flow, `First bottleneck Pool triage, ${plain(valueText(first.utilization, 'ratio'))} used.`);
      const { boundPerMin, oneMoreAgent } = first.expectedGain;
      await expectText(flow, `from ${rate(boundPerMin)} to ${rate(oneMoreAgent.boundPerMin)} workflows per minute`);

      const { body } = await fleetpulse.get(`/v1/workflows?limit=1&window=5m&at=${START_MS + 4 * MINUTE_MS}`);
      const handOff = body.handOffs.find(({ to }: { to: string }) => to === 'writers');
      expect(handOff).toMatchObject({ from: 'triage', tasks: expect.any(Number) });
      await flow.getByRole('button', { name: `hands ${rate(handOff.tasks / 5)}/min to writers` }).waitFor();
      const { body: told } = await fleetpulse.get('/v1/pools?window=5m');
      for (const { pool, agents: count, kpis } of told.pools) {
        const node = flow.getByRole('button', { name: new RegExp(`^${pool} `) });
        const used = plain(valueText(kpis.resource_utilization.value, 'ratio'));
        await expectText(node, used);
        expect(await textOf(node)).toContain(`${count} ${count === 1 ? 'agent' : 'agents'}`);
      }
      await flow.getByRole('button', { name: /^triage/ }).click();
      expect(new URL(page.url()).searchParams.get('pool')).toBe('triage');
      const agentRows = page.getByRole('table', { name: /^Agents/ }).getByRole('rowheader');
      await expect.poll(() => agentRows.allInnerTexts()).toHaveLength(1);
      expect(await complaints()).toEqual([]);
    });

    test('before the first comparison a new fleet sees positions, and that they are provisional', async () => {
      const { body } = await fleetpulse.get('/v1/benchmarks');
      expect(body.madeAt).toBeNull();
      const page = await open('?tab=compare');
      await expectText(section(page, 'Beside its own last 90 days'), plain(`No day is compared yet: ${body.reason}.`));
      const [position] = body.industry_position.positions as Position[];
      const industry = section(page, 'Beside the industry');
      await expectText(industry, `${position!.source}, ${position!.year}`);
      await expectText(industry, plain(body.reason));
      await expectText(section(page, 'Efficiency rating'), `${body.efficiency_rating.value.toFixed(1)} of 100 points`);
      await expectText(section(page, 'Weekly reviews'), 'the next time on 2 Mar 03:17');
      expect(await complaints()).toEqual([]);
    });

    describe('after a day was compared and a week reviewed', () => {
      beforeAll(async () => {
        await fleetpulse.advanceTo(MONDAY_MS + (2 * 60 + 14) * MINUTE_MS);
        await fleetpulse.advanceTo(MONDAY_MS + (3 * 60 + 18) * MINUTE_MS);
      });

      test('each KPI now stands beside other windows, its own days and the industry; what is not known says why', async () => {
        const at = START_MS + 4 * MINUTE_MS;
        const page = await open(`?window=5m&at=${new Date(at).toISOString()}`);
        const [now, before] = await Promise.all(
          [at, at - 5 * MINUTE_MS].map(
            async (moment) => (await fleetpulse.get(`/v1/fleet?window=5m&at=${moment}`)).body,
          ),
        );
        const versus = section(page, 'Versus');
        const row = (name: string) =>
          versus.getByRole('row').filter({ has: page.getByRole('rowheader', { name, exact: true }) });
        const mean = now.kpis.average_response_time;
        await expectText(row('Mean response'), plain(valueText(mean.value, 'ms')));
        await expectText(row('Mean response'), before.kpis.average_response_time.reason);
        await expectText(row('p95 response'), 'percentiles are not compared with other days');
        await expectText(row('Availability'), 'AWS');
        expect(await complaints()).toEqual([]);
      });

      test('shows trend, rating, opportunities, positions and competitors as the API answers them', async () => {
        const page = await open('?tab=compare');
        const { body } = await fleetpulse.get('/v1/benchmarks');
        const trends = section(page, 'Beside its own last 90 days');
        for (const { value, unit, reason, verdict } of body.performance_trend as Trend[]) {
          await expectText(trends, verdict);
          if (value !== null) await expectText(trends, plain(valueText(value, unit)));
          else await expectText(trends, plain(reason ?? ''));
        }
        const rating = body.efficiency_rating;
        const shown = section(page, 'Efficiency rating');
        await expectText(shown, `${rating.value.toFixed(1)} of 100 points`);
        const lost = (rating.parts as RatedPart[]).reduce((sum, part) => sum + part.lost, 0);
        expect(100 - lost).toBeCloseTo(rating.value, 6);
        await expectText(shown, `= ${rating.value.toFixed(1)} points`);
        for (const { title } of body.improvement_opportunities.slice(0, 5)) {
          await expectText(section(page, 'What would bring most'), plain(title));
        }
        const industry = section(page, 'Beside the industry');
        const { positions, notComparable, competitors } = body.industry_position;
        for (const { source, year } of positions as Position[]) await expectText(industry, plain(`${source}, ${year}`));
        await industry.getByText(`Not comparable: ${notComparable.length}`, { exact: true }).click();
        await expectText(industry, plain(notComparable[0].reason));
        const [rival] = competitors as Competitor[];
        await expectText(industry, `Rival`);
        await expectText(industry, plain(valueText(rival!.figures[0]!.theirs, rival!.figures[0]!.unit)));
        expect(await complaints()).toEqual([]);
      });

      test('compares a pool or an agent instead, which is in the address', async () => {
        const page = await open('?tab=compare');
        await page.getByRole('combobox', { name: 'Pool' }).selectOption('writers');
        await page.getByRole('combobox', { name: 'Agent' }).selectOption('writers-2');
        expect(new URL(page.url()).search).toBe('?tab=compare&pool=writers&compared=writers-2');
        const { body } = await fleetpulse.get('/v1/benchmarks?scope=agent:writers-2');
        await expectText(
          section(page, 'Efficiency rating'),
          `${body.efficiency_rating.value.toFixed(1)} of 100 points`,
        );
        await expectText(section(page, 'Beside its peers'), `of ${body.review.n} tasks`);
        expect(await complaints()).toEqual([]);
      });

      test('opens a weekly review, with its requests, and saves it as HTML and Markdown', async () => {
        const page = await open('?tab=compare');
        await section(page, 'Weekly reviews').getByRole('button', { name: '2026-W09' }).click();
        expect(new URL(page.url()).searchParams.get('week')).toBe('2026-W09');
        const { body } = await fleetpulse.get('/v1/reviews/2026-W09');
        const review = section(page, 'Review of 2026-W09');
        await expectText(review, body.title);
        for (const part of ['What to do next', 'KPIs of the fleet', 'Incidents', 'Actions', 'Data']) {
          await review.getByRole('region', { name: part, exact: true }).waitFor();
        }
        const mean = body.review.kpis.find(
          ({ kpi, scope }: { kpi: string; scope: string }) => kpi === 'average_response_time' && scope === 'fleet',
        );
        await expectText(
          review.getByRole('region', { name: 'KPIs of the fleet', exact: true }),
          plain(valueText(mean.week.value, 'ms')),
        );
        const queries = queriesIn(body.review);
        await review.getByText(`The ${queries.length} requests that repeat these figures, as curl`).click();
        await expectText(review, `curl -H "x-api-key: $FLEETPULSE_KEY" '${fleetpulse.cloud.url}${queries[0]}'`);
        for (const [button, path] of [
          ['Save as HTML', 'html'],
          ['Save as Markdown', 'markdown'],
        ] as const) {
          const [download] = await Promise.all([
            page.waitForEvent('download'),
            review.getByRole('button', { name: button }).click(),
          ]);
          const saved = readFileSync(await download.path(), 'utf8');
          expect(saved).toBe((await fleetpulse.request('GET', `/v1/reviews/2026-W09/${path}`)).body);
        }
        expect(await complaints()).toEqual([]);
      });

      test.each([1280, 380])('fits %d pixels', async (width) => {
        const page = await open('?tab=compare&week=2026-W09', { width, height: 800 });
        await section(page, 'Review of 2026-W09').getByRole('heading', { name: 'Incidents' }).waitFor();
        expect(await page.evaluate('document.documentElement.scrollWidth')).toBeLessThanOrEqual(width);
        expect(await complaints()).toEqual([]);
      });
    });
  },
);

function agents(): object[] {
  return Object.entries(pools).flatMap(([pool, { agents: count }]) =>
    Array.from({ length: count }, (_, i) => ({
      ...{ type: 'agent', agent: `${pool}-${i + 1}`, pool, team: 'desk', capacity: 1, costPerHourUsd: 1 },
    })),
  );
}

/** Ten workflows, each of three tasks that cause each other. */
function minuteOfLife(fromMs: number): object[] {
  const beats = Object.entries(pools).flatMap(([pool, { agents: count }]) =>
    Array.from({ length: 4 * count }, (_, i) => ({
      ...{ type: 'heartbeat', agent: `${pool}-${1 + (i % count)}`, at: fromMs + Math.floor(i / count) * 15_000 },
      intervalMs: 15_000,
    })),
  );
  const work = Array.from({ length: 10 }, (_, k) => {
    const workflow = `w-${fromMs}-${k}`;
    const startedAt = fromMs + k * 5_000;
    let endedAt = startedAt;
    let parent: string | undefined;
    const tasks = Object.entries(pools).map(([pool, { agents: count, ms }]) => {
      const task = `${workflow}-${pool}`;
      endedAt += ms + 10;
      const event = {
        ...{ type: 'task', agent: `${pool}-${1 + (k % count)}`, task, taskType: pool, status: 'completed', workflow },
        ...{ queueMs: 10, durationMs: ms, endedAt, csat: 5, slaMs: 5_000, ...(parent === undefined ? {} : { parent }) },
      };
      parent = task;
      return event;
    });
    return [...tasks, { type: 'workflow', workflow, workflowType: 'ticket', status: 'completed', startedAt, endedAt }];
  });
  return [...beats, ...work.flat()];
}

function rate(perMin: number): string {
  return showValue(perMin, '1/min').figure;
}
