import { scopeName } from '../core/kpi/kpi-scope.ts';
import type { Actor } from '../core/model/audit-entry.ts';
import type { EpochMs } from '../core/model/time.ts';
import {
  type Budget,
  type BudgetRevision,
  type BudgetSettings,
  MAX_BUDGETS,
  type StoredBudget,
} from '../core/slo/budget.ts';
import { reachesBudget } from '../core/slo/budget-access.ts';
import type { BudgetStore } from '../ports/budget-store.ts';
import type { FleetStore } from '../ports/fleet-store.ts';
import { type AuditDeps, audited } from './audited.ts';

export interface ChangeBudgetDeps extends AuditDeps {
  budgets: BudgetStore;
  fleet: FleetStore;
}

export type BudgetOutcome =
  | ({ status: 'saved' } & StoredBudget)
  /** With what it was. */
  | ({ status: 'deleted' } & StoredBudget)
  | { status: 'unknown' }
  /** What it shall be of is not of the pools of who asks. */
  | { status: 'not-of-pools' }
  | { status: 'conflict'; why: string };

interface Change {
  system: string;
  name: string;
  who: Actor;
  atMs: EpochMs;
}

/** Whose pools budgets must be of, where they are restricted to some. */
type Holder = { pools?: readonly string[] };

const TRIES = 5;

/**
 * Sets a budget, a new one or in place of the one of that name.
 * @param revision the one that the change was made from, 0 for none: refused where there is another by now. Without it, it
 *   replaces whatever is there, and the audit log keeps what that was
 */
export function setBudget(
  deps: ChangeBudgetDeps,
  { settings, revision, ...change }: Change & { settings: BudgetSettings; revision?: number },
  holder: Holder,
): Promise<BudgetOutcome> {
  const { name, who, atMs } = change;
  const budget: Budget = { name, ...settings, updatedAtMs: atMs, updatedBy: who.name };
  return changeBudget(deps, change, { budget, ...(revision === undefined ? {} : { revision }) }, holder);
}

/** Deletes a budget; what was counted stays. */
export function deleteBudget(deps: ChangeBudgetDeps, change: Change, holder: Holder): Promise<BudgetOutcome> {
  return changeBudget(deps, change, { budget: null }, holder);
}

async function changeBudget(
  deps: ChangeBudgetDeps,
  { system, name, who, atMs }: Change,
  { budget, revision }: { budget: Budget | null; revision?: number },
  holder: Holder,
): Promise<BudgetOutcome> {
  const roster = holder.pools === undefined ? new Map() : await deps.fleet.roster(system);
  if (budget && !reachesBudget(holder, budget.scope, roster)) return { status: 'not-of-pools' };
  const first = await deps.budgets.find(system, name);
  if (!budget && (!first.budget || !reachesBudget(holder, first.budget.scope, roster))) return { status: 'unknown' };
  let before = first;
  const attempt = async (): Promise<BudgetOutcome> => {
    for (let tries = 0; tries < TRIES; tries++) {
      const refused = await refusal();
      if (refused) return refused;
      const next = { revision: before.revision + 1, budget };
      if (await deps.budgets.save(system, name, next)) return outcomeOf(before, next);
      const found = await deps.budgets.find(system, name);
      // Saved after all, by a request whose answer was lost.
      if (found.revision === next.revision && JSON.stringify(found.budget) === JSON.stringify(budget)) {
        return outcomeOf(before, next);
      }
      before = found;
    }
    return { status: 'conflict', why: `budget ${name} was changed by others ${TRIES} times in a row: try again` };
  };
  const refusal = async (): Promise<BudgetOutcome | null> => {
    const current = before.budget;
    if (!budget && !current) return { status: 'unknown' };
    if (current && !reachesBudget(holder, current.scope, roster)) {
      return { status: 'conflict', why: `the name ${name} is taken by a budget of other pools: use another name` };
    }
    const isOf = current ? before.revision : 0;
    if (revision !== undefined && revision !== isOf) {
      const by = current ? `, saved by ${current.updatedBy} at ${new Date(current.updatedAtMs).toISOString()}` : '';
      const why = `budget ${name} is at revision ${isOf} by now${by}, not ${revision}: read it again`;
      return { status: 'conflict', why };
    }
    // Two that are made at the same moment may both find room: no harm.
    if (budget && !current && (await deps.budgets.list(system)).length >= MAX_BUDGETS) {
      return {
        status: 'conflict',
        why: `the system has ${MAX_BUDGETS} budgets, and can have no more: delete one first`,
      };
    }
    return null;
  };
  return audited<BudgetOutcome>(
    deps,
    {
      ...{ system, who, atMs, target: name, action: budget ? 'budget.set' : 'budget.delete' },
      ...(budget ? { after: settingsOf(budget) } : {}),
    },
    attempt,
    (outcome) => ({
      ...(before.budget ? { before: settingsOf(before.budget) } : {}),
      ...(outcome.status === 'conflict'
        ? { outcome: 'refused', reason: outcome.why }
        : { outcome: outcome.status === 'unknown' ? 'refused' : 'done' }),
    }),
  );
}

function outcomeOf(before: BudgetRevision, { revision, budget }: BudgetRevision): BudgetOutcome {
  if (budget) return { status: 'saved', revision, budget };
  return { status: 'deleted', revision, budget: before.budget as Budget };
}

/** For the log. */
function settingsOf({ kpi, scope, objective, period, limit, owner }: Budget): Record<string, unknown> {
  return { kpi, scope: scopeName(scope), objective, period, limit, owner };
}
