import { expect, test } from 'vitest';
import { billedByDefault } from '../../../lib/core/cost/billed-by-default.ts';
import type { BilledResources } from '../../../lib/core/cost/billed-resources.ts';
import {
  type FleetLoad,
  type FunctionUse,
  functionUses,
  type MeasuredFleet,
} from '../../../lib/core/cost/measured-fleet.ts';
import { monthlyCost } from '../../../lib/core/cost/monthly-cost.ts';
import { provisionedInstead } from '../../../lib/core/cost/provisioned-instead.ts';
import { burstUnits, capacityFor, provisionedUnits, steadyUnits } from '../../../lib/core/cost/table-capacity.ts';

const usual = { taskTypes: 1, tasksPerMin: 2, agentsPerHost: 25, batchAgents: 25, flushS: 60 };
const nothing = Object.fromEntries(functionUses.map((use) => [use, 0])) as unknown as FunctionUse;

/** A minute job of 0.6 write units an agent on Rollups and 0.06 on State, and a job of the hour that reads 6 units an agent of Rollups. */
function fleetOf(load: FleetLoad): MeasuredFleet {
  const { agents } = load;
  const analyze = { ...nothing, invocations: 1, stateWriteUnits: 0.06 * agents, rollupsWriteUnits: 0.6 * agents };
  const optimize = { ...nothing, invocations: 1 / 60, rollupsReadUnits: 0.1 * agents };
  return {
    ...{ load, minutes: 60, untilMonday: false },
    perMinute: { requests: 0, requestBytes: 0, events: 0, functions: { Analyze: analyze, Optimize: optimize } },
    stored: { expiringBytesPerMinute: 0, steadyBytes: 0, lastingBytes: 0 },
  };
}

const measured = {
  fleets: [0, 100, 1_000].map((agents) => fleetOf({ ...usual, agents })),
  customMetrics: 0,
};
const onDemand: BilledResources = {
  ...billedByDefault.prod,
  functions: { Analyze: { memoryMb: 1_024, isTraced: false }, Optimize: { memoryMb: 1_024, isTraced: false } },
  ...{ scheduled: ['Analyze', 'Optimize'], alarmMetrics: 0, metricFilters: 0 },
};
const table = (write: [number, number], read: [number, number], targetUtilization = 0.7) => ({
  ...{ write: { min: write[0], max: write[1] }, read: { min: read[0], max: read[1] } },
  targetUtilization,
});
const provisioned: BilledResources = {
  ...onDemand,
  provisionedTables: { State: table([3, 9], [1, 3]), Rollups: table([20, 400], [200, 600]) },
};
const inputOf = (agents: number, resources: BilledResources) => ({ load: { ...usual, agents }, resources, measured });
const costOf = (agents: number, resources: BilledResources) => monthlyCost(inputOf(agents, resources));
const quantities = (agents: number, resources: BilledResources) =>
  Object.fromEntries(
    costOf(agents, resources)
      .lines.filter(({ item }) => item.startsWith('DynamoDB') || item.startsWith('Alarms'))
      .map(({ item, quantity }) => [item, Math.round(quantity)]),
  );

test('units are whole and never less than what is needed', () => {
  expect(steadyUnits(70, 0.7)).toBe(100);
  expect(steadyUnits(70.1, 0.7)).toBe(101);
  expect(burstUnits(90_000)).toBe(300);
  expect(burstUnits(90_001)).toBe(301);
  expect(capacityFor({ perSecond: 0, atOnce: 0 })).toEqual({ min: 1, max: 3 });
  expect(capacityFor({ perSecond: 70, atOnce: 4_200 })).toEqual({ min: 100, max: 300 });
  expect(capacityFor({ perSecond: 7, atOnce: 4_200 })).toEqual({ min: 14, max: 42 });
});

test.each([
  { perSecond: 0, units: 5, because: 'there is no less than min' },
  { perSecond: 7, units: 10, because: 'it follows the load' },
  { perSecond: 700, units: 80, because: 'there is no more than max' },
])('$perSecond units a second make auto scaling rest at $units, as $because', ({ perSecond, units }) => {
  expect(provisionedUnits(perSecond, { min: 5, max: 80 }, 0.7)).toBe(units);
});

test('provisioned tables are billed by the hour for what they have, with four alarms for each of writes and reads', () => {
  // By hand, 10,000 agents: 600 and 6,000 write units a minute are 10 and 100 a second, at 0.7 14.3 and 142.9; 16.7 read units are below min.
  expect(quantities(10_000, provisioned)).toEqual({
    'DynamoDB write capacity, State': 9 * 730,
    'DynamoDB read capacity, State': 730,
    'DynamoDB write capacity, Rollups': 143 * 730,
    'DynamoDB read capacity, Rollups': 200 * 730,
    'Alarms of auto scaling': 16,
  });
  const { lines, totalUsd } = costOf(10_000, provisioned);
  const usd = (9 + 143) * 730 * 0.000_65 + 201 * 730 * 0.000_13 + 1.6;
  const ofTables = lines.filter(({ item }) => item.startsWith('DynamoDB') || item.startsWith('Alarms'));
  expect(ofTables.reduce((sum, line) => sum + line.usd, 0)).toBeCloseTo(usd, 6);
  expect(lines.reduce((sum, line) => sum + line.usd, 0)).toBeCloseTo(totalUsd, 9);
});

test('on demand they are billed by the request, without alarms of auto scaling, and nothing is short', () => {
  expect(quantities(10_000, onDemand)).toEqual({
    'DynamoDB writes, Analyze': 6_600 * 43_800,
    'DynamoDB reads, Optimize': 1_000 * 43_800,
  });
  expect(costOf(10_000, onDemand).shortages).toEqual([]);
});

test('where one table has capacity of its own, the other is billed by the request', () => {
  const mixed = { ...onDemand, provisionedTables: { State: table([3, 9], [1, 3]) } };
  expect(quantities(10_000, mixed)).toEqual({
    'DynamoDB writes, Analyze': 6_000 * 43_800,
    'DynamoDB reads, Optimize': 1_000 * 43_800,
    'DynamoDB write capacity, State': 9 * 730,
    'DynamoDB read capacity, State': 730,
    'Alarms of auto scaling': 8,
  });
});

test('a bound that is too low is told, with what it should be', () => {
  // State needs 14.3 write units a second; the job of the hour reads 60,000 units at once, which are 300 seconds of 200.
  const ofState = { table: 'State', access: 'write', raise: 'max', to: 15, from: 9 };
  expect(costOf(10_000, provisioned).shortages).toEqual([ofState]);
  const low = {
    ...provisioned,
    provisionedTables: { ...provisioned.provisionedTables, Rollups: table([20, 400], [199, 600]) },
  };
  expect(costOf(10_000, low).shortages).toEqual([
    ofState,
    { table: 'Rollups', access: 'read', raise: 'min', to: 200, from: 199 },
  ]);
});

test('more agents never cost less, and what is provisioned never costs less than its lower bounds', () => {
  const least = (3 + 20) * 730 * 0.000_65 + (1 + 200) * 730 * 0.000_13 + 1.6;
  for (const resources of [onDemand, provisioned]) {
    let before = 0;
    for (const agents of [0, 1, 10, 100, 1_000, 3_000, 10_000, 30_000, 100_000]) {
      const { totalUsd } = costOf(agents, resources);
      expect(totalUsd).toBeGreaterThanOrEqual(before);
      if (resources === provisioned) expect(totalUsd).toBeGreaterThanOrEqual(least);
      before = totalUsd;
    }
  }
});

test('a fleet that is large enough is told what it would cost with capacity of its own, and what to write', () => {
  // As above, with 1 read unit on State, which nobody reads; the reads of Rollups by what comes at once, 60,000 ÷ 300.
  const instead = provisionedInstead(inputOf(10_000, onDemand));
  expect(instead?.tableCapacity).toEqual({
    state: { write: { min: 15, max: 45 }, read: { min: 1, max: 3 } },
    rollups: { write: { min: 143, max: 429 }, read: { min: 200, max: 600 } },
  });
  const written = {
    ...onDemand,
    provisionedTables: { State: table([15, 45], [1, 3]), Rollups: table([143, 429], [200, 600]) },
  };
  const [busy, idle] = [costOf(10_000, written), costOf(0, written)];
  expect(busy.shortages).toEqual([]);
  expect(instead).toMatchObject({ totalUsd: busy.totalUsd, toPayUsd: busy.toPayUsd });
  expect(instead?.idle).toEqual({ totalUsd: idle.totalUsd, toPayUsd: idle.toPayUsd });
  expect(busy.totalUsd).toBeLessThan(costOf(10_000, onDemand).totalUsd);
});

test('nothing is proposed that is no cheaper, nor to tables that have capacity of their own already', () => {
  expect(provisionedInstead(inputOf(0, onDemand))).toBeUndefined();
  expect(provisionedInstead(inputOf(10, onDemand))).toBeUndefined();
  expect(provisionedInstead(inputOf(10_000, provisioned))).toBeUndefined();
});

test('25 units of each around the clock are what every account gets', () => {
  const { allowances } = costOf(10_000, provisioned);
  expect(allowances).toContainEqual({
    price: 'writeCapacityHours',
    quantity: 18_250,
    usd: expect.closeTo(-11.8625, 6),
  });
  expect(allowances).toContainEqual({ price: 'readCapacityHours', quantity: 18_250, usd: expect.closeTo(-2.3725, 6) });
});
