import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import {
  type AdviceRecord,
  adopt,
  afterEvaluation,
  dismiss,
  withFigure,
} from '../../../lib/core/recommend/lifecycle.ts';
import { type Recommendation, recommendation, recommendationId } from '../../../lib/core/recommend/recommendation.ts';

const NOW_MS = Date.UTC(2026, 2, 2);
const [HOUR_MS, DAY_MS] = [3_600_000, 86_400_000];

function advice(value = 100): Recommendation {
  return recommendation(
    'load_balancing_adjustment',
    { pool: 'lab' },
    {
      ...{ title: 'Place by what agents have to do', evidence: [], confidence: 0.99, action: '', basis: {} },
      expectedGain: { value, unit: 'ms', low: 0.8 * value, high: 1.2 * value },
      measure: { now: 500, scale: 1 },
    },
  );
}

function proposedAt(nowMs: number, value?: number): AdviceRecord {
  const it = advice(value);
  return afterEvaluation(new Map(), [it], nowMs).get(it.id) as AdviceRecord;
}

const again = (record: AdviceRecord, nowMs: number, value?: number) =>
  afterEvaluation(new Map([[record.recommendation.id, record]]), [advice(value)], nowMs).get(record.recommendation.id);

function done(decision: ReturnType<typeof adopt>): AdviceRecord {
  if (decision.status === 'refused') throw new Error(decision.because);
  return decision.record;
}

/** Hour by hour from one time to another. */
function lived(
  record: AdviceRecord,
  fromMs: number,
  toMs: number,
  figure: (hour: number) => number | null,
): AdviceRecord {
  let next = record;
  for (let atMs = fromMs; atMs <= toMs; atMs += HOUR_MS)
    next = withFigure(next, figure(Math.floor(atMs / HOUR_MS) % 24), atMs);
  return next;
}

describe('a recommendation', () => {
  it('has the id of its strategy and scope, in whatever order the scope is told', () => {
    const id = recommendationId('cache_optimization', { pool: 'lab', taskType: 'draft' });
    expect(recommendationId('cache_optimization', { taskType: 'draft', pool: 'lab' })).toBe(id);
    expect(recommendationId('cache_optimization', { pool: 'lab' })).not.toBe(id);
    expect(recommendationId('query_improvement', { pool: 'lab', taskType: 'draft' })).not.toBe(id);
  });

  it('is one record however often it is proposed, with the newest figures', () => {
    const record = again(proposedAt(NOW_MS), NOW_MS + HOUR_MS, 120);
    expect(record).toMatchObject({ firstProposedMs: NOW_MS, lastProposedMs: NOW_MS + HOUR_MS });
    expect(record?.recommendation.expectedGain.value).toBe(120);
  });

  it('expires when its evidence has been gone for a day, and comes back with it', () => {
    const record = proposedAt(NOW_MS);
    const records = new Map([[record.recommendation.id, record]]);
    const status = (nowMs: number) => [...afterEvaluation(records, [], nowMs).values()][0]?.state.status;
    expect(status(NOW_MS + DAY_MS - 1)).toBe('proposed');
    expect(status(NOW_MS + DAY_MS)).toBe('expired');
    const [expired] = afterEvaluation(records, [], NOW_MS + DAY_MS).values();
    expect(again(expired as AdviceRecord, NOW_MS + 2 * DAY_MS)).toMatchObject({
      firstProposedMs: NOW_MS + 2 * DAY_MS,
      state: { status: 'proposed' },
    });
  });

  it.each([
    { name: 'stays dismissed for 30 days', days: 29.9, value: 199, expected: 'dismissed' },
    { name: 'is told again after 30 days', days: 30, value: 100, expected: 'proposed' },
    { name: 'is told sooner when it brings twice as much', days: 1, value: 200, expected: 'proposed' },
  ])('$name', ({ days, value, expected }) => {
    const dismissed = done(dismiss(proposedAt(NOW_MS), { by: 'ann', nowMs: NOW_MS }));
    expect(again(dismissed, NOW_MS + days * DAY_MS, value)?.state.status).toBe(expected);
  });

  it('is decided on once: what is adopted cannot be dismissed, what has expired cannot be adopted', () => {
    const adopted = done(adopt(proposedAt(NOW_MS), { by: 'ann', nowMs: NOW_MS }));
    expect(dismiss(adopted, { by: 'bob', nowMs: NOW_MS })).toEqual({ status: 'refused', because: 'it is adopted' });
    expect(done(adopt(adopted, { by: 'bob', nowMs: NOW_MS + 1 }))).toBe(adopted);
    const [expired] = afterEvaluation(new Map([['x', proposedAt(NOW_MS)]]), [], NOW_MS + DAY_MS).values();
    expect(adopt(expired as AdviceRecord, { by: 'ann', nowMs: NOW_MS + DAY_MS }).status).toBe('refused');
  });

  it('changes nothing when an evaluation is run again', () => {
    const step = fc.record({
      hours: fc.integer({ min: 0, max: 800 }),
      isTold: fc.boolean(),
      value: fc.integer({ min: 1, max: 500 }),
    });
    fc.assert(
      fc.property(fc.array(step, { maxLength: 12 }), fc.nat(3), (steps, decideAfter) => {
        let records = new Map<string, AdviceRecord>();
        let nowMs = NOW_MS;
        for (const [i, { hours, isTold, value }] of steps.entries()) {
          nowMs += hours * HOUR_MS;
          const told = isTold ? [advice(value)] : [];
          records = afterEvaluation(records, told, nowMs);
          expect(afterEvaluation(records, told, nowMs)).toEqual(records);
          for (const [id, record] of records) {
            const figured = withFigure(record, value, nowMs);
            expect(withFigure(figured, value, nowMs)).toEqual(figured);
            const decision = i === decideAfter ? dismiss(figured, { by: 'ann', nowMs }) : null;
            records.set(id, decision?.status === 'done' ? decision.record : figured);
          }
        }
      }),
    );
  });
});

describe('what an adopted recommendation has achieved', () => {
  const daily = (hour: number) => 500 + 100 * Math.cos((2 * Math.PI * hour) / 24);
  const noisy = (hour: number, less: number) => daily(hour) - less + ((hour * 7) % 5) - 2;

  function adoptedAfterADay(): AdviceRecord {
    const before = lived(proposedAt(NOW_MS), NOW_MS, NOW_MS + 23 * HOUR_MS, (hour) => noisy(hour, 0));
    return done(adopt(before, { by: 'ann', nowMs: NOW_MS + 23.5 * HOUR_MS }));
  }
  const ADOPTED_MS = NOW_MS + 23.5 * HOUR_MS;
  const livedAfter = (less: number, days = 7) =>
    lived(adoptedAfterADay(), NOW_MS + DAY_MS, ADOPTED_MS + days * DAY_MS + HOUR_MS, (hour) => noisy(hour, less));

  it('is told after one day and after seven, like hours with like hours, whatever the day does', () => {
    const { state } = livedAfter(100);
    expect(state).toMatchObject({ status: 'measured', by: 'ann', adoptedMs: ADOPTED_MS });
    const results = state.status === 'measured' ? state.results : [];
    expect(results.map(({ afterDays }) => afterDays)).toEqual([1, 7]);
    for (const result of results) {
      expect(result).toMatchObject({ status: 'measured', unit: 'ms', verdict: 'as_expected', hours: 24 });
      if (result.status === 'measured') expect(result.gain).toBeCloseTo(100, 6);
    }
  });

  it('stays adopted with one result until the week is over', () => {
    const { state } = livedAfter(100, 3);
    expect(state).toMatchObject({ status: 'adopted', results: [{ afterDays: 1 }] });
  });

  it.each([
    [30, 'less'],
    [200, 'more'],
    [0, 'not_shown'],
    [-50, 'harmed'],
  ])('of %i ms less is %s than expected', (less, verdict) => {
    const random = (hour: number) => daily(hour) - less + 4 * Math.sin(hour * hour);
    const { state } = lived(adoptedAfterADay(), NOW_MS + DAY_MS, ADOPTED_MS + DAY_MS + HOUR_MS, random);
    expect(state.status === 'adopted' && state.results[0]).toMatchObject({ verdict });
  });

  it('is not told where nobody looked before, and says so', () => {
    const atOnce = done(adopt(proposedAt(NOW_MS), { by: 'ann', nowMs: NOW_MS }));
    const { state } = lived(atOnce, NOW_MS + HOUR_MS, NOW_MS + DAY_MS, () => 400);
    expect(state.status === 'adopted' && state.results[0]).toMatchObject({ status: 'unmeasurable' });
  });
});
