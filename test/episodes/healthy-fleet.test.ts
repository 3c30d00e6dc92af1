import { describe, expect, test } from 'vitest';
import { episode, expectNotices } from '../fixtures/episode.ts';
import { poisson, poolSpec, scenarioWith, step, taskTypeSpec } from '../fixtures/scenario.ts';

// 60 agents in four pools with unlike work, without any fault: short tasks and long ones, failures and grades as usual.

const fleet = scenarioWith({
  minutes: 180,
  pools: [
    poolSpec('chat', { agents: 20, slots: 2, speedSpread: 0.2, team: 'assistant' }),
    poolSpec('code', { agents: 16, slots: 2, speedSpread: 0.2, team: 'tools' }),
    poolSpec('search', { agents: 12, slots: 2, speedSpread: 0.1, team: 'library' }),
    poolSpec('reports', { agents: 12, slots: 1, speedSpread: 0.1, team: 'editors' }),
  ],
  taskTypes: [
    taskTypeSpec('turn', 'chat', {
      ...{ service: { kind: 'lognormal', meanS: 12, cv: 1 }, timeoutS: 300, failureShare: 0.02, retries: 1 },
      quality: { mean: 0.8, sd: 0.15, gradedShare: 0.3 },
    }),
    taskTypeSpec('complete', 'code', {
      ...{ service: { kind: 'lognormal', meanS: 6, cv: 1.5 }, timeoutS: 300, failureShare: 0.05 },
    }),
    taskTypeSpec('find', 'search', { service: { kind: 'exponential', meanS: 5 }, timeoutS: 120, failureShare: 0.001 }),
    taskTypeSpec('write', 'reports', { service: { kind: 'lognormal', meanS: 60, cv: 0.8 }, timeoutS: 900 }),
  ],
  workflows: [
    { workflowType: 'turn', weight: 5, slaS: 60, steps: [step('turn', 'turn')] },
    { workflowType: 'complete', weight: 5, slaS: 60, steps: [step('complete', 'complete')] },
    { workflowType: 'find', weight: 4, slaS: 60, steps: [step('find', 'find')] },
    { workflowType: 'write', weight: 0.4, slaS: 600, steps: [step('write', 'write')] },
  ],
});

describe('nobody is told anything of three hours of a healthy fleet', () => {
  test.each([
    { name: 'at low load', arrivals: poisson(60), seed: 1 },
    { name: 'at high load', arrivals: poisson(330), seed: 3 },
    { name: 'in the morning', arrivals: poisson(150, { dailyAmplitude: 0.8, peakHour: 9 }), seed: 4 },
  ])('$name', async ({ arrivals, seed }) => {
    const { notices, product } = await episode({ ...fleet, arrivals }, { seed });
    // What is told of single agents has tests of its own.
    expectNotices({ notices: notices.filter(({ body }) => !isAboutAnAgent(body)) }, []);
    // Not even what another alert would explain.
    expect((await product.alerts()).filter((alert) => !isAboutAnAgent(alert))).toEqual([]);
  });
});

function isAboutAnAgent({ scope }: Record<string, unknown>): boolean {
  return (scope as { agent?: string }).agent !== undefined;
}
