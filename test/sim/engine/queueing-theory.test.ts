import { describe, expect, test } from 'vitest';
import { averageSpeedOfAnswer, erlangC } from '../../../lib/core/queueing/erlang.ts';
import { analyzeNetwork, type Station } from '../../../lib/core/queueing/mean-value-analysis.ts';
import { Simulation } from '../../../lib/sim/engine/simulation.ts';
import { centralQueue } from '../../../lib/sim/policies/central-queue.ts';
import { createRandom } from '../../../lib/sim/random.ts';
import type { WorkflowStep } from '../../../lib/sim/scenario/scenario.ts';
import { type Estimate, estimateMean } from '../../fixtures/batch-means.ts';
import { poisson, pool, scenario, taskType, twoPools } from '../../fixtures/sim-scenarios.ts';

// What the engine must agree with: exact results of queueing theory. A run is as long as it takes for the 95 %
// confidence interval (batch means; controls: mean service and mean gap) to lie within ± 3 %, and the test says so. `npm run bench -- queueing`
// takes more servers, and longer.

const S = 1e6;

interface Setting {
  servers: number;
  load: number;
  arrivals: number;
  /** One agent with so many slots, or so many agents with one. */
  as: 'agents' | 'slots';
}

/** Mean wait and share that waits, in units of the mean service time (1 s). */
function simulateQueue(
  { servers, load, arrivals, as }: Setting,
  seed: number,
): { wait: Estimate; waitShare: Estimate } {
  const minutes = Math.ceil(arrivals / load / 60);
  const batchCount = 60;
  const size = Math.floor((minutes * load * 60) / (batchCount + 2));
  const batches: { wait: number; waits: number; service: number; gap: number; count: number }[] = [];
  let next = 1;
  let lastQueuedAt = 0;
  const take = (queuedAt: number, wait: number, service: number) => {
    const index = Math.floor((next - 1) / size) - 1; // the first batch warms up
    next += 1;
    const gap = queuedAt - lastQueuedAt;
    lastQueuedAt = queuedAt;
    if (index < 0 || index >= batchCount) return;
    const batch = batches[index] ?? { wait: 0, waits: 0, service: 0, gap: 0, count: 0 };
    batches[index] = batch;
    batch.wait += wait / S;
    batch.waits += wait > 0 ? 1 : 0;
    batch.service += service / S;
    batch.gap += gap / S;
    batch.count += 1;
  };
  const pending = new Map<number, [number, number, number]>();
  new Simulation({
    scenario: scenario({
      minutes,
      pools: [pool({ pool: 'p', agents: as === 'agents' ? servers : 1, slots: as === 'agents' ? 1 : servers })],
      taskTypes: [taskType({ taskType: 't', pool: 'p', timeoutS: 100_000 })],
      arrivals: poisson(load * 60),
    }),
    seed,
    policy: centralQueue,
    sinks: [
      {
        // In the order of arrival, so that a batch's controls are of its own tasks.
        onAttemptEnded: ({ queuedAt, startedAt, endedAt, order }) => {
          pending.set(order, [queuedAt, (startedAt ?? 0) - queuedAt, (endedAt ?? 0) - (startedAt ?? 0)]);
          for (let first = pending.get(next); first; first = pending.get(next)) {
            pending.delete(next);
            take(...first);
          }
        },
      },
    ],
  }).run();
  expect(batches).toHaveLength(batchCount);
  const of = (figure: (batch: (typeof batches)[number]) => number) =>
    estimateMean(
      batches.map((batch) => ({
        figure: figure(batch) / batch.count,
        controls: [batch.service / batch.count - 1, batch.gap / batch.count - 1 / load],
      })),
    );
  return { wait: of(({ wait }) => wait), waitShare: of(({ waits }) => waits) };
}

describe('M/M/N with one queue waits as Erlang C says, within 3 %', () => {
  test.each<Setting>([
    { servers: 1, load: 0.5, arrivals: 150_000, as: 'agents' },
    { servers: 1, load: 0.7, arrivals: 380_000, as: 'slots' },
    { servers: 2, load: 1.2, arrivals: 210_000, as: 'agents' },
    { servers: 3, load: 2.1, arrivals: 400_000, as: 'agents' },
    { servers: 5, load: 3.5, arrivals: 560_000, as: 'slots' },
  ])(
    '$servers servers as $as, $load erlangs, $arrivals arrivals',
    (setting) => {
      const { wait, waitShare } = simulateQueue(setting, setting.servers);
      const exact = averageSpeedOfAnswer(setting.servers, setting.load, 1);
      const exactShare = erlangC(setting.servers, setting.load);
      expect(wait.halfWidth / exact).toBeLessThan(0.03);
      expect(Math.abs(wait.mean / exact - 1)).toBeLessThan(0.03);
      expect(Math.abs(waitShare.mean / exactShare - 1)).toBeLessThan(0.03);
    },
    120_000,
  );
});

test("Little's law N = X·R and the utilization law U = X·S hold on every pool of a workflow with repetitions", () => {
  const length = 600;
  const twice = twoPools([], { minutes: length });
  const workflows = twice.workflows.map((workflow) => ({
    ...workflow,
    steps: workflow.steps.map((step, index) => (index === 1 ? { ...step, repeatShare: 0.3 } : step)),
  }));
  // Of time: what is there and at work, sampled each minute; of tasks: how many, how long. Two ways to one figure.
  const sums = new Map(twice.pools.map((it) => [it.pool, { attempts: 0, responseUs: 0, serviceUs: 0 }]));
  const result = new Simulation({
    scenario: { ...twice, workflows, arrivals: poisson(50) },
    seed: 3,
    policy: centralQueue,
    sinks: [
      {
        onAttemptEnded: ({ task, queuedAt, startedAt, endedAt }) => {
          const sum = sums.get(task.type.pool);
          if (!sum || endedAt === null) return;
          sum.attempts += 1;
          sum.responseUs += endedAt - queuedAt;
          sum.serviceUs += endedAt - (startedAt ?? endedAt);
        },
      },
    ],
  }).run();
  for (const [name, rows] of result.pools) {
    const sum = sums.get(name);
    const throughput = (sum?.attempts ?? 0) / (length * 60);
    const [response, service] = [
      (sum?.responseUs ?? 0) / (sum?.attempts ?? 1) / S,
      (sum?.serviceUs ?? 0) / (sum?.attempts ?? 1) / S,
    ];
    const present = rows.reduce((total, { queued, running }) => total + queued + running, 0) / length;
    const busy = (rows.reduce((total, { busySlotHours }) => total + busySlotHours, 0) * 60) / length;
    expect(busy, name).toBeGreaterThan(1);
    // Exact but for the attempts that are open at the end.
    expect(Math.abs(busy / (throughput * service) - 1), `U = XS of ${name}`).toBeLessThan(0.002);
    // 600 samples of the number present: sd about a fifth of the mean, correlated over a minute or so.
    expect(Math.abs(present / (throughput * response) - 1), `N = XR of ${name}`).toBeLessThan(0.05);
  }
});

describe('closed networks of exponential stations have the throughput of exact mean value analysis, within 3 %', () => {
  test.each(Array.from({ length: 20 }, (_, index) => index + 1))('random network %i', (seed) => {
    const random = createRandom(seed, 'network');
    const customers = 2 + random.int(14);
    const thinkS = random.uniform(1, 10);
    const stations = Array.from({ length: 2 + random.int(3) }, (_, index) => ({
      name: `s${index + 1}`,
      serviceTime: random.uniform(0.3, 3),
      servers: 1 + random.int(4),
      // Visits are geometric: a step is repeated with this probability.
      repeatShare: random.int(2) * random.uniform(0.1, 0.6),
    }));
    const network: Station[] = [
      { visits: 1, serviceTime: thinkS, servers: 'delay' },
      ...stations.map(({ serviceTime, servers, repeatShare }) => ({
        visits: 1 / (1 - repeatShare),
        serviceTime,
        servers,
      })),
    ];
    const exact = analyzeNetwork(network, customers);
    const minutes = Math.ceil(60_000 / exact.throughput / 60);
    const result = new Simulation({
      scenario: scenario({
        minutes,
        pools: stations.map(({ name, servers }) => pool({ pool: name, agents: servers })),
        taskTypes: stations.map(({ name, serviceTime: meanS }) =>
          taskType({ taskType: name, pool: name, service: { kind: 'exponential', meanS }, timeoutS: 100_000 }),
        ),
        workflows: [
          {
            workflowType: 'cycle',
            weight: 1,
            slaS: 1_000,
            steps: stations.map(
              ({ name, repeatShare }, index): WorkflowStep => ({
                step: name,
                taskType: name,
                after: index === 0 ? [] : [stations[index - 1]?.name ?? ''],
                repeatShare,
              }),
            ),
          },
        ],
        arrivals: { kind: 'closed', customers, thinkS },
      }),
      seed,
      policy: centralQueue,
    }).run();
    const completed = result.workflows.reduce((sum, row) => sum + row.completed, 0);
    expect(Math.abs(completed / (minutes * 60) / exact.throughput - 1)).toBeLessThan(0.03);
    for (const [index, { name }] of stations.entries()) {
      const rows = result.pools.get(name) ?? [];
      const busy =
        rows.reduce((sum, { busySlotHours }) => sum + busySlotHours, 0) /
        ((minutes / 60) * (stations[index]?.servers ?? 1));
      expect(Math.abs(busy / (exact.stations[index + 1]?.utilization ?? 0) - 1), name).toBeLessThan(0.03);
      const responses = rows.flatMap(({ responseMs }) => responseMs);
      const mean = responses.reduce((sum, ms) => sum + ms, 0) / responses.length / 1_000;
      expect(Math.abs(mean / (exact.stations[index + 1]?.responseTime ?? 0) - 1), name).toBeLessThan(0.03);
    }
  });
});
