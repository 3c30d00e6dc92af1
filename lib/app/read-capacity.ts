import { owningTeams } from '../core/alert/lifecycle.ts';
import { poolOf } from '../core/model/roster.ts';
import { type EpochMs, minuteOf } from '../core/model/time.ts';
import { type Acceptance, acceptanceOf, longestWaitMs, queueOfPool, spendingOf } from '../core/remediate/acceptance.ts';
import { withStop } from '../core/remediate/stopped.ts';
import type { BudgetStore } from '../ports/budget-store.ts';
import type { DirectiveStore } from '../ports/directive-store.ts';
import type { FleetStore } from '../ports/fleet-store.ts';
import type { PlanStore } from '../ports/plan-store.ts';
import type { PolicyStore } from '../ports/policy-store.ts';
import type { WatchStore } from '../ports/watch-store.ts';

export interface CapacityDeps {
  watch: Pick<WatchStore, 'read'>;
  budgets: Pick<BudgetStore, 'list'>;
  directives: Pick<DirectiveStore, 'open'>;
  fleet: Pick<FleetStore, 'roster'>;
  plans: Pick<PlanStore, 'readPlanHead'>;
  policies: Pick<PolicyStore, 'read'>;
}

/** Whether each pool is to be given more work, in order of their ids: from what the minute job remembers, without reading figures. */
export async function readCapacity(deps: CapacityDeps, system: string, nowMs: EpochMs): Promise<Acceptance[]> {
  const [watch, budgets, open, roster, plan, stops] = await Promise.all([
    deps.watch.read(system),
    deps.budgets.list(system),
    deps.directives.open(system),
    deps.fleet.roster(system),
    deps.plans.readPlanHead(system),
    deps.policies.read(system),
  ]);
  const minute = minuteOf(nowMs);
  const directives = open.map((record) => withStop(record, stops, nowMs));
  const spending = budgets.flatMap(
    ({ budget }) => spendingOf(budget, watch.budgets.get(budget.name)?.tally, minute) ?? [],
  );
  const teamOf = owningTeams(roster);
  return [...new Set([...roster.values()].map(poolOf))].sort().map((pool) => {
    const outlook = plan?.pools.find((it) => it.pool === pool);
    const known = outlook?.status === 'known' ? outlook : null;
    return acceptanceOf({
      ...{ pool, team: teamOf({ pool }), spending, directives, nowMs },
      ...queueOfPool(watch, pool, minute),
      longestWaitMs: longestWaitMs(known?.objective ?? null, known?.serviceMs ?? null),
    });
  });
}

/** What was read stays good for so long: the minute job writes once a minute, and agents ask before every task. */
const KEPT_MS = 5_000;

/** The answer of the last seconds for each system, so that many who ask at the same time cost one read. */
export class CapacityMemory {
  readonly #known = new Map<string, { atMs: EpochMs; admissions: Promise<Acceptance[]> }>();

  read(deps: CapacityDeps, system: string, nowMs: EpochMs): Promise<Acceptance[]> {
    const known = this.#known.get(system);
    if (known && nowMs - known.atMs >= 0 && nowMs - known.atMs < KEPT_MS) return known.admissions;
    const admissions = readCapacity(deps, system, nowMs);
    this.#known.set(system, { atMs: nowMs, admissions });
    admissions.catch(() => this.#known.delete(system));
    return admissions;
  }
}
