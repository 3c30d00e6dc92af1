import { describe, expect, test } from 'vitest';
import { ReportingFleet } from '../../../bench/cost/reporting-fleet.ts';
import type { FleetLoad } from '../../../lib/core/cost/measured-fleet.ts';
import { hostEvents } from '../../../lib/core/cost/monthly-cost.ts';
import { requestRate } from '../../../lib/core/cost/request-rate.ts';

const MINUTE_MS = 60_000;

test('an agent alone sends every flush interval after its first event', () => {
  const load = { agents: 1, agentsPerHost: 1, batchAgents: 25, flushS: 60 };
  // The first event comes 12 s after the batch before, on average.
  expect(requestRate(load, { perAgentMin: 5, failedPerAgentMin: 0 })).toBeCloseTo(60 / 72, 6);
});

describe('failed tasks end a wait', () => {
  const load = { agents: 100, agentsPerHost: 100, batchAgents: 1_000, flushS: 60 };

  test('with the first, where fewer than one comes in three flush intervals', () => {
    // By hand: the integral of exp(-u t) over the flush interval, with a quarter a minute: 240 (1 - exp(-1/4)) s.
    const waitS = 240 * (1 - Math.exp(-0.25));
    expect(requestRate(load, { perAgentMin: 1_000, failedPerAgentMin: 0.0025 })).toBeCloseTo(60 / waitS, 3);
  });

  test('with the fourth, where one comes in each', () => {
    // By hand: a minute times the mean of min(N, 4), N of Poisson with mean 1: 1 - (1/120 + 2/720 + 3/5040 + 4/40320 + ...) / e = 0.99565.
    expect(requestRate(load, { perAgentMin: 1_000, failedPerAgentMin: 0.01 })).toBeCloseTo(1 / 0.99565, 3);
  });
});

test('thousands of failures in a flush interval are usual where they always come', () => {
  const load = { agents: 20_000, agentsPerHost: 20_000, batchAgents: 20_000, flushS: 60 };
  expect(requestRate(load, { perAgentMin: 5, failedPerAgentMin: 0.04 })).toBeCloseTo(1, 3);
});

test('a host with as many agents as a batch waits for the flush, and one with an agent more does not', () => {
  const load = { agentsPerHost: 10_000, batchAgents: 25, flushS: 60 };
  const of = (agents: number) => requestRate({ ...load, agents }, { perAgentMin: 5, failedPerAgentMin: 0 });
  // The first event comes 12 s ÷ 25 after the batch before.
  expect(of(25)).toBeCloseTo(60 / 60.48, 6);
  expect(of(26)).toBeGreaterThan(1.2);
});

test('a batch of one agent goes out with the first event of another', () => {
  const load = { agents: 10, agentsPerHost: 10, batchAgents: 1, flushS: 60 };
  // Ten agents with six events a minute each. By hand: the mean wait is the integral of (1 - t ÷ 60)^54 over a minute.
  expect(requestRate(load, { perAgentMin: 6, failedPerAgentMin: 0 })).toBeCloseTo(60 / (60 / 55 + 1), 1);
});

test('nobody sends nothing', () => {
  const load = { agents: 0, agentsPerHost: 25, batchAgents: 25, flushS: 60 };
  expect(requestRate(load, { perAgentMin: 5, failedPerAgentMin: 0.04 })).toBe(0);
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
    // Until clients have learnt how many failures are usual.
    await fleet.liveUntil(10 * MINUTE_MS);
    requests = 0;
    await fleet.liveUntil(40 * MINUTE_MS);
    const ratio = requests / 30 / requestRate(load, hostEvents(load));
    expect(ratio).toBeGreaterThan(5 / 6);
    expect(ratio).toBeLessThan(7 / 6);
  });
});
