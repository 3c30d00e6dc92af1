import { describe, expect, test } from 'vitest';
import { noWork } from '../../lib/core/efficiency/agent-work.ts';
import type { FleetPlan } from '../../lib/core/plan/fleet-plan.ts';
import { noAccuracy } from '../../lib/core/plan/forecast-accuracy.ts';
import type { WorkMemory } from '../../lib/core/plan/work-memory.ts';
import type { WorkloadOutlook } from '../../lib/core/plan/workload-outlook.ts';
import type { PlanStore } from '../../lib/ports/plan-store.ts';
import { type FreshStore, NOW_MS } from './fresh-store.ts';

/** As plain as a plan can be that has something in every field. */
function planAt(madeAtMs: number, more: Partial<FleetPlan> = {}): FleetPlan {
  const price = { agents: 1, tokens: 0, quality: 0, unserved: 0, degraded: 0, moved: 0, agentChanges: 0, balance: 0 };
  const share = { taskType: 't', agent: 'a', pool: 'p', tasksPerMin: 3 };
  return {
    ...{ madeAtMs, trigger: 'hour', forMs: madeAtMs, basis: { slots: null, tasksPerMin: 3 } },
    problem: {
      agents: [{ id: 'a', pool: 'p', count: { now: 1 }, costPerHourUsd: 1, skills: { t: { serviceMs: 5_000 } } }],
      taskTypes: [{ id: 't', demandPerMin: 3 }],
    },
    allocation: {
      ...{ status: 'optimal', source: 'solver', explanation: [], agents: { p: 1 }, costPerHourUsd: 1 },
      ...{ objectiveUsdPerHour: 1, price, gap: 0, utilization: [], pools: [], duals: [] },
      ...{ counts: [{ agent: 'a', pool: 'p', count: 1, now: 1 }], shares: [share], unserved: [], standby: [] },
    },
    pools: [{ status: 'unknown', pool: 'p', because: 'its agents do not tell their capacity' }],
    stations: [],
    classes: [{ id: 't', nowPerMin: 3, startMs: madeAtMs, stepMs: 3_600_000, mean: [3], quantiles: [[0.9, [4.5]]] }],
    bottlenecks: [],
    recommendations: [
      {
        ...{ strategy: 'capacity_planning', horizon: 'medium', pool: 'p', title: 'Have 2 agents', why: ['Ü'] },
        ...{ expectedGain: { tasksPerMin: null, usdPerHour: 0.5 }, confidence: null },
      },
    ],
    ...more,
  };
}

function outlookAt(scope: string, madeAtMs: number): WorkloadOutlook {
  return {
    ...{ scope, madeAtMs, startMs: madeAtMs, stepMs: 3_600_000, mean: [1, 2], seasonalities: [], backtest: null },
    quantiles: [{ level: 0.5, values: [1, 2] }],
    members: [{ name: 'naive', scale: 'raw', weight: 1 }],
    history: { known: 2, imported: 1, borrowed: 0 },
    accuracy: noAccuracy,
  };
}

function workThrough(through: number, agents: readonly string[]): WorkMemory {
  return {
    through,
    work: new Map(agents.map((agent) => [agent, new Map([['t', { ...noWork(), serviceUs: through }]])])),
  };
}

export function planStoreContract(fresh: FreshStore<PlanStore>): void {
  describe('of plans', () => {
    test('has none before the first', async () => {
      const { store } = await fresh(NOW_MS);
      expect(await store.readPlan('s')).toBeNull();
      expect(await store.readPlanHead('s')).toBeNull();
    });

    test('gives back the newest of each system, and what is needed often by itself', async () => {
      const { store } = await fresh(NOW_MS);
      const [first, second] = [planAt(NOW_MS), planAt(NOW_MS + 1, { trigger: 'load moved' })];
      expect(await store.savePlan('s', first)).toBe(true);
      expect(await store.readPlan('s')).toEqual(first);
      expect(await store.savePlan('s', second)).toBe(true);
      expect(await store.readPlan('s')).toEqual(second);
      const { madeAtMs, trigger, basis, pools, recommendations } = second;
      expect(await store.readPlanHead('s')).toEqual({ madeAtMs, trigger, basis, pools, recommendations });
      expect(await store.readPlan('other')).toBeNull();
    });

    test('keeps the newer of two, and takes the one of the same moment again', async () => {
      const { store } = await fresh(NOW_MS);
      const plan = planAt(NOW_MS);
      await store.savePlan('s', plan);
      expect(await store.savePlan('s', planAt(NOW_MS - 1))).toBe(false);
      expect(await store.readPlan('s')).toEqual(plan);
      expect((await store.readPlanHead('s'))?.madeAtMs).toBe(NOW_MS);
      expect(await store.savePlan('s', plan)).toBe(true);
    });
  });

  describe('of outlooks', () => {
    test('gives back the newest of each scope and system', async () => {
      const { store } = await fresh(NOW_MS);
      await store.saveOutlooks('s', [outlookAt('fleet', NOW_MS), outlookAt('pool:a/b', NOW_MS)]);
      await store.saveOutlooks('s', [outlookAt('fleet', NOW_MS + 1), outlookAt('pool:a/b', NOW_MS - 1)]);
      expect(await store.readOutlook('s', 'fleet')).toEqual(outlookAt('fleet', NOW_MS + 1));
      expect(await store.readOutlook('s', 'pool:a/b')).toEqual(outlookAt('pool:a/b', NOW_MS));
      expect(await store.readOutlook('s', 'pool:a')).toBeNull();
      expect(await store.readOutlook('other', 'fleet')).toBeNull();
    });

    test("and the plan do not come into each other's way", async () => {
      const { store } = await fresh(NOW_MS);
      await store.savePlan('s', planAt(NOW_MS));
      await store.saveOutlooks('s', [outlookAt('fleet', NOW_MS)]);
      expect(await store.readPlan('s')).toEqual(planAt(NOW_MS));
    });
  });

  describe('of what agents did', () => {
    test('gives back what was saved last, of more agents than one item holds', async () => {
      const { store } = await fresh(NOW_MS);
      expect(await store.readWork('s')).toBeNull();
      const many = workThrough(
        10,
        Array.from({ length: 900 }, (_, i) => `agent-${i}`),
      );
      expect(await store.saveWork('s', many)).toBe(true);
      expect(await store.readWork('s')).toEqual(many);
      const few = workThrough(11, ['agent-1']);
      expect(await store.saveWork('s', few)).toBe(true);
      expect(await store.readWork('s')).toEqual(few);
      expect(await store.readWork('other')).toBeNull();
    });

    test('keeps what goes further', async () => {
      const { store } = await fresh(NOW_MS);
      await store.saveWork('s', workThrough(11, ['a']));
      expect(await store.saveWork('s', workThrough(10, ['b']))).toBe(false);
      expect(await store.readWork('s')).toEqual(workThrough(11, ['a']));
      expect(await store.saveWork('s', workThrough(11, ['a', 'b']))).toBe(true);
    });

    test('remembers up to when there was nothing to remember', async () => {
      const { store } = await fresh(NOW_MS);
      await store.saveWork('s', workThrough(10, ['a']));
      expect(await store.saveWork('s', workThrough(11, []))).toBe(true);
      expect((await store.readWork('s'))?.work.size ?? 0).toBe(0);
    });
  });
}
