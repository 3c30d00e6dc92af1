import { expect, inject, test } from 'vitest';
import { measureFleet } from '../../bench/cost/measure-fleet.ts';
import { fitUse } from '../../lib/core/cost/fit-use.ts';
import { measured } from '../../lib/core/cost/measured.ts';
import type { FunctionUse } from '../../lib/core/cost/measured-fleet.ts';

const load = { agents: 100, taskTypes: 1, tasksPerMin: 2, agentsPerHost: 25, batchAgents: 25, flushS: 60 };

/** Not more than so many times apart; a minute or two by themselves are above or below what an hour comes to. */
const FACTOR = 2;

test(`what a small fleet takes beyond an idle environment is what the formulas of cost say of it, within a factor of ${FACTOR}: else run \`npm run bench -- cost\` again`, async () => {
  // Four minutes between two that history is written in, and between two quarters of an hour. The environment has no canary, that of the formulas has one.
  const options = { minutes: 4, assemblyDirectory: inject('assemblyDirectories').dynamodb };
  const idleLoad = { ...load, agents: 0 };
  const [run, idle] = [await measureFleet(load, options), await measureFleet(idleLoad, options)];
  const { requests, events, functions } = run.perMinute;
  const fitted = fitUse(measured.fleets);
  const expected = fitted.functions({ load, requests, events });
  const expectedIdle = fitted.functions({ load: idleLoad, requests: 0, events: 0 });
  const added = (name: string, of: (use: FunctionUse) => number) => {
    const amountIn = (functions: Record<string, FunctionUse>) => (functions[name] ? of(functions[name]) : 0);
    return {
      measuredNow: amountIn(functions) - amountIn(idle.perMinute.functions),
      byFormula: amountIn(expected) - amountIn(expectedIdle),
    };
  };
  for (const { measuredNow, byFormula } of [
    added('Ingest', ({ rollupsWriteUnits }) => rollupsWriteUnits),
    added('Ingest', ({ stateReadUnits }) => stateReadUnits),
    added('Ingest', ({ waits }) => waits),
    added('Analyze', ({ rollupsReadUnits, stateReadUnits }) => rollupsReadUnits + stateReadUnits),
    added('Analyze', ({ rollupsWriteUnits, stateWriteUnits }) => rollupsWriteUnits + stateWriteUnits),
  ]) {
    expect(measuredNow / byFormula).toBeGreaterThan(1 / FACTOR);
    expect(measuredNow / byFormula).toBeLessThan(FACTOR);
  }
});
