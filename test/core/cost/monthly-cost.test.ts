import { expect, test } from 'vitest';
import { billedByDefault } from '../../../lib/core/cost/billed-by-default.ts';
import type { BilledResources } from '../../../lib/core/cost/billed-resources.ts';
import { costElsewhere } from '../../../lib/core/cost/cost-elsewhere.ts';
import { fitUse } from '../../../lib/core/cost/fit-use.ts';
import type { FleetLoad, FunctionUse, MeasuredFleet } from '../../../lib/core/cost/measured-fleet.ts';
import { functionUses } from '../../../lib/core/cost/measured-fleet.ts';
import { monthlyCost } from '../../../lib/core/cost/monthly-cost.ts';

const usual = { taskTypes: 1, tasksPerMin: 2, agentsPerHost: 25, batchAgents: 25, flushS: 60 };
const nothing = Object.fromEntries(functionUses.map((use) => [use, 0])) as unknown as FunctionUse;

/** Three write units, 100 ms of CPU and a wait a minute, and a hundredth of a unit an agent; 2 units a request. */
function fleetOf(load: FleetLoad, requests: number): MeasuredFleet {
  const analyze = {
    ...nothing,
    invocations: 1,
    cpuMs: 100,
    waits: 1,
    stateWriteUnits: 1,
    rollupsWriteUnits: 2 + load.agents / 100,
  };
  const ingest = { ...nothing, invocations: requests, rollupsWriteUnits: 2 * requests };
  return {
    ...{ load, minutes: 60, untilMonday: false },
    perMinute: { requests, requestBytes: 0, events: load.agents * 5, functions: { Analyze: analyze, Ingest: ingest } },
    stored: { expiringBytesPerMinute: 0, steadyBytes: 1024 ** 3, lastingBytes: 0 },
  };
}

const fleets = [
  fleetOf({ ...usual, agents: 0 }, 0),
  fleetOf({ ...usual, agents: 100 }, 8),
  fleetOf({ ...usual, agents: 1_000 }, 30),
];
const resources: BilledResources = {
  ...billedByDefault.prod,
  functions: { Analyze: { memoryMb: 1_769, isTraced: true }, Ingest: { memoryMb: 512, isTraced: false } },
  alarmMetrics: 4,
};
const costOf = (agents: number) =>
  monthlyCost({ load: { ...usual, agents }, resources, measured: { fleets, customMetrics: 0 } });
const usdOf = (agents: number, item: string) => costOf(agents).lines.find((line) => line.item === item)?.usd ?? 0;

test('an idle environment costs its fixed parts', () => {
  // By hand, for 43,800 minutes: 3 units at 0.625 a million; (100 ms + 10 ms) of 1,769 MB at 13.3334 a million GB-seconds.
  expect(usdOf(0, 'DynamoDB writes, Analyze')).toBeCloseTo((3 * 43_800 * 0.625) / 1e6, 6);
  expect(usdOf(0, 'Lambda Analyze, time')).toBeCloseTo((0.11 * (1_769 / 1_024) * 43_800 * 13.3334) / 1e6, 4);
  expect(usdOf(0, 'X-Ray traces, Analyze')).toBeCloseTo((43_800 * 5) / 1e6, 6);
  expect(usdOf(0, 'Alarms')).toBeCloseTo(0.4, 6);
  expect(usdOf(0, 'DynamoDB storage')).toBeCloseTo(0.25, 6);
  expect(usdOf(0, 'API Gateway')).toBe(0);
});

test('agents and requests are billed on top, also beyond the fleets that were measured', () => {
  expect(usdOf(10_000, 'DynamoDB writes, Analyze')).toBeCloseTo((103 * 43_800 * 0.625) / 1e6, 4);
  const { requestsPerMin } = costOf(10_000);
  expect(usdOf(10_000, 'API Gateway')).toBeCloseTo((requestsPerMin * 43_800) / 1e6, 6);
  expect(usdOf(10_000, 'DynamoDB writes, Ingest')).toBeCloseTo((2 * requestsPerMin * 43_800 * 0.625) / 1e6, 4);
});

test('the lines add up to the total', () => {
  const { lines, totalUsd } = costOf(1_000);
  expect(lines.reduce((sum, { usd }) => sum + usd, 0)).toBeCloseTo(totalUsd, 9);
});

test('what AWS gives every account is taken off beside the total, as far as it is used', () => {
  // By hand: 4 of 10 metrics of alarms at 0.10; 43,800 of 100,000 traces at 5 a million and of 14 million starts at 1 a million.
  const rich = monthlyCost({
    ...{ load: { ...usual, agents: 0 }, measured: { fleets, customMetrics: 13 } },
    resources: { ...resources, dashboards: 5, scheduled: ['Analyze'] },
  });
  expect(rich.allowances.map(({ price, quantity }) => [price, Math.round(quantity)])).toEqual([
    ['alarmMetrics', 4],
    ['dashboards', 3],
    ['customMetrics', 10],
    ['traces', 43_800],
    ['schedulerInvocations', 43_800],
  ]);
  expect(rich.toPayUsd).toBeCloseTo(rich.totalUsd - 0.4 - 9 - 3 - 0.219 - 0.0438, 4);
  expect(rich.lines.reduce((sum, { usd }) => sum + usd, 0)).toBeCloseTo(rich.totalUsd, 9);
});

test('traces of several functions share one allowance', () => {
  const isTraced = { memoryMb: 512, isTraced: true };
  const cost = monthlyCost({
    ...{ load: { ...usual, agents: 10_000 }, measured: { fleets, customMetrics: 0 } },
    resources: { ...resources, functions: { Analyze: isTraced, Ingest: isTraced } },
  });
  expect(cost.allowances.find(({ price }) => price === 'traces')).toEqual({
    ...{ price: 'traces', quantity: 100_000 },
    usd: expect.closeTo(-0.5, 9),
  });
});

test('the canary reports once and reads twice a run, beside the fleet and however large that is', () => {
  const watched = fleets.map(({ perMinute: { functions, ...others }, ...fleet }) => {
    const { Ingest: ingest = nothing } = functions;
    const Canary = { ...nothing, invocations: 0.2 };
    const Ingest = {
      ...ingest,
      invocations: ingest.invocations + 0.2,
      rollupsWriteUnits: ingest.rollupsWriteUnits + 1,
    };
    return { ...fleet, perMinute: { ...others, functions: { ...functions, Canary, Ingest } } };
  });
  const costWith = (agents: number, seen: MeasuredFleet[]) =>
    monthlyCost({ load: { ...usual, agents }, resources, measured: { fleets: seen, customMetrics: 0 } });
  for (const agents of [0, 10_000]) {
    const [alone, beside] = [costWith(agents, fleets), costWith(agents, watched)];
    const more = (item: string) => {
      const [before = 0, after = 0] = [alone, beside].map(
        ({ lines }) => lines.find((line) => line.item === item)?.quantity ?? 0,
      );
      return after - before;
    };
    expect(more('API Gateway')).toBeCloseTo(0.6 * 43_800, 0);
    expect(more('DynamoDB writes, Ingest')).toBeCloseTo(43_800, -2);
  }
});

test('a fit has no negative parts: nothing gets cheaper by more work', () => {
  const falling = [fleetOf({ ...usual, agents: 0 }, 0), fleetOf({ ...usual, agents: 1_000 }, 30)];
  const analyze = falling[1]?.perMinute.functions['Analyze'];
  if (analyze) analyze.cpuMs = 50;
  const at = (agents: number) =>
    fitUse(falling).functions({ load: { ...usual, agents }, requests: 0, events: 0 })['Analyze']?.cpuMs ?? Number.NaN;
  expect(at(100_000)).toBeGreaterThanOrEqual(at(0));
});

test('the same fleet elsewhere costs what their tiers say', () => {
  // 300,000 metrics; 10,000 agents with one task a minute are 438 million units. By hand: reference values 29,500, 15,000 and 26,611.
  const [cloudWatch, datadog, langfuse] = costElsewhere({ ...usual, agents: 10_000, tasksPerMin: 1 });
  expect(cloudWatch?.usd).toBeCloseTo(29_500, 6);
  expect(datadog?.usd).toBeCloseTo(15_000, 6);
  expect(langfuse?.usd).toBeCloseTo(29 + 72 + 630 + 2_600 + 388 * 60, 6);
});
