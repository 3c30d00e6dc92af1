import { wasThere } from '../kpi/figures.ts';
import type { FleetFigures, ScopeFigures } from '../kpi/scope-figures.ts';
import { countTasks } from '../kpi/task-rollup.ts';
import { poolOf, type Roster } from '../model/roster.ts';
import type { Budget } from '../slo/budget.ts';
import type { CoverageFact } from './review-input.ts';

/** What of a fleet nobody would notice: who was there in a week and sends, costs or promises nothing. */
export function coverageFacts(
  { agents, pools }: Pick<FleetFigures, 'agents' | 'pools'>,
  types: ReadonlyMap<string, ScopeFigures>,
  { entries, budgets }: { entries: Roster; budgets: readonly Budget[] },
): CoverageFact[] {
  const there = [...agents.keys()].filter((agent) => wasThere(agents.get(agent) as ScopeFigures)).sort();
  const busy = [...pools.keys()].filter((pool) => wasThere(pools.get(pool) as ScopeFigures)).sort();
  const done = [...types].filter(([, figures]) => countTasks(figures.tasks.counters) > 0);
  const owned = new Set(
    [...entries.values()].filter(({ description }) => description?.team !== undefined).map((entry) => poolOf(entry)),
  );
  const budgeted = new Set(budgets.flatMap(({ scope }) => (scope.kind === 'pool' ? [scope.id] : [])));
  const lacking = (names: readonly string[], lacks: (name: string) => boolean) => ({
    missing: names.filter(lacks),
    of: names.length,
  });
  return [
    { gap: 'heartbeat', ...lacking(there, (agent) => agents.get(agent)?.presence.counters.beats === 0) },
    { gap: 'owner', ...lacking(busy, (pool) => !owned.has(pool)) },
    { gap: 'cost', ...lacking(there, (agent) => hasNoCost(agents.get(agent))) },
    { gap: 'budget', ...lacking(busy, (pool) => !budgeted.has(pool)) },
    {
      gap: 'sla',
      ...lacking(done.map(([type]) => type).sort(), (type) => types.get(type)?.tasks.counters.slaTotal === 0),
    },
  ];
}

/** Neither an hourly rate nor what its tasks cost. */
function hasNoCost(figures: ScopeFigures | undefined): boolean {
  return figures?.use.rateMinutes === 0 && figures.tasks.counters.costNanoUsd === 0;
}
