import { expect, test } from 'vitest';
import { fitUse } from '../../../lib/core/cost/fit-use.ts';
import { measured } from '../../../lib/core/cost/measured.ts';
import { type FunctionUse, functionUses, type MeasuredFleet } from '../../../lib/core/cost/measured-fleet.ts';

const usual = { taskTypes: 1, tasksPerMin: 2, agentsPerHost: 25, batchAgents: 25, flushS: 60 };

/** A fleet whose minute job writes 17 units, 0.2 for each agent, and half a unit for each of 1,024 items that has an agent. */
const writesOf = (agents: number) => 17 + 0.2 * agents + 0.5 * 1_024 * (1 - Math.exp(-agents / 1_024));

function fleetOf(agents: number, taskTypes = 1): MeasuredFleet {
  const none = Object.fromEntries(functionUses.map((use) => [use, 0])) as unknown as FunctionUse;
  const requests = agents / 25;
  const functions = {
    Analyze: { ...none, rollupsWriteUnits: writesOf(agents) },
    Ingest: { ...none, stateReadUnits: Math.min(requests, 60), rollupsWriteUnits: 2 * requests },
  };
  return {
    ...{ load: { ...usual, agents, taskTypes }, minutes: 60, untilMonday: false },
    perMinute: { requests, requestBytes: 4_000, events: 5 * agents, functions },
    stored: { expiringBytesPerMinute: 0, steadyBytes: 0, lastingBytes: 0 },
  };
}

const small = [0, 10, 100, 500, 1_000].map((agents) => fleetOf(agents));

function expected(fleets: readonly MeasuredFleet[], agents: number) {
  const { load, perMinute } = fleetOf(agents);
  const { Analyze, Ingest } = fitUse(fleets).functions({ load, ...perMinute });
  return { writes: Analyze?.rollupsWriteUnits ?? 0, readings: Ingest?.stateReadUnits ?? 0 };
}

test.each([300, 3_000, 10_000, 50_000])(
  'what grows no further from some size on is told of %i agents as well, within 10 %%, where a large fleet was measured',
  (agents) => {
    const { writes, readings } = expected([...small, fleetOf(10_000)], agents);
    expect(Math.abs(writes / writesOf(agents) - 1)).toBeLessThan(0.1);
    expect(Math.abs(readings / Math.min(agents / 25, 60) - 1)).toBeLessThan(0.1);
  },
);

test('from small fleets alone, nobody takes growth for ended: of large ones more is told than they take, not less', () => {
  const { writes, readings } = expected(small, 10_000);
  expect(writes).toBeGreaterThan(writesOf(10_000));
  expect(readings).toBeGreaterThan(60);
});

test.each(measured.fleets.map((fleet) => [fleet.load.agents, fleet.load.taskTypes, fleet] as const))(
  'the writes that were measured of %i agents with %i task types are told of them again, within 5 %%',
  (_agents, _types, { load, perMinute }) => {
    const told = fitUse(measured.fleets).functions({ load, ...perMinute });
    const writesOfAll = (functions: Record<string, FunctionUse>) =>
      ['Analyze', 'Ingest', 'Optimize'].reduce(
        (sum, name) => sum + (functions[name]?.stateWriteUnits ?? 0) + (functions[name]?.rollupsWriteUnits ?? 0),
        0,
      );
    expect(Math.abs(writesOfAll(told) / writesOfAll(perMinute.functions) - 1)).toBeLessThan(0.05);
  },
);
