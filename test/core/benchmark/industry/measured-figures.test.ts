import { describe, expect, test } from 'vitest';
import { measuredFigures, metricsOf } from '../../../../lib/core/benchmark/industry/measured-figures.ts';
import { countObservation, emptyMetricRollup, type Observation } from '../../../../lib/core/kpi/metric-rollup.ts';
import { figuresWith } from '../../../fixtures/scope-figures.ts';

function observed(values: readonly number[], more: Partial<Observation> = {}) {
  const of: Omit<Observation, 'atMs' | 'value'> = {
    ...{ agent: '', pool: '', name: 'conversion_rate', unit: 'percent', kind: 'gauge', direction: 'higher', ...more },
  };
  const rollup = emptyMetricRollup(of);
  for (const value of values) countObservation(rollup, { ...of, atMs: 0, value });
  return rollup;
}

describe('measured figures', () => {
  test('are every statistic of each KPI that is known, with what it was computed from', () => {
    const figures = figuresWith({
      tasks: { completed: 18, failed: 2, csatCount: 20, csatMilli: 84_000, csatGood: 17 },
      responsesMs: [100, 100, 100, 300],
    });
    const { values, unmeasured } = measuredFigures('fleet', figures, []);
    expect(values).toEqual(
      expect.arrayContaining([
        expect.objectContaining({ kpi: 'task_completion_rate', statistic: 'share', unit: 'ratio', value: 0.9, n: 20 }),
        expect.objectContaining({ kpi: 'average_response_time', statistic: 'mean', unit: 'ms', value: 150, n: 4 }),
        expect.objectContaining({ kpi: 'customer_satisfaction', statistic: 'mean', unit: 'points', value: 4.2, n: 20 }),
        expect.objectContaining({
          kpi: 'customer_satisfaction',
          statistic: 'share',
          unit: 'ratio',
          value: 0.85,
          n: 20,
        }),
      ]),
    );
    const ofLatency = values.filter((it) => 'kpi' in it && it.kpi === 'average_response_time');
    expect(ofLatency.map(({ statistic }) => statistic)).toEqual(['mean', 'median', 'p95', 'p99', 'p95 - median']);
    // Within 1 % of 300 - 100.
    expect(ofLatency[4]?.value).toBeGreaterThan(195);
    expect(ofLatency[4]?.value).toBeLessThan(205);
    expect(unmeasured).toContainEqual({
      name: 'service_level_agreement_compliance',
      reason: 'not measured: no task in the window had an slaMs',
    });
  });

  test('of custom metrics are the means of gauges over all agents, by unit', () => {
    const metrics = [
      observed([1, 2], { agent: 'a' }),
      observed([6], { agent: 'b' }),
      observed([0.5], { unit: 'ratio' }),
      observed([4], { kind: 'counter' }),
    ];
    const { values } = measuredFigures('fleet', figuresWith({}), metrics);
    expect(values.filter((it) => 'metric' in it)).toEqual([
      {
        ...{ metric: 'conversion_rate', statistic: 'mean', unit: 'percent', value: 3, n: 3 },
        ...{ minimumSample: 10, better: 'higher' },
      },
      expect.objectContaining({ unit: 'ratio', value: 0.5, n: 1 }),
    ]);
  });

  test('have a direction where any sender told one', () => {
    const metrics = [
      observed([1], { direction: 'none', agent: 'a' }),
      observed([1], { direction: 'lower', agent: 'b' }),
    ];
    const { values } = measuredFigures('fleet', figuresWith({}), metrics);
    expect(values.filter((it) => 'metric' in it)).toMatchObject([{ better: 'lower' }]);
  });

  test.each([
    ['the fleet', { kind: 'fleet' }, ['a', 'b', '']],
    ['a pool: of its agents and of itself', { kind: 'pool', id: 'writers' }, ['a', '']],
    ['an agent', { kind: 'agent', id: 'b' }, ['b']],
    ['a task type, which has none', { kind: 'taskType', id: 'a' }, []],
  ] as const)('are of %s', (_, scope, agents) => {
    const metrics = [observed([1], { agent: 'a' }), observed([1], { agent: 'b' }), observed([1], { pool: 'writers' })];
    const found = metricsOf(scope, metrics, (agent) => (agent === 'a' ? 'writers' : 'readers'));
    expect(found.map(({ agent }) => agent)).toEqual(agents);
  });

  test.each([
    [
      'a counter',
      observed([1], { kind: 'counter' }),
      'it is sent as a counter, of which there is no mean: send it as a gauge',
    ],
    [
      'without unit',
      observed([1], { unit: '' }),
      'it is sent without unit: send one, such as "percent", "ms" or "usd"',
    ],
    ['in a unit nobody knows', observed([1], { unit: 'parsec' }), 'its unit "parsec" is not known'],
    ['never observed', observed([]), 'not measured: no observation in the window'],
  ])('are not there of a metric that is %s, and why', (_, rollup, reason) => {
    const { unmeasured } = measuredFigures('fleet', figuresWith({}), [rollup]);
    expect(unmeasured.filter(({ name }) => name === 'conversion_rate')).toEqual([{ name: 'conversion_rate', reason }]);
  });
});
