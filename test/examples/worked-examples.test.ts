import { readdirSync, readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { beforeAll, describe, expect, test } from 'vitest';
import { exampleNames, readExample } from '../../lib/cli/example.ts';
import { sightingOf } from '../../lib/cli/example-stages.ts';
import { type ExampleRun, minuteOf, runExample } from '../fixtures/example-run.ts';

interface StageRow {
  /** As the specification calls it. */
  stage: string;
  /** Minutes after the start in which it is to be seen first. */
  between: [number, number];
  /** What the product said of it. */
  said: RegExp;
  /** Of the alert, directive or recommendation. */
  has: Record<string, unknown>;
}

/** Of an alert: which way the figure went. */
const up = { value: expect.any(Number), expected: expect.any(Number), severity: expect.any(String) };

const examples: { name: string; domain: string; troubleFrom: number; stages: StageRow[] }[] = [
  {
    ...{ name: 'e-commerce', domain: 'e-commerce', troubleFrom: 85 },
    stages: [
      {
        ...{ stage: 'Load monitoring', between: [87, 93], said: /^3 of 3 pools do far more than usual at once$/ },
        has: { severity: 'medium', kind: 'anomaly' },
      },
      {
        ...{
          stage: 'Response time tracking',
          between: [86, 95],
          said: /storefront-response is spent .* times as fast/,
        },
        has: { severity: 'critical', kind: 'budget_burn' },
      },
      {
        ...{ stage: 'Conversion analysis', between: [87, 95], said: /^Metric conversion_rate is unusually low/ },
        has: { ...up, kind: 'anomaly' },
      },
      {
        ...{ stage: 'Cart abandonment detection', between: [87, 95] },
        ...{ said: /^Metric cart_abandonment_rate is unusually high/, has: { ...up, kind: 'anomaly' } },
      },
      {
        ...{ stage: 'Server scaling', between: [85, 90], said: /^scale storefront out from 8 to 1\d agents$/ },
        has: { kind: 'scale', mode: 'auto', applied: true },
      },
      {
        ...{
          stage: 'Database optimization',
          between: [80, 81],
          said: /^Make catalogue-db faster: it is [12]\d % of the/,
        },
        has: { strategy: 'query_improvement', status: 'proposed' },
      },
    ],
  },
  {
    ...{ name: 'customer-service', domain: 'customer-service', troubleFrom: 88 },
    stages: [
      {
        ...{
          stage: 'Queue monitoring',
          between: [90, 98],
          said: /^Pool desk is the bottleneck: \d+ tasks wait for it$/,
        },
        has: { severity: 'high', kind: 'bottleneck_formation' },
      },
      {
        ...{ stage: 'Agent utilization tracking', between: [105, 105], said: /^resource_utilization of pool desk is / },
        has: { pool: 'desk', value: expect.any(Number) },
      },
      {
        ...{
          stage: 'Response time analysis',
          between: [92, 108],
          said: /^Budget answers-in-time is spent .* times as fast/,
        },
        has: { severity: 'critical', kind: 'budget_burn' },
      },
      {
        ...{ stage: 'Customer satisfaction scoring', between: [95, 115] },
        ...{ said: /^Budget satisfied-customers is spent .* times as fast/, has: { kind: 'budget_burn' } },
      },
      {
        ...{
          stage: 'Training recommendations',
          between: [80, 81],
          said: /^Bring desk-05 up to its peers at answer: it takes 1/,
        },
        has: { strategy: 'agent_skill_enhancement', status: 'proposed' },
      },
      {
        ...{ stage: 'Staffing optimization', between: [88, 96], said: /^scale desk out from \d+ to 28 agents$/ },
        has: { kind: 'scale', mode: 'auto', applied: true },
      },
    ],
  },
  {
    ...{ name: 'trading', domain: 'financial-trading', troubleFrom: 62 },
    stages: [
      {
        ...{
          stage: 'Latency monitoring',
          between: [86, 92],
          said: /^Pool strategy takes 2\.\d times as long as usual$/,
        },
        has: { ...up, severity: 'high', kind: 'performance_degradation' },
      },
      {
        ...{ stage: 'Throughput analysis', between: [64, 70], said: /^3 of 3 pools do far more than usual at once$/ },
        has: { severity: 'medium', kind: 'anomaly' },
      },
      {
        ...{
          stage: 'Order execution tracking',
          between: [91, 108],
          said: /^Budget orders-executed is spent .* times as fast/,
        },
        has: { severity: 'critical', kind: 'budget_burn' },
      },
      {
        ...{ stage: 'Market impact assessment', between: [86, 93], said: /^Metric slippage_bps is unusually high/ },
        has: { ...up, kind: 'anomaly' },
      },
      {
        ...{ stage: 'Algorithm optimization', between: [86, 92], said: /^keep model top-of-book in pool strategy/ },
        has: { kind: 'tune', response: 'performance tuning', effect: expect.objectContaining({ verdict: 'helped' }) },
      },
      {
        ...{ stage: 'Infrastructure tuning', between: [70, 71], said: /^Move pool gateway to version kernel-bypass/ },
        has: { strategy: 'technology_upgrades', status: 'proposed' },
      },
    ],
  },
];

describe.each(examples)('$name', ({ name, domain, troubleFrom, stages }) => {
  let run: ExampleRun;
  beforeAll(async () => {
    run = await runExample(name);
  });

  test.each(stages)('$stage', ({ stage, between: [from, until], said, has }) => {
    const sighting = run.sightings.get(stage);
    if (!sighting) throw new Error(`was not seen; alerts were ${titles(run.told.alerts).join('; ')}`);
    expect(sighting.words).toMatch(said);
    expect(sighting.item).toMatchObject(has);
    expect(minuteOf(run.example, sighting)).toBeGreaterThanOrEqual(from);
    expect(minuteOf(run.example, sighting)).toBeLessThanOrEqual(until);
    if (has['expected'] === undefined) return;
    const { value, expected } = sighting.item as { value: number; expected: number };
    expect(Math.sign(value - expected)).toBe(/unusually low/.test(sighting.words) ? -1 : 1);
  });

  test('wakes nobody before anything goes wrong', () => {
    const early = run.told.alerts.filter(({ severity, detectedAt }) => {
      const minute = (Date.parse(String(detectedAt)) - run.example.scenario.startMs) / 60_000;
      return severity !== 'low' && minute < troubleFrom;
    });
    expect(titles(early)).toEqual([]);
  });

  test('says what it is in business for', () => {
    expect(run.example.scenario.domain).toBe(domain);
  });

  test('has three positions or more in its industry, and of everything else the reason why not', () => {
    const { positions, notComparable } = run.industry;
    const compared = new Set(positions.map(({ kpi }) => kpi));
    expect([...compared].length, [...compared].join()).toBeGreaterThanOrEqual(3);
    for (const { source, year, reasoning } of positions) expect([source, year, reasoning].every(Boolean)).toBe(true);
    expect(notComparable.length).toBeGreaterThan(0);
    for (const { kpi, reason } of notComparable) expect([kpi, reason.length > 10]).toEqual([kpi, true]);
  });
});

test('agents whose queue is short are not fully used, and a stage that asks for that is not seen', () => {
  const { stages, scenario } = readExample('customer-service');
  const stage = stages.find((it) => it.in === 'agents');
  if (stage?.in !== 'agents') throw new Error('no stage is about agents');
  const told = (utilization: number | null) => ({
    ...{ alerts: [], directives: [], recommendations: [] },
    agents: new Map([[stage.stage, [{ pool: 'desk', kpis: { resource_utilization: { value: utilization } } }]]]),
  });
  expect(sightingOf(stage, told(0.5), scenario.startMs)).toBeNull();
  expect(sightingOf(stage, told(null), scenario.startMs)).toBeNull();
  expect(sightingOf(stage, told(0.97), scenario.startMs)).toMatchObject({ item: { value: 0.97 } });
});

test.each(exampleNames)('%s says what it is in business for, and reports metrics of it', (name) => {
  const { scenario } = readExample(name);
  expect(scenario.domain).toBeDefined();
  expect(scenario.businessMetrics?.length).toBeGreaterThanOrEqual(2);
});

test('an example that does not exist is refused with those that do', () => {
  expect(() => readExample('e-comerce')).toThrow(/there is no example "e-comerce": examples are e-commerce, /);
});

test('every example with a folder has a page that names each of its stages', () => {
  const root = fileURLToPath(new URL('../../examples/', import.meta.url));
  for (const { name, stages } of examples) {
    expect(readdirSync(`${root}${name}`).sort()).toEqual(
      expect.arrayContaining(['README.md', 'budgets.json', 'scenario.json', 'stages.json']),
    );
    const page = readFileSync(`${root}${name}/README.md`, 'utf8');
    for (const { stage } of stages) expect(page).toContain(stage);
    expect(readExample(name).stages.map(({ stage }) => stage)).toEqual(stages.map(({ stage }) => stage));
  }
});

function titles(alerts: readonly Readonly<Record<string, unknown>>[]): string[] {
  return alerts.map(({ title }) => String(title));
}
