import { afterAll, beforeAll, expect, test } from 'vitest';
import { grafanaDashboard } from '../../lib/api/grafana-dashboard.ts';
import { Fleetpulse } from '../fixtures/fleetpulse.ts';
import { type ReadFamily, readOpenMetrics } from '../fixtures/openmetrics.ts';

const START_MS = Date.parse('2026-03-02T23:52:00Z');
const MINUTE_MS = 60_000;
const PROMETHEUS = 'application/openmetrics-text;version=1.0.0;q=0.5,text/plain;version=0.0.4;q=0.3,*/*;q=0.2';

let fleetpulse: Fleetpulse;
beforeAll(async () => {
  fleetpulse = await Fleetpulse.start(START_MS);
});
afterAll(() => fleetpulse.stop());

async function scrape(): Promise<ReadFamily[]> {
  const { status, headers, body } = await fleetpulse.request('GET', '/metrics', { headers: { accept: PROMETHEUS } });
  expect({ status, type: headers.get('content-type'), vary: headers.get('vary') }).toEqual({
    ...{ status: 200, type: 'application/openmetrics-text; version=1.0.0; charset=utf-8', vary: 'accept' },
  });
  return readOpenMetrics(body, fleetpulse.cloud.nowMs() / 1_000);
}

/** Values by what they are of, such as `fleetpulse_tasks_total{status="completed"}`. */
function valuesOf(families: readonly ReadFamily[]): Map<string, number> {
  return new Map(
    families.flatMap(({ samples }) =>
      samples.map(({ name, labels, value }) => {
        const pairs = Object.entries(labels).map(([label, text]) => `${label}="${text}"`);
        return [`${name}${pairs.length > 0 ? `{${pairs.join(',')}}` : ''}`, value] as const;
      }),
    ),
  );
}

let minutes = 0;
/** A minute in which some agents complete two tasks of 0.9 s each, one of which cost a cent, and time out once. */
async function minuteOfWork(agents: Record<string, string>, taskType = 'draft'): Promise<void> {
  const at = START_MS + minutes * MINUTE_MS;
  minutes += 1;
  const names = Object.keys(agents);
  const task = { type: 'task', taskType, endedAt: at + 3_000, durationMs: 900 };
  await fleetpulse.send(
    names.flatMap((agent) => [
      { type: 'agent', agent, pool: agents[agent], capacity: 2 },
      { type: 'heartbeat', agent, at: at + 1_000, intervalMs: 30_000 },
      { type: 'heartbeat', agent, at: at + 31_000, intervalMs: 30_000 },
      { type: 'sample', agent, at: at + 2_000, active: 1, capacity: 2, queued: 3 },
      { ...task, agent, task: `a-${minutes}`, status: 'completed', costUsd: 0.01, tokens: { input: 100, output: 7 } },
      { ...task, agent, task: `b-${minutes}`, status: 'completed' },
      { ...task, agent, task: `c-${minutes}`, status: 'timeout' },
    ]),
  );
  await fleetpulse.advanceTo(at + MINUTE_MS);
}

test('before anyone has reported there is little to tell, and it is told', async () => {
  const values = valuesOf(await scrape());
  expect(values.get('fleetpulse_agents{state="healthy"}')).toBe(0);
  expect([...values.keys()].filter((name) => name.includes('_total'))).toEqual([]);
  expect(values.has('fleetpulse_data_age_seconds')).toBe(false);
});

test('counters come to what was done by the newest minute that is counted, gauges are of now', async () => {
  for (let minute = 0; minute < 6; minute++) await minuteOfWork({ w1: 'writers', w2: 'writers', r1: 'readers' });
  const families = await scrape();
  const values = valuesOf(families);
  const counted = (values.get('fleetpulse_counted_through_timestamp_seconds') ?? 0) - START_MS / 1_000;
  const done = counted / 60;
  expect(done).toBe(4);
  expect(Object.fromEntries(values)).toMatchObject({
    'fleetpulse_tasks_total{status="completed"}': 6 * done,
    'fleetpulse_tasks_total{status="timeout"}': 3 * done,
    'fleetpulse_tasks_total{status="failed"}': 0,
    'fleetpulse_pool_tasks_total{pool="writers",status="completed"}': 4 * done,
    'fleetpulse_pool_tasks_total{pool="readers",status="completed"}': 2 * done,
    'fleetpulse_task_type_tasks_total{task_type="draft",status="completed"}': 6 * done,
    fleetpulse_response_seconds_count: 9 * done,
    'fleetpulse_tokens_total{kind="input"}': 300 * done,
    'fleetpulse_pool_tokens_total{pool="writers",kind="output"}': 14 * done,
    'fleetpulse_agents{state="healthy"}': 3,
    'fleetpulse_pool_agents{pool="writers",state="healthy"}': 2,
    'fleetpulse_pool_agents{pool="writers",state="dead"}': 0,
    fleetpulse_availability_ratio: 1,
    'fleetpulse_pool_availability_ratio{pool="readers"}': 1,
    fleetpulse_queue_depth: 9,
    'fleetpulse_pool_queue_depth{pool="writers"}': 6,
    'fleetpulse_alerts_firing{severity="critical"}': 0,
    fleetpulse_data_age_seconds: 0,
    'fleetpulse_ledger_events{outcome="received"}': 6 * 21,
    'fleetpulse_ledger_events{outcome="stored"}': 6 * 21,
    fleetpulse_ledger_difference: 0,
  });
  expect(values.get('fleetpulse_response_seconds_sum')).toBeCloseTo(0.9 * 9 * done, 9);
  expect(values.get('fleetpulse_cost_usd_total')).toBeCloseTo(0.03 * done, 9);
  for (const quantile of ['0.5', '0.95', '0.99']) {
    const ofType = values.get(`fleetpulse_task_type_response_seconds{task_type="draft",quantile="${quantile}"}`);
    expect(ofType).toBeGreaterThan(0.891);
    expect(ofType).toBeLessThan(0.909);
  }
  expect(values.get('fleetpulse_tasks_created{status="completed"}')).toBeLessThanOrEqual(START_MS / 1_000);
  // Agents have no series: there may be any number of them.
  expect(JSON.stringify(families)).not.toContain('w1');
});

test('counters never become less: over midnight and a restart, with late tasks, moved and forgotten agents, many pools', async () => {
  let before = valuesOf(await scrape());
  const grown = async () => {
    const after = valuesOf(await scrape());
    const isCounter = (name: string) => /_(total|count|sum)(\{|$)/.test(name);
    const shrunk = [...before].filter(([name, was]) => isCounter(name) && !((after.get(name) ?? -1) >= was));
    expect(shrunk).toEqual([]);
    before = after;
  };
  for (let minute = 0; minute < 3; minute++) {
    await minuteOfWork({ w1: 'writers', w2: 'writers', r1: 'readers' });
    await grown();
  }
  const late = { type: 'task', agent: 'w1', task: 'late', status: 'failed', endedAt: START_MS + 5_000, durationMs: 1 };
  await fleetpulse.send([late]);
  for (let minute = 0; minute < 2; minute++) {
    await minuteOfWork({ w1: 'readers', w2: 'writers', r1: 'readers' });
    await grown();
  }
  expect(before.get('fleetpulse_tasks_total{status="failed"}')).toBe(1);
  expect((await fleetpulse.request('DELETE', '/v1/agents/w2')).status).toBe(200);
  await grown();
  await fleetpulse.restart();
  await grown();
  const many = Object.fromEntries(
    Array.from({ length: 120 }, (_, n) => [`m${n}`, `pool-${String(n).padStart(3, '0')}`]),
  );
  for (let minute = 0; minute < 6; minute++) {
    await minuteOfWork({ w1: 'readers', ...many }, `type ${minute}`.replace(' ', '-'));
    await grown();
  }
  const pools = new Set(
    [...before.keys()].flatMap((name) => /^fleetpulse_pool_.*pool="([^"]+)"/.exec(name)?.[1] ?? []),
  );
  expect(pools.size).toBe(101);
  expect(pools).toContain('other');
  expect(before.get('fleetpulse_pool_agents{pool="other",state="healthy"}')).toBe(122 - 100);
  const [help] = (await scrape()).filter(({ name }) => name === 'fleetpulse_pool_tasks');
  expect(help?.help).toContain('at most 100 pools by name, all others together as "other"');
  const counted = (status: string) => before.get(`fleetpulse_tasks_total{status="${status}"}`) ?? 0;
  const ofPools = (status: string) =>
    [...before].reduce(
      (sum, [name, value]) =>
        sum + (name.startsWith('fleetpulse_pool_tasks_total') && name.includes(`status="${status}"`) ? value : 0),
      0,
    );
  for (const status of ['completed', 'timeout', 'failed']) expect(ofPools(status)).toBe(counted(status));
});

test('who does not name OpenMetrics gets the older text format, and who has no right to read nothing', async () => {
  const { headers, body } = await fleetpulse.request('GET', '/metrics', { headers: { accept: '*/*' } });
  expect(headers.get('content-type')).toBe('text/plain; version=0.0.4; charset=utf-8');
  expect(body).toContain('# TYPE fleetpulse_tasks_total counter\nfleetpulse_tasks_total{status="completed"} ');
  expect(body).not.toMatch(/_created|# EOF|# UNIT/);
  const make = async (grant: object) =>
    (
      await fleetpulse.request('POST', '/v1/keys', {
        headers: { 'content-type': 'application/json' },
        body: JSON.stringify({ name: 'k', ...grant }),
      })
    ).body.key as string;
  for (const grant of [{ scopes: ['ingest'] }, { scopes: ['read'], pools: ['writers'] }]) {
    const refused = await fleetpulse.request('GET', '/metrics', { headers: { 'x-api-key': await make(grant) } });
    expect(refused.status).toBe(403);
  }
  const reading = { headers: { authorization: `Bearer ${await make({ scopes: ['read'] })}`, 'x-api-key': '' } };
  expect((await fleetpulse.request('GET', '/metrics', reading)).status).toBe(200);
  const { paths } = (await fleetpulse.get('/openapi.json')).body;
  expect(Object.keys(paths['/metrics'].get.responses['200'].content)).toEqual([
    ...['application/openmetrics-text', 'text/plain'],
  ]);
});

test('every series that the Grafana dashboard asks for is there, with its labels', async () => {
  const { panels } = grafanaDashboard() as { panels: { targets?: { expr: string }[] }[] };
  const samples = (await scrape()).flatMap(({ samples }) => samples);
  const selectors = panels
    .flatMap(({ targets = [] }) => targets)
    .flatMap(({ expr }) => [...expr.matchAll(/(fleetpulse_\w+)(?:\{([^}]*)\})?/g)])
    .map(([, name = '', labels = '']) => ({
      name,
      labels: [...labels.matchAll(/(\w+)=~?"/g)].map(([, label]) => label),
    }));
  expect(selectors.length).toBeGreaterThan(15);
  for (const { name, labels } of selectors) {
    const found = samples.filter((sample) => sample.name === name);
    expect([name, found.length]).not.toEqual([name, 0]);
    expect(found.every((sample) => labels.every((label) => label !== undefined && label in sample.labels))).toBe(true);
  }
});
