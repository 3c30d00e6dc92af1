import type { AgentWork } from '../../core/efficiency/agent-work.ts';
import type { FleetPlan } from '../../core/plan/fleet-plan.ts';
import type { WorkloadOutlook } from '../../core/plan/workload-outlook.ts';
import type { PlanHead, PlanStore } from '../../ports/plan-store.ts';
import { bytesOf, type Condition, type ItemTable } from './item-table.ts';
import { readGeneration, saveGeneration } from './packed-generation.ts';
import { packGroups } from './packed-groups.ts';
import { type Pack, packJson, unpackJson } from './packed-json.ts';

const AGENTS_PER_ITEM = 400;

interface PackedWork {
  through: number;
  work: [agent: string, types: [taskType: string, work: AgentWork][]][];
}

/** Plans and forecasts in the State table, packed, one item each; what agents did in the Rollups table. */
export function dynamoPlanStore(
  { state, rollups }: { state: ItemTable; rollups: ItemTable },
  pack: Pack = packJson,
): PlanStore {
  const read = async <Value>(system: string, sk: string): Promise<Value | null> => {
    const item = await state.get(planKey(system), sk);
    return item && unpackJson<Value>(bytesOf(item, 'body'));
  };
  const save = (system: string, sk: string, value: { madeAtMs: number }) =>
    state.put({ pk: planKey(system), sk, madeAtMs: value.madeAtMs, body: pack(value) }, notNewer(value.madeAtMs));
  return {
    readPlan: (system) => read<FleetPlan>(system, 'PLAN'),
    readPlanHead: (system) => read<PlanHead>(system, 'HEAD'),

    async savePlan(system, plan) {
      if (!(await save(system, 'PLAN', plan))) return false;
      const { madeAtMs, trigger, basis, pools, recommendations } = plan;
      const head: PlanHead = { madeAtMs, trigger, basis, pools, recommendations };
      return save(system, 'HEAD', head);
    },

    readOutlook: (system, scope) => read<WorkloadOutlook>(system, outlookKey(scope)),

    async saveOutlooks(system, outlooks) {
      for (const outlook of outlooks) await save(system, outlookKey(outlook.scope), outlook);
    },

    async readWork(system) {
      const groups = await readGeneration<PackedWork>(rollups, workKey(system));
      const [first] = groups;
      if (!first) return null;
      const agents = groups.flatMap(({ work }) => work);
      return { through: first.through, work: new Map(agents.map(([agent, types]) => [agent, new Map(types)])) };
    },

    saveWork(system, { through, work }) {
      const groups = packGroups(
        [...work],
        ([agent]) => agent,
        AGENTS_PER_ITEM,
        (some): PackedWork => ({ through, work: some.map(([agent, types]) => [agent, [...types]]) }),
        pack,
      );
      // Who has come further has written last.
      return saveGeneration(rollups, workKey(system), work.size === 0 ? [] : groups, through);
    },
  };
}

function notNewer(madeAtMs: number): Condition {
  return {
    expression: 'attribute_not_exists(pk) OR madeAtMs <= :made',
    values: { ':made': madeAtMs },
  };
}

function planKey(system: string): string {
  return `PLAN#${system}`;
}

function outlookKey(scope: string): string {
  return `OUTLOOK#${scope}`;
}

function workKey(system: string): string {
  return `WORK#${system}`;
}
