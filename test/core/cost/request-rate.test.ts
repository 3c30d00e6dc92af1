import { describe, expect, test } from 'vitest';
import { ReportingFleet } from '../../../bench/cost/reporting-fleet.ts';
import type { FleetLoad } from '../../../lib/core/cost/measured-fleet.ts';
import { hostEvents } from '../../../lib/core/cost/monthly-cost.ts';
import { requestRate } from '../../../lib/core/cost/request-rate.ts';

const MINUTE_MS = 60_000;

test('an agent alone sends every flush interval after its first event', () => {
  const load = { agents: 1, agentsPerHost: 1, batchAgents: 25, flushS: 60 };
  // The first event comes 12 s after the batch before, on average.
  expect(requestRate(load, { perAgentMin: 5, urgentPerAgentMin: 0 })).toBeCloseTo(60 / 72, 6);
});

test('urgent events end a wait as a Poisson process does', () => {
  const load = { agents: 100, agentsPerHost: 100, batchAgents: 1_000, flushS: 60 };
  const [events, urgent] = [1_000, 0.04];
  // By hand: the integral of exp(-u t) over the flush interval, with 4 a minute: 15 (1 - exp(-4)) s.
  const waitS = 15 * (1 - Math.exp(-4));
  expect(requestRate(load, { perAgentMin: events, urgentPerAgentMin: urgent })).toBeCloseTo(60 / waitS, 1);
});

test('a host with as many agents as a batch waits for the flush, and one with an agent more does not', () => {
  const load = { agentsPerHost: 10_000, batchAgents: 25, flushS: 60 };
  const of = (agents: number) => requestRate({ ...load, agents }, { perAgentMin: 5, urgentPerAgentMin: 0 });
  // The first event comes 12 s ÷ 25 after the batch before.
  expect(of(25)).toBeCloseTo(60 / 60.48, 6);
  expect(of(26)).toBeGreaterThan(1.2);
});

test('a batch of one agent goes out with the first event of another', () => {
  const load = { agents: 10, agentsPerHost: 10, batchAgents: 1, flushS: 60 };
  // Ten agents with six events a minute each. By hand: the mean wait is the integral of (1 - t ÷ 60)^54 over a minute.
  expect(requestRate(load, { perAgentMin: 6, urgentPerAgentMin: 0 })).toBeCloseTo(60 / (60 / 55 + 1), 1);
});

test('nobody sends nothing', () => {
  const load = { agents: 0, agentsPerHost: 25, batchAgents: 25, flushS: 60 };
  expect(requestRate(load, { perAgentMin: 5, urgentPerAgentMin: 0.04 })).toBe(0);
});

describe('the client sends as often as the formula says, within a sixth', () => {
  test.each<FleetLoad>([
    { agents: 50, taskTypes: 1, tasksPerMin: 2, agentsPerHost: 25, batchAgents: 25, flushS: 60 },
    { agents: 50, taskTypes: 3, tasksPerMin: 2, agentsPerHost: 25, batchAgents: 25, flushS: 60 },
    { agents: 20, taskTypes: 1, tasksPerMin: 2, agentsPerHost: 1, batchAgents: 25, flushS: 10 },
    { agents: 50, taskTypes: 1, tasksPerMin: 2, agentsPerHost: 25, batchAgents: 25, flushS: 10 },
    { agents: 100, taskTypes: 1, tasksPerMin: 2, agentsPerHost: 100, batchAgents: 25, flushS: 60 },
  ])('$agentsPerHost agents of $taskTypes task types a host, batches of $batchAgents, $flushS s', async (load) => {
    let requests = 0;
    const send = async () => {
      requests += 1;
      return { status: 202, text: '{"accepted":0,"rejected":[]}' };
    };
    const fleet = new ReportingFleet(load, { fromMs: 0, seed: 7, send });
    await fleet.liveUntil(3 * MINUTE_MS);
    requests = 0;
    await fleet.liveUntil(15 * MINUTE_MS);
    const ratio = requests / 12 / requestRate(load, hostEvents(load));
    expect(ratio).toBeGreaterThan(5 / 6);
    expect(ratio).toBeLessThan(7 / 6);
  });
});
