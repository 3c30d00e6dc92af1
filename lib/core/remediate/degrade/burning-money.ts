import type { Alert } from '../../alert/alert.ts';
import { owningTeams } from '../../alert/lifecycle.ts';
import type { LadderStep } from '../../model/pool-settings.ts';
import { livesOn } from '../../slo/lives-on.ts';
import type { Proposal } from '../directive.ts';
import type { DecisionContext } from '../directive-kind.ts';
import type { DegradeMemory } from '../kinds/degrade.ts';
import { rungProposal } from './degrade-proposal.ts';
import { type ConcernedPool, factorOf } from './overload.ts';

/**
 * Alerts about money that is spent too fast, by the pools that live on it. Those of a budget of an agent or of a task type are of no
 * pool: most of what a pool does may be of others.
 */
export function burningMoney({ firing, budgets = [], pools, roster }: DecisionContext): Map<string, Alert[]> {
  const scopes = new Map(budgets.filter(({ kpi }) => kpi === 'cost_per_task').map(({ name, scope }) => [name, scope]));
  const burning = firing.flatMap((alert) => {
    const scope = alert.rule === 'budget-burn' ? scopes.get(alert.scope.budget ?? '') : undefined;
    return scope ? [{ alert, scope }] : [];
  });
  if (burning.length === 0) return new Map();
  const teamOf = owningTeams(roster);
  const byPool = [...pools.keys()].map((pool) => {
    const its = burning.filter(({ scope }) => livesOn(scope, pool, teamOf({ pool })));
    return [pool, its.map(({ alert }) => alert)] as const;
  });
  return new Map(byPool.filter(([, alerts]) => alerts.length > 0));
}

/** A rung on which a pool spends less. */
export function moneyRung(
  pool: string,
  { rung, memory, burning }: { rung: LadderStep; memory: DegradeMemory; burning: readonly Alert[] },
  context: DecisionContext,
): Proposal<'degrade'> {
  return rungProposal(
    pool,
    {
      ...{ rung, memory, causes: burning },
      ...{ signals: burning.map(({ rule }) => rule), evidence: burning.map(({ title }) => title) },
      expected: { kpi: 'cost_per_task', size: 1 - rung.serviceFactor, unit: 'ratio' },
    },
    context,
  );
}

/** The cheapest rung while money burns, of a pool of which nobody knows how full it is; null where none does, or it has no ladder. */
export function cheapestRung(
  { pool, burning, ladder }: Pick<ConcernedPool, 'pool' | 'burning' | 'ladder'>,
  context: DecisionContext,
): Proposal<'degrade'> | null {
  const rungs = context.pools.get(pool)?.ladder ?? [];
  const rung = rungs.at(-1);
  if (!rung || burning.length === 0) return null;
  const memory =
    ladder?.params.step === rung.step
      ? { ...ladder.memory, calmSinceMs: null }
      : { sinceMs: context.nowMs, calmSinceMs: null, before: factorOf(rungs, ladder?.params.step) };
  return moneyRung(pool, { rung, memory, burning }, context);
}
