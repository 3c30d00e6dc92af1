import { describe, expect, test } from 'vitest';
import { budgetedKpiIds, kpiBudget } from '../../../lib/core/kpi/registry.ts';
import { actionClassNames, modes } from '../../../lib/core/remediate/action-class.ts';
import { modes as pageModes } from '../../../lib/dashboard/settings/answers.ts';
import { budgetBody, budgetKpis } from '../../../lib/dashboard/settings/budget-kpis.ts';
import { changedFields } from '../../../lib/dashboard/settings/changed-fields.ts';
import { objectiveText } from '../../../lib/dashboard/settings/objective-text.ts';
import { actionWords, isPromotion, originText } from '../../../lib/dashboard/settings/policy-words.ts';
import { fillPool, namesIn, poolChange } from '../../../lib/dashboard/settings/pool-change.ts';

describe('the policy in words', () => {
  test('has the modes and the actions that there are', () => {
    expect(pageModes).toEqual(modes);
    expect(Object.keys(actionWords)).toEqual(actionClassNames);
  });
  test('a promotion gives more freedom', () => {
    expect([isPromotion('observe', 'auto'), isPromotion('auto', 'approve'), isPromotion('auto', 'auto')]).toEqual([
      true,
      false,
      false,
    ]);
  });
  test('tells who set something and when', () => {
    const now = Date.parse('2026-11-24T12:00:00Z');
    expect(originText('admin (preset), 2026-11-24T10:32:00.000Z', now)).toBe('admin (preset), 10:32 UTC');
    expect(originText('environment', now)).toBe('environment');
  });
});

describe('the change of a pool', () => {
  const before = fillPool({ min: 2, max: 10, lendsTo: ['a', 'b'] });
  test('has what is new, and null for what is gone', () => {
    expect(poolChange(before, { ...before, min: '3', max: '', lendsTo: 'a,c  d', backupPool: 'spare' })).toEqual({
      min: 3,
      max: null,
      lendsTo: ['a', 'c', 'd'],
      backupPool: 'spare',
    });
    expect(poolChange(before, before)).toEqual({});
  });
  test('reads JSON, and says what is none', () => {
    expect(poolChange(before, { ...before, tunable: '{"batch": {"least": 1, "most": 4}}' })).toEqual({
      tunable: { batch: { least: 1, most: 4 } },
    });
    expect(() => poolChange(before, { ...before, ladder: '[' })).toThrow(/^ladder is no JSON/);
  });
  test('names are what stands between commas and spaces', () => {
    expect(namesIn(' a, b ,,c ')).toEqual(['a', 'b', 'c']);
  });
});

describe('a budget', () => {
  test('can be had of the KPIs that the API has budgets for, counted the same way', () => {
    for (const id of budgetedKpiIds) {
      if (budgetKpis[id] === undefined) continue;
      const { of, limitUnit } = kpiBudget(id);
      expect(budgetKpis[id], id).toMatchObject({ of, ...(limitUnit === undefined ? {} : { limitUnit }) });
    }
    expect(Object.keys(budgetKpis).filter((id) => !budgetedKpiIds.some((known) => known === id))).toEqual([]);
    expect(budgetedKpiIds.filter((id) => budgetKpis[id] === undefined)).toEqual([]);
  });
  test('is sent as a share of 1, and with its limit in ms', () => {
    const filled = { name: 'n', scope: 'fleet', period: '7d', owner: '', objective: '99.9', limit: '2.5' };
    expect(budgetBody({ ...filled, kpi: 'average_response_time' })).toEqual({
      kpi: 'average_response_time',
      scope: 'fleet',
      period: '7d',
      objective: 0.999,
      limit: 2_500,
    });
    expect(budgetBody({ ...filled, kpi: 'error_ratio' })).not.toHaveProperty('limit');
    expect(budgetBody({ ...filled, kpi: 'cost_per_task', limit: '500' })).toEqual({
      kpi: 'cost_per_task',
      scope: 'fleet',
      period: '7d',
      limit: 500,
    });
  });
  test.each([
    [{ kpi: 'average_response_time', objective: 0.99, limit: 2_000 }, '99 % within 2.00 s'],
    [{ kpi: 'error_ratio', objective: 0.9995, limit: null }, '99.95 %'],
    [{ kpi: 'cost_per_task', objective: null, limit: 500 }, '$500'],
  ])('%o reads as %s', (budget, text) => {
    expect(objectiveText(budget).replaceAll('\u00a0', ' ')).toBe(text);
  });
});

test('the audit tells each field that changed', () => {
  expect(
    changedFields(
      { modes: { route: 'auto', scale: 'auto' }, gone: 1 },
      { modes: { route: 'approve', scale: 'auto' }, pools: ['a'], owner: null },
    ),
  ).toEqual(['modes.route auto → approve', 'gone 1 → gone', 'pools ["a"]']);
});
