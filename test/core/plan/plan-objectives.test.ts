import { describe, expect, test } from 'vitest';
import { planObjectives, usualObjective } from '../../../lib/core/plan/plan-objectives.ts';
import type { Budget } from '../../../lib/core/slo/budget.ts';

const budget = (more: Partial<Budget>): Budget => ({
  ...{ name: 'b', kpi: 'average_response_time', scope: { kind: 'fleet' }, objective: 0.9, period: '7d', limit: 5_000 },
  ...{ owner: null, updatedAtMs: 0, updatedBy: 'me', ...more },
});

describe('how a pool is to serve its tasks', () => {
  test('is the usual way where no budget says anything', () => {
    expect(planObjectives([]).ofPool('writers')).toEqual(usualObjective);
    expect(planObjectives([budget({ kpi: 'error_ratio', limit: null })]).ofPool('writers')).toEqual(usualObjective);
  });

  test('is what the budget of its response time says, else that of the fleet', () => {
    const { ofPool } = planObjectives([
      budget({}),
      budget({ scope: { kind: 'pool', id: 'writers' }, limit: 9_000, objective: 0.95 }),
    ]);
    expect(ofPool('writers')).toEqual({ kind: 'response-within', slaMs: 9_000, share: 0.95 });
    expect(ofPool('readers')).toEqual({ kind: 'response-within', slaMs: 5_000, share: 0.9 });
  });

  test('of two budgets is the stricter', () => {
    const { ofPool } = planObjectives([
      budget({}),
      budget({ limit: 2_000 }),
      budget({ limit: 2_000, objective: 0.99 }),
    ]);
    expect(ofPool('writers')).toEqual({ kind: 'response-within', slaMs: 2_000, share: 0.99 });
  });
});

test('an amount that the fleet may spend is spread over its period; that of a pool is no limit of the fleet', () => {
  const spending = (limit: number, period: string, scope: Budget['scope'] = { kind: 'fleet' }) =>
    budget({ kpi: 'cost_per_task', objective: null, limit, period, scope });
  expect(planObjectives([spending(240, '1d'), spending(700, '7d')]).budgetUsdPerHour).toBeCloseTo(700 / 168, 9);
  expect(planObjectives([spending(1, '1d', { kind: 'pool', id: 'writers' })]).budgetUsdPerHour).toBeNull();
});
