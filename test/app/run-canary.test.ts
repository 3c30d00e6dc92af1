import { beforeEach, expect, test } from 'vitest';
import { type ApiAnswer, type ApiRequest, type CanaryDeps, runCanary } from '../../lib/app/run-canary.ts';
import { CANARY_SYSTEM } from '../../lib/core/model/canary-system.ts';
import { type Stores, storesInMemory } from '../fixtures/dynamodb-tables.ts';

const MINUTE_MS = 60_000;
const START_MS = Date.parse('2026-03-02T10:00:00Z');

let stores: Stores;
let asked: (ApiRequest & { key: string | null })[];
beforeEach(() => {
  stores = storesInMemory(() => START_MS);
  asked = [];
});

const taken = { status: 202, body: {} };
const counted = { status: 200, body: { points: [{ at: START_MS, value: 1, n: 1 }] } };
const fresh = { status: 200, body: { dataAgeMs: 0 } };

/** An API that answers so at each path. */
function deps(answers: Record<string, ApiAnswer>, nowMs: number, more: Partial<CanaryDeps> = {}): CanaryDeps {
  return {
    ...stores,
    newKey: () => ({ key: `fp_${nowMs}`, keyHash: String(nowMs).padStart(64, '0'), id: `key_${nowMs}` }),
    needsKey: true,
    nowMs: () => nowMs,
    ask: async (request, key) => {
      asked.push({ ...request, key });
      const answer = answers[request.path.split('?')[0] ?? ''];
      if (!answer) throw new TypeError('fetch failed', { cause: new Error('connect ECONNREFUSED') });
      return answer;
    },
    ...more,
  };
}

const at = (minute: number) => START_MS + minute * MINUTE_MS;
const allWell = { '/v1/events': taken, '/v1/series': counted, '/v1/health': fresh };
const run = (minute: number, answers: Record<string, ApiAnswer> = allWell, more: Partial<CanaryDeps> = {}) =>
  runCanary(deps(answers, at(minute), more), at(minute));

test('looks for the task of five minutes ago, in the minute that it ended in', async () => {
  expect(await run(0)).toEqual({ looked: 'nothing-to-look-for' });
  expect(await run(5)).toEqual({ looked: 'found' });
  const path = `/v1/series?kpi=task_completion_rate&scope=agent:canary&from=${at(0)}&to=${at(1)}&step=1m`;
  expect(asked).toContainEqual({ method: 'GET', path, key: `fp_${at(5)}` });
});

test('reports the same when it is run twice for a moment, so that the task counts once', async () => {
  await run(0);
  await run(0);
  const [first, second] = asked.filter(({ method }) => method === 'POST');
  expect(second?.body).toBe(first?.body);
});

test('makes a key for its own system, which expires and is forgotten', async () => {
  await run(0);
  expect(await stores.keys.list(CANARY_SYSTEM)).toEqual([
    expect.objectContaining({ scopes: ['ingest', 'read'], expiresAtMs: at(10), forgottenAtMs: at(70) }),
  ]);
});

test('makes none where requests are signed', async () => {
  await run(0, allWell, { needsKey: false });
  expect(asked.map(({ key }) => key)).toEqual([null]);
  expect(await stores.keys.list(CANARY_SYSTEM)).toEqual([]);
});

test.each([
  {
    name: 'the report is refused',
    answers: { ...allWell, '/v1/events': { status: 429, body: { detail: 'too much' } } },
    says: 'step report: POST /v1/events answered 429 (too much)',
  },
  {
    name: 'figures cannot be read',
    answers: { ...allWell, '/v1/series': { status: 500, body: undefined } },
    says: 'step read: GET /v1/series answered 500',
  },
  {
    name: 'the task is not counted',
    answers: { ...allWell, '/v1/series': { status: 200, body: { points: [{ at: START_MS, value: null, n: 0 }] } } },
    says: 'step analysis: the task reported at 2026-03-02T10:00:00.000Z is not among the figures; the newest figures are 0 s old',
  },
  {
    name: 'nothing was ever analysed',
    answers: {
      ...allWell,
      '/v1/series': { status: 404, body: {} },
      '/v1/health': { status: 200, body: { dataAgeMs: null } },
    },
    says: 'step analysis: the task reported at 2026-03-02T10:00:00.000Z is not among the figures; there are no figures yet',
  },
  {
    name: 'figures are a moment older than three minutes',
    answers: { ...allWell, '/v1/health': { status: 200, body: { dataAgeMs: 180_001 } } },
    says: 'step analysis: the newest figures are 180.001 s old',
  },
  {
    name: 'nothing answers at all',
    answers: {},
    says: 'step report: POST /v1/events was not answered: Error: connect ECONNREFUSED; step read: GET /v1/series was not answered: Error: connect ECONNREFUSED',
  },
])('fails when $name, and says at which step', async ({ answers, says }) => {
  await run(0);
  await expect(run(5, answers)).rejects.toMatchObject({ name: 'CanaryError', message: says });
});

test('fails at its key when none can be stored', async () => {
  const keys: Stores['keys'] = {
    ...stores.keys,
    save: async () => {
      throw new Error('the table is gone');
    },
  };
  await expect(run(0, allWell, { keys })).rejects.toThrow('step key: Error: the table is gone');
});

test('does not look for what was not taken', async () => {
  await expect(run(0, { ...allWell, '/v1/events': { status: 503, body: {} } })).rejects.toThrow('step report');
  expect(await run(5)).toEqual({ looked: 'nothing-to-look-for' });
});
