import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { type ClassForecast, predictBottlenecks } from '../../../lib/core/capacity/predict-bottlenecks.ts';
import type { Station } from '../../../lib/core/capacity/station.ts';
import { type VisitRatios, visitRatios, visitsOfTaskTypes } from '../../../lib/core/capacity/visit-ratios.ts';
import type { WorkflowTask } from '../../../lib/core/workflow/workflow-task.ts';

const HOUR_MS = 3_600_000;

function pool(id: string, servers: number, demands: Record<string, number>, n = 1_000): Station {
  return {
    ...{
      kind: 'pool',
      id,
      agents: servers,
      servers,
      limit: 1,
      idle: 0,
      isQueue: true,
      arrivalCv: 1,
      measuredUtilization: 0.4,
    },
    demands: new Map(
      Object.entries(demands).map(([type, serviceMs]) => [type, { share: 1, serviceMs, serviceCv: 1, n }]),
    ),
  };
}

function rising(id: string, nowPerMin: number, times: readonly number[]): ClassForecast {
  const mean = times.map((it) => it * nowPerMin);
  const quantiles = new Map([
    [0.1, mean.map((it) => it * 0.8)],
    [0.9, mean.map((it) => it * 1.2)],
  ]);
  return { id, nowPerMin, forecast: { startMs: 0, stepMs: HOUR_MS, mean, quantiles } };
}

/** A request is drafted once, and edited twice. */
const visits: VisitRatios = new Map([
  [
    'request',
    new Map([
      ['draft', 1],
      ['edit', 2],
    ]),
  ],
  ['fix', new Map([['edit', 1]])],
]);
const drafters = pool('drafters', 10, { draft: 30_000 });
const editors = pool('editors', 4, { edit: 5_000 });

describe('what is full first', () => {
  test('is the pool with the largest demand for each of its slots: 10 requests a minute are half and 42 %', () => {
    const [first, second] = predictBottlenecks([editors, drafters], [rising('request', 10, [1, 1.5, 2, 2.5])], visits);
    // Drafters: 10 × 30 s ÷ (10 × 60 s) = 0.5; editors: 10 × 2 × 5 s ÷ (4 × 60 s) = 0.4167.
    expect(first).toMatchObject({
      ...{ rank: 1, kind: 'pool', id: 'drafters', servers: 10, utilization: 1.25, demandMs: 30_000, loadFactor: 2 },
      // Twice as much comes in the middle of the third hour; a fifth more than the mean is there 1.667 times as much.
      saturates: {
        atMs: 2.5 * HOUR_MS,
        earliestMs: expect.closeTo((0.5 + 1.3333) * HOUR_MS, -3),
        latestMs: null,
        reason: null,
      },
      ...{ waitMs: null, waitShare: 1 },
    });
    expect(second).toMatchObject({ rank: 2, id: 'editors', loadFactor: expect.closeTo(2.4, 6), demandMs: 10_000 });
    expect(first?.evidence).toEqual([
      '40 % of 10 slots of 10 agents was at work when it was measured; 125 % of 10 slots of 10 agents is asked for at the busiest step, when 2.5 times as much arrives as now',
      'full at 2 times what arrives now, with the mix of then',
      '25 tasks a minute of 30 s each (CV 1.00)',
      'its queue grows without end then',
      expect.stringMatching(/^its demand is known to ± 9\./),
    ]);
  });

  test('is another one where the mix changes', () => {
    const [first] = predictBottlenecks(
      [drafters, editors],
      [rising('request', 10, [1, 1]), rising('fix', 5, [1, 8])],
      visits,
    );
    // Editors at 10 × 2 + 40 edits a minute: 60 × 5 s ÷ 240 s = 1.25.
    expect(first).toMatchObject({ id: 'editors', utilization: 1.25, saturates: { atMs: expect.any(Number) } });
  });

  test('what does not fill up is ranked by how full it gets, with its wait by the formula of Erlang', () => {
    const [first, second] = predictBottlenecks([drafters, editors], [rising('request', 10, [1, 1.6])], visits);
    expect(first).toMatchObject({ id: 'drafters', utilization: expect.closeTo(0.8, 9) });
    expect(first?.saturates).toEqual({
      ...{ atMs: null, earliestMs: null, latestMs: null },
      reason: 'at the most 80 % of what it can do is asked of it within the forecast',
    });
    // Erlang C of 10 servers, 8 erlangs: 0.4092; 0.4092 × 30 s ÷ 2.
    expect(first?.waitMs).toBeCloseTo(6_138, -1);
    expect(first?.waitShare).toBeCloseTo(6_138 / 36_138, 3);
    expect(second).toMatchObject({ id: 'editors', utilization: expect.closeTo(2 / 3, 9) });
  });

  test('what one gains: the bound with one more agent, with half the demand, and what limits then', () => {
    const [first] = predictBottlenecks([drafters, editors], [rising('request', 10, [1, 1.6])], visits);
    expect(first?.expectedGain).toEqual({
      boundPerMin: expect.closeTo(20, 9),
      oneMoreAgent: { boundPerMin: expect.closeTo(22, 9), gain: expect.closeTo(0.1, 9) },
      demandHalved: { boundPerMin: expect.closeTo(24, 9), gain: expect.closeTo(0.2, 9) },
      next: { kind: 'pool', id: 'editors' },
    });
  });

  test('a resource is full at its limit, and has no wait to tell', () => {
    const cpu: Station = {
      ...{
        kind: 'resource',
        id: 'cpu:drafters',
        agents: null,
        servers: 1,
        limit: 0.9,
        idle: 0,
        isQueue: false,
        arrivalCv: 1,
      },
      ...{
        measuredUtilization: 0.6,
        demands: new Map([['draft', { share: 1, serviceMs: 3_600, serviceCv: 1, n: 500 }]]),
      },
    };
    // 10 × 3.6 s ÷ 60 s = 0.6 of it, of which 0.9 are its limit: full at 1.5 times the load, before the drafters are.
    const [first] = predictBottlenecks([drafters, cpu], [rising('request', 10, [1, 2])], visits);
    expect(first).toMatchObject({
      kind: 'resource',
      id: 'cpu:drafters',
      loadFactor: expect.closeTo(1.5, 9),
      waitMs: null,
    });
    expect(first).toMatchObject({ utilization: expect.closeTo(1.2, 9), waitShare: null });
    expect(first?.expectedGain?.oneMoreAgent).toBeNull();
  });

  test('is told with little confidence where two are alike, or were measured from a few tasks', () => {
    const sureOf = (n: number, servers: number) => {
      const other = pool('editors', servers, { edit: 5_000 }, n);
      const [first] = predictBottlenecks(
        [pool('drafters', 10, { draft: 30_000 }, n), other],
        [rising('request', 10, [1, 3])],
        visits,
      );
      return { id: first?.id, confidence: first?.confidence ?? 0 };
    };
    expect(sureOf(10_000, 4)).toEqual({ id: 'drafters', confidence: expect.closeTo(1, 1) });
    expect(sureOf(10, 4).confidence).toBeLessThan(0.8);
    // 10 × 2 × 5 s ÷ (3.4 × 60 s) = 0.49 beside 0.5.
    expect(sureOf(10_000, 3.4).confidence).toBeLessThan(0.85);
  });

  test('more of everything never makes anything full later, and the order of the stations does not matter', () => {
    const demand = fc.double({ min: 100, max: 50_000, noNaN: true });
    fc.assert(
      fc.property(
        fc.array(demand, { minLength: 2, maxLength: 5 }),
        fc.double({ min: 1, max: 3, noNaN: true }),
        (demands, times) => {
          const stations = demands.map((ms, i) => pool(`p${i}`, 1 + (i % 3), { draft: ms }));
          const growth = [0.5, 1, 1.5, 2];
          const of = (factor: number, its: readonly Station[]) =>
            predictBottlenecks(
              its,
              [
                rising(
                  'request',
                  5,
                  growth.map((it) => it * factor),
                ),
              ],
              visits,
            );
          const [now, more] = [of(1, stations), of(times, stations)];
          expect(of(1, stations.toReversed())).toEqual(now);
          expect(more.length).toBe(demands.length);
          for (const { id, saturates } of now) {
            const then = more.find((it) => it.id === id)?.saturates.atMs ?? Number.POSITIVE_INFINITY;
            expect(then).toBeLessThanOrEqual(saturates.atMs ?? Number.POSITIVE_INFINITY);
          }
        },
      ),
    );
  });

  test('nothing is said of what nobody asks for, nor without a forecast', () => {
    expect(predictBottlenecks([pool('others', 2, { translate: 1_000 })], [rising('request', 10, [1])], visits)).toEqual(
      [],
    );
    expect(predictBottlenecks([drafters], [], visits)).toEqual([]);
  });

  test('forecasts of different steps are refused', () => {
    const classes = [rising('request', 10, [1, 2]), rising('fix', 1, [1])];
    expect(() => predictBottlenecks([drafters], classes, visits)).toThrow('the forecast of "fix" has other steps');
  });
});

test('visits are told by the lineage of workflows that are over and were seen whole', () => {
  const workflow = (workflowType: string, types: string[], more: object = {}) => ({
    ...{ workflowType, status: 'completed' as const, isTruncated: false, ...more },
    tasks: types.map((taskType) => ({ event: { taskType } }) as WorkflowTask),
  });
  const { visits: told, counted } = visitRatios([
    workflow('request', ['draft', 'edit', 'edit']),
    workflow('request', ['draft'], { status: 'failed' }),
    workflow('request', ['draft', 'draft'], { isTruncated: true }),
    workflow('request', ['draft', 'draft'], { status: 'open' }),
    workflow('fix', ['edit']),
  ]);
  expect(told).toEqual(
    new Map([
      [
        'request',
        new Map([
          ['draft', 1],
          ['edit', 1],
        ]),
      ],
      ['fix', new Map([['edit', 1]])],
    ]),
  );
  expect(counted).toEqual(
    new Map([
      ['request', 2],
      ['fix', 1],
    ]),
  );
  expect(visitsOfTaskTypes(['draft'])).toEqual(new Map([['draft', new Map([['draft', 1]])]]));
});
