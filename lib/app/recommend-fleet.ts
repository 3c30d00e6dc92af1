import type { TaskEvent } from '../core/model/event.ts';
import { settingsOfPools } from '../core/model/settings-of-pools.ts';
import { DAY_MINUTES, type EpochMs, MINUTE_MS, type Minute, minuteOf, startOfMinute } from '../core/model/time.ts';
import type { WorkloadOutlook } from '../core/plan/workload-outlook.ts';
import { type AdviceRecord, afterEvaluation, withFigure } from '../core/recommend/lifecycle.ts';
import { recommend } from '../core/recommend/recommend.ts';
import { type RecommendationContext, recommendationContext } from '../core/recommend/recommendation-context.ts';
import { strategies } from '../core/recommend/registry.ts';
import { sampleWorkflows } from '../core/workflow/sample-workflows.ts';
import type { AlertStore } from '../ports/alert-store.ts';
import type { BudgetStore } from '../ports/budget-store.ts';
import type { FleetStore } from '../ports/fleet-store.ts';
import type { MinuteLog } from '../ports/minute-log.ts';
import type { PlanStore } from '../ports/plan-store.ts';
import type { PoolSettingsStore } from '../ports/pool-settings-store.ts';
import type { RecommendationStore, StoredAdvice } from '../ports/recommendation-store.ts';
import { eachSystem } from './each-system.ts';
import type { JournalDeps } from './read-journal.ts';
import { readTasks } from './read-tasks.ts';
import { readWorkflows } from './read-workflows.ts';

export interface RecommendDeps extends JournalDeps {
  fleet: Pick<FleetStore, 'systems' | 'roster' | 'forgotten'>;
  log: Pick<MinuteLog, 'progress'>;
  plans: Pick<PlanStore, 'readPlanHead' | 'readOutlook'>;
  poolSettings: Pick<PoolSettingsStore, 'list'>;
  budgets: Pick<BudgetStore, 'list'>;
  alerts: Pick<AlertStore, 'history'>;
  recommendations: RecommendationStore;
  nowMs: () => EpochMs;
}

/** Tasks of so many minutes are read, the newest first, until there are enough. */
const WINDOW_MINUTES = 240;
/** Of so many first; by them it is known how many more are needed. */
const FIRST_MINUTES = 5;
const MOST_TASKS = 100_000;
/** Of less nobody should be told what to change; a fleet that does more than enough in less is known. */
const LEAST_MINUTES = 60;
const WORKFLOWS_PER_MINUTE = 100;
const ALERT_DAYS = 30;
const TRIES = 5;

export interface RecommendOutcome {
  system: string;
  status: 'nothing-known' | 'recommended';
  recommendations: number;
  /** Strategies that could not be evaluated, and why. */
  failed: string[];
}

/** @throws AggregateError when it failed for some systems, after all have had their turn */
export async function recommendFleets(deps: RecommendDeps): Promise<RecommendOutcome[]> {
  return eachSystem(deps.fleet, (system) => recommendFleet(deps, system));
}

/**
 * Evaluates the strategies on what is stored of a system, and saves what is recommended, and what became of what was. Running it again
 * for the same time changes nothing.
 */
export async function recommendFleet(deps: RecommendDeps, system: string): Promise<RecommendOutcome> {
  const nowMs = deps.nowMs();
  const known = await deps.recommendations.list(system);
  const context = await load(deps, system, { nowMs, records: known.map(({ record }) => record) });
  if (!context) return { system, status: 'nothing-known', recommendations: 0, failed: [] };
  const { recommendations, failed } = recommend(context, Object.values(strategies));
  const ids = new Set([...known.map(idOf), ...recommendations.map(({ id }) => id)]);
  for (const id of ids) {
    const its = recommendations.filter((recommendation) => recommendation.id === id);
    await change(deps.recommendations, system, known.find((stored) => idOf(stored) === id) ?? null, id, (record) => {
      const next = afterEvaluation(new Map(record ? [[id, record]] : []), its, nowMs).get(id);
      return next ? withFigure(next, figureOf(next, context), nowMs) : null;
    });
  }
  return {
    ...{ system, status: 'recommended', recommendations: recommendations.length },
    failed: failed.map(({ strategy, error }) => `${strategy}: ${String(error)}`),
  };
}

/** @throws Error when people keep changing it at the same time */
async function change(
  store: RecommendationStore,
  system: string,
  stored: StoredAdvice | null,
  id: string,
  next: (record: AdviceRecord | null) => AdviceRecord | null,
): Promise<void> {
  let current = stored;
  for (let attempt = 0; attempt < TRIES; attempt++) {
    const record = next(current?.record ?? null);
    if (record === null || JSON.stringify(record) === JSON.stringify(current?.record)) return;
    if (await store.save(system, { revision: (current?.revision ?? 0) + 1, record })) return;
    current = await store.find(system, id);
  }
  throw new Error(`recommendation ${id} keeps being changed`);
}

function idOf({ record }: StoredAdvice): string {
  return record.recommendation.id;
}

/** Of what is proposed or adopted; the strategy may be at a loss with a scope that is gone. */
function figureOf(
  { recommendation: { strategy, scope } }: AdviceRecord,
  context: RecommendationContext,
): number | null {
  try {
    return strategies[strategy].figure(context, scope);
  } catch {
    return null;
  }
}

async function load(
  deps: RecommendDeps,
  system: string,
  { nowMs, records }: { nowMs: EpochMs; records: readonly AdviceRecord[] },
): Promise<RecommendationContext | null> {
  const [roster, { doneThrough }] = await Promise.all([deps.fleet.roster(system), deps.log.progress(system)]);
  if (doneThrough === null || roster.size === 0) return null;
  const to = doneThrough + 1;
  const [{ from, tasks }, plan, changes, budgets, alerts] = await Promise.all([
    newestTasks(deps, system, to),
    deps.plans.readPlanHead(system),
    deps.poolSettings.list(system),
    deps.budgets.list(system),
    deps.alerts.history(system, nowMs - ALERT_DAYS * DAY_MINUTES * MINUTE_MS, nowMs),
  ]);
  if (to - from < LEAST_MINUTES && tasks.length < MOST_TASKS) return null;
  // They are read with an hour before them, of fleets that have any.
  const hasWorkflows = tasks.some(({ workflow }) => workflow !== undefined);
  const workflows = hasWorkflows ? await readWorkflows(deps, system, { from, to }, nowMs) : [];
  const outlooks = plan?.pools ?? [];
  const forecasts = new Map<string, WorkloadOutlook>();
  for (const { pool, status } of outlooks) {
    const outlook = status === 'known' ? await deps.plans.readOutlook(system, `pool:${pool}`) : null;
    if (outlook) forecasts.set(`pool:${pool}`, outlook);
  }
  return recommendationContext({
    ...{
      nowMs,
      fromMs: startOfMinute(from),
      toMs: startOfMinute(to),
      tasks,
      entries: roster,
      outlooks,
      forecasts,
      alerts,
    },
    workflows: sampleWorkflows(workflows, WORKFLOWS_PER_MINUTE),
    settings: settingsOfPools(roster, new Map(changes.map(({ pool, settings }) => [pool, settings]))),
    budgets: budgets.map(({ budget }) => budget),
    records,
  });
}

/** Of the newest minutes, as many as hold enough tasks; from the first one on that has any: a fleet may be younger than that. */
async function newestTasks(deps: RecommendDeps, system: string, to: Minute) {
  const tasks: TaskEvent[] = [];
  let [at, step] = [to, FIRST_MINUTES];
  while (at > to - WINDOW_MINUTES && tasks.length < MOST_TASKS) {
    for (const task of await readTasks(deps, system, at - step, at)) tasks.push(task);
    at -= step;
    // In one go: each reading reads half an hour around its minutes as well.
    const perMinute = tasks.length / (to - at);
    step = Math.min(at - (to - WINDOW_MINUTES), Math.ceil((MOST_TASKS - tasks.length) / perMinute));
  }
  const from = tasks.reduce((first, { endedAtMs }) => Math.min(first, minuteOf(endedAtMs)), to - 1);
  return { from, tasks };
}
