import { beforeEach, describe, expect, test } from 'vitest';
import { recommendationsAnswer } from '../../lib/api/recommendations-endpoint.ts';
import { decideOnRecommendation } from '../../lib/app/decide-on-recommendation.ts';
import { afterEvaluation } from '../../lib/core/recommend/lifecycle.ts';
import { type Recommendation, recommendation } from '../../lib/core/recommend/recommendation.ts';
import { type Stores, storesInMemory } from '../fixtures/dynamodb-tables.ts';

const NOW_MS = 1_800_000_000_000;
const ann = { kind: 'key' as const, id: 'key_ann', name: 'ann' };

const advice: Recommendation = recommendation(
  'cache_optimization',
  { pool: 'lab', taskType: 'draft' },
  {
    ...{ title: 'Keep results', evidence: ['asked again'], confidence: 0.97, action: 'cache', basis: { tasks: 300 } },
    expectedGain: { value: 10, unit: 'agent-hours/day', low: 8, high: 12 },
    measure: { now: 6_000, scale: 0.002 },
  },
);

let stores: Stores;
beforeEach(async () => {
  stores = storesInMemory(() => NOW_MS);
  const [record] = afterEvaluation(new Map(), [advice], NOW_MS - 3_600_000).values();
  if (record) await stores.recommendations.save('s', { revision: 1, record });
});

const decide = (decision: 'adopt' | 'dismiss', id = advice.id, recommendations = stores.recommendations) =>
  decideOnRecommendation(
    { ...stores, recommendations },
    { system: 's', id, decision, who: ann, by: 'ann', note: 'seen', atMs: NOW_MS },
  );

describe('a decision on a recommendation', () => {
  test('is kept with who made it', async () => {
    expect(await decide('adopt')).toMatchObject({
      status: 'done',
      record: { state: { status: 'adopted', by: 'ann' } },
    });
    const stored = await stores.recommendations.find('s', advice.id);
    expect(stored).toMatchObject({ revision: 2, record: { state: { status: 'adopted', atMs: NOW_MS } } });
  });

  test('changes nothing when it is made again, and cannot be turned round', async () => {
    await decide('adopt');
    expect((await decide('adopt')).status).toBe('done');
    expect(await decide('dismiss')).toEqual({ status: 'refused', because: 'it is adopted' });
    expect((await stores.recommendations.find('s', advice.id))?.revision).toBe(2);
  });

  test('is made on what is there when the hourly job was first', async () => {
    let isFirst = true;
    const contested = {
      ...stores.recommendations,
      async save(system: string, stored: Parameters<Stores['recommendations']['save']>[1]) {
        if (isFirst) {
          isFirst = false;
          const again = afterEvaluation(new Map(), [advice], NOW_MS - 1).get(advice.id);
          if (again) await stores.recommendations.save(system, { revision: 2, record: again });
        }
        return stores.recommendations.save(system, stored);
      },
    };
    expect((await decide('dismiss', advice.id, contested)).status).toBe('done');
    expect(await stores.recommendations.find('s', advice.id)).toMatchObject({
      revision: 3,
      record: { firstProposedMs: NOW_MS - 1, state: { status: 'dismissed', reason: 'seen', gain: 10 } },
    });
  });

  test('of one that is not there is unknown', async () => {
    expect(await decide('adopt', 'query_improvement-0')).toEqual({ status: 'unknown' });
  });
});

describe('the answer', () => {
  const answered = async (request = {}) => {
    const records = (await stores.recommendations.list('s')).map(({ record }) => record);
    return recommendationsAnswer(records, request)['recommendations'] as Record<string, unknown>[];
  };

  test('says of each what is promised, and who decided', async () => {
    await decide('adopt');
    expect(await answered()).toMatchObject([
      {
        ...{ id: advice.id, strategy: 'cache_optimization', horizon: 'immediate', status: 'adopted', confidence: 0.97 },
        ...{ scope: { pool: 'lab', taskType: 'draft' }, decidedBy: 'ann', results: [] },
        expectedGain: { value: 10, unit: 'agent-hours/day', low: 8, high: 12 },
      },
    ]);
  });

  test('leaves out what was dismissed, unless that is asked for', async () => {
    await decide('dismiss');
    expect(await answered()).toEqual([]);
    expect(await answered({ status: 'dismissed' })).toMatchObject([{ status: 'dismissed', note: 'seen' }]);
    expect(await answered({ status: 'dismissed', horizon: 'long' })).toEqual([]);
  });
});
