import { describe, expect, test } from 'vitest';
import { type KpiSeries, readSeriesRequest, seriesAnswer, seriesEndpoint } from '../../lib/api/series-endpoint.ts';
import { figuresWith } from '../fixtures/scope-figures.ts';

const NOW_MS = Date.parse('2026-03-02T10:00:00Z');

describe('a scope', () => {
  test.each([
    { raw: 'fleet', read: { kind: 'fleet' } },
    { raw: 'pool:writers', read: { kind: 'pool', id: 'writers' } },
    { raw: 'taskType:draft', read: { kind: 'taskType', id: 'draft' } },
    { raw: 'workflowType:refund/eu', read: { kind: 'workflowType', id: 'refund/eu' } },
    { raw: 'workflow:refund', read: undefined },
    { raw: 'workflowType:', read: undefined },
  ])('"$raw" is read as $read', ({ raw, read }) => {
    expect(seriesEndpoint.parameters.scope.read(raw, 'scope')).toEqual(read);
  });
});

describe('a series of a workflow type', () => {
  const scope = { kind: 'workflowType', id: 'refund' } as const;
  const asked = { scope, from: undefined, to: undefined, step: 10 };

  test('has the values of its runs', () => {
    const request = readSeriesRequest({ ...asked, kpi: 'customer_satisfaction' }, NOW_MS) as KpiSeries;
    const figures = figuresWith({
      workflows: { csatCount: 2, csatMilli: 9_000 },
      tasks: { csatCount: 1, csatMilli: 1 },
    });
    expect(seriesAnswer(request, [figures])).toMatchObject({
      scope: 'workflowType:refund',
      points: [{ at: 0, value: 4.5, n: 2 }],
    });
  });

  test('has percentiles of the latency from end to end', () => {
    const request = readSeriesRequest({ ...asked, kpi: 'end_to_end_latency' }, NOW_MS) as KpiSeries;
    const [point] = seriesAnswer(request, [figuresWith({ durationsMs: [1_000, 3_000] })])['points'] as object[];
    expect(point).toMatchObject({ value: 2_000, n: 2, p50: expect.closeTo(1_000, -2), p99: expect.closeTo(3_000, -2) });
  });

  test('is refused for what only tasks have, with what it does have', () => {
    expect(() => readSeriesRequest({ ...asked, kpi: 'queue_depth' }, NOW_MS)).toThrow(
      expect.objectContaining({
        status: 400,
        errors: [expect.objectContaining({ path: 'scope', message: expect.stringContaining('end_to_end_latency') })],
      }),
    );
  });
});
