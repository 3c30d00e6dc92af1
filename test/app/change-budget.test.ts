import { beforeEach, describe, expect, test } from 'vitest';
import { deleteBudget, setBudget } from '../../lib/app/change-budget.ts';
import { findBudgets } from '../../lib/app/read-budgets.ts';
import type { RosterEntry } from '../../lib/core/model/roster.ts';
import { type BudgetSettings, MAX_BUDGETS } from '../../lib/core/slo/budget.ts';
import { type Stores, storesInMemory } from '../fixtures/dynamodb-tables.ts';

const NOW_MS = 1_800_000_000_000;
const ann = { kind: 'key' as const, id: 'key_ann', name: 'ann' };
const bob = { kind: 'key' as const, id: 'key_bob', name: 'bob' };

let stores: Stores;
beforeEach(async () => {
  stores = storesInMemory(() => NOW_MS);
});

function settings(more: Partial<BudgetSettings> = {}): BudgetSettings {
  return {
    ...{
      kpi: 'task_completion_rate',
      scope: { kind: 'fleet' },
      objective: 0.99,
      period: '30d',
      limit: null,
      owner: null,
    },
    ...more,
  };
}

interface Setting {
  name?: string;
  more?: Partial<BudgetSettings>;
  revision?: number;
  who?: typeof ann;
  pools?: string[];
  budgets?: Stores['budgets'];
}

function set({ name = 'b', more, revision, who = ann, pools, budgets }: Setting = {}) {
  const change = { system: 's', name, who, atMs: NOW_MS, settings: settings(more) };
  return setBudget(
    { ...stores, ...(budgets && { budgets }) },
    { ...change, ...(revision === undefined ? {} : { revision }) },
    pools ? { pools } : {},
  );
}

const remove = (name: string, pools?: string[]) =>
  deleteBudget(stores, { system: 's', name, who: ann, atMs: NOW_MS }, pools ? { pools } : {});
const entries = () => stores.audit.read('s', { fromMs: 0, toMs: NOW_MS + 1, limit: 50 });
const objectiveNow = async () => (await stores.budgets.find('s', 'b')).budget?.objective;

describe('a change of a budget', () => {
  test('is in the audit log, with what was there before', async () => {
    await set();
    await set({ more: { objective: 0.9, owner: 'content' }, who: bob });
    await remove('b');
    const of = { kpi: 'task_completion_rate', scope: 'fleet', period: '30d', limit: null };
    const [first, second] = [
      { ...of, objective: 0.99, owner: null },
      { ...of, objective: 0.9, owner: 'content' },
    ];
    const found = (await entries()).map(({ action, target, who, outcome, before, after }) => {
      return { action, target, by: who.name, outcome, before, after };
    });
    expect(found).toHaveLength(3);
    expect(found).toEqual(
      expect.arrayContaining([
        { action: 'budget.set', target: 'b', by: 'ann', outcome: 'done', before: undefined, after: first },
        { action: 'budget.set', target: 'b', by: 'bob', outcome: 'done', before: first, after: second },
        { action: 'budget.delete', target: 'b', by: 'ann', outcome: 'done', before: second, after: undefined },
      ]),
    );
  });

  test('made from an old revision is refused, and told who was there first', async () => {
    expect(await set({ revision: 0 })).toMatchObject({ status: 'saved', revision: 1 });
    expect(await set({ more: { objective: 0.9 }, revision: 1, who: bob })).toMatchObject({
      status: 'saved',
      revision: 2,
    });
    const late = await set({ more: { objective: 0.5 }, revision: 1 });
    expect(late).toEqual({
      status: 'conflict',
      why: expect.stringMatching(/at revision 2 by now, saved by bob at 2027/),
    });
    expect(await set({ revision: 0 })).toMatchObject({ status: 'conflict' });
    expect(await objectiveNow()).toBe(0.9);
    expect(await entries()).toContainEqual(expect.objectContaining({ action: 'budget.set', outcome: 'refused' }));
  });

  test('by two at the same time from one revision goes through once', async () => {
    await set();
    const outcomes = await Promise.all([0.5, 0.6, 0.7].map((objective) => set({ more: { objective }, revision: 1 })));
    expect(outcomes.map(({ status }) => status).sort()).toEqual(['conflict', 'conflict', 'saved']);
    const saved = outcomes.find(({ status }) => status === 'saved');
    expect(saved).toMatchObject({ revision: 2, budget: { objective: await objectiveNow() } });
  });

  test('by two at the same time that name no revision goes through twice, one after the other', async () => {
    const outcomes = await Promise.all([0.5, 0.6].map((objective) => set({ more: { objective } })));
    expect(outcomes.map((it) => it.status === 'saved' && it.revision).sort()).toEqual([1, 2]);
    const last = outcomes.find((it) => it.status === 'saved' && it.revision === 2);
    expect(last).toMatchObject({ budget: { objective: await objectiveNow() } });
  });

  test('whose answer from the store was lost has been made once', async () => {
    await set();
    const { budgets } = stores;
    const lossy: Stores['budgets'] = {
      ...budgets,
      async save(...args) {
        await budgets.save(...args);
        return budgets.save(...args);
      },
    };
    expect(await set({ more: { objective: 0.8 }, revision: 1, budgets: lossy })).toMatchObject({ revision: 2 });
  });

  test('of a budget that is not there is a deletion of nothing, and nothing is written down', async () => {
    expect(await remove('none')).toEqual({ status: 'unknown' });
    expect(await entries()).toEqual([]);
  });

  test('made from before it was deleted and made anew does not go through', async () => {
    await set();
    await remove('b');
    await set({ more: { objective: 0.7 } });
    expect(await set({ more: { objective: 0.5 }, revision: 1 })).toMatchObject({ status: 'conflict' });
    expect(await objectiveNow()).toBe(0.7);
    await remove('b');
    // 0 says that there is none, whatever was there once.
    expect(await set({ revision: 4 })).toMatchObject({ status: 'conflict' });
    expect(await set({ revision: 0 })).toMatchObject({ status: 'saved', revision: 5 });
  });
});

test('a system has at most so many budgets; those that are there can be changed, and one deleted makes room', async () => {
  const all = Array.from({ length: MAX_BUDGETS }, (_, i) => `b${i}`);
  await Promise.all(
    all.map((name) =>
      stores.budgets.save('s', name, {
        revision: 1,
        budget: { name, ...settings(), updatedAtMs: NOW_MS, updatedBy: 'ann' },
      }),
    ),
  );
  const more = await set({ name: 'more' });
  expect(more).toEqual({ status: 'conflict', why: expect.stringMatching(/has 200 budgets.*delete one first/) });
  expect(await set({ name: 'b7', more: { objective: 0.5 } })).toMatchObject({ status: 'saved', revision: 2 });
  await remove('b0');
  expect(await set({ name: 'more' })).toMatchObject({ status: 'saved' });
});

describe('somebody who is restricted to pools', () => {
  const entry = (agent: string, pool: string) =>
    ({
      agent,
      firstSeenMs: 1,
      lastSeenMs: 1,
      firstBeatMs: null,
      lastBeat: null,
      describedBy: null,
      description: { type: 'agent', agent, pool },
    }) as RosterEntry;
  beforeEach(async () => {
    const roster = new Map([entry('w-1', 'writers'), entry('e-1', 'editors')].map((it) => [it.agent, it]));
    await stores.fleet.saveRoster('s', roster, 1);
  });
  const pools = ['writers'];

  test('sets budgets of these and of agents in them only', async () => {
    const statusOf = async (scope: BudgetSettings['scope']) =>
      (await set({ name: `${scope.kind}`, more: { scope }, pools })).status;
    expect(await statusOf({ kind: 'pool', id: 'writers' })).toBe('saved');
    expect(await statusOf({ kind: 'agent', id: 'w-1' })).toBe('saved');
    for (const scope of [
      { kind: 'fleet' },
      ...(['pool', 'team', 'taskType'] as const).map((kind) => ({ kind, id: 'editors' })),
      { kind: 'agent', id: 'e-1' },
      { kind: 'agent', id: 'nobody' },
    ] as const) {
      expect({ scope, status: await statusOf(scope) }).toEqual({ scope, status: 'not-of-pools' });
    }
  });

  test('sees, replaces and deletes no others', async () => {
    await set({ name: 'of editors', more: { scope: { kind: 'pool', id: 'editors' } } });
    await set({ name: 'of writers', more: { scope: { kind: 'pool', id: 'writers' } } });
    await set({ name: 'of e-1', more: { scope: { kind: 'agent', id: 'e-1' } } });
    const seen = async (name?: string) => (await findBudgets(stores, 's', { pools }, name)).map((it) => it.budget.name);
    expect(await seen()).toEqual(['of writers']);
    expect(await seen('of editors')).toEqual([]);
    expect(await seen('of writers')).toEqual(['of writers']);
    const own = { scope: { kind: 'pool', id: 'writers' } } as const;
    const taken = await set({ name: 'of editors', more: own, pools });
    expect(taken).toEqual({ status: 'conflict', why: expect.stringContaining('taken by a budget of other pools') });
    expect(await remove('of editors', pools)).toEqual({ status: 'unknown' });
    expect((await findBudgets(stores, 's', {})).map((it) => it.budget.name)).toEqual([
      'of e-1',
      'of editors',
      'of writers',
    ]);
    expect(await remove('of writers', pools)).toMatchObject({ status: 'deleted' });
  });
});
