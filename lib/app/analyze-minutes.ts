import type { Alert, AlertRecord } from '../core/alert/alert.ts';
import type { AlertGroup } from '../core/alert/alert-group.ts';
import { groupWith, isNews, withExplanation } from '../core/alert/alerts-to-explain.ts';
import { brokenDown } from '../core/alert/broken-down.ts';
import type { Citation } from '../core/alert/citation.ts';
import { evaluateMinute, type HumanWord } from '../core/alert/evaluate-minute.ts';
import { planNotices } from '../core/alert/plan-notices.ts';
import { ruleOf } from '../core/alert/rules/registry.ts';
import { strictnessFrom } from '../core/alert/strictness.ts';
import {
  LOOKBACK_MINUTES,
  type MinuteSeen,
  rollupsByMinute,
  type TaskTables,
  taskTables,
} from '../core/detect/detection-context.ts';
import { BASIS_MINUTES, planBasis } from '../core/detect/plan-basis.ts';
import { type Watch, watchMinute } from '../core/detect/watch.ts';
import { countBudgets, watchedBudgets } from '../core/detect/watch-budgets.ts';
import { citationsFor } from '../core/knowledge/citations.ts';
import type { ClosedTasks } from '../core/kpi/closed-tasks.ts';
import {
  chunkDigest,
  closedMinutes,
  completeMinutes,
  emptyChunksAfterGrowth,
  FUTURE_MINUTES,
  type MinuteWindow,
  openFromAfter,
} from '../core/kpi/complete-minutes.ts';
import { type CarriedOver, carryOver } from '../core/kpi/folded-input.ts';
import { type ClosedChunk, chunkKey, eventMinute, type RollupChunk } from '../core/kpi/rollup-chunk.ts';
import { withLate } from '../core/kpi/tile-progress.ts';
import { experienceOf } from '../core/learn/experience.ts';
import { type KnowledgeImport, type Learned, learnFrom, nothingLearned } from '../core/learn/learned.ts';
import { exportKnowledge } from '../core/learn/transfer.ts';
import type { Account } from '../core/ledger/account.ts';
import { type BucketCount, copyOfCounts, countBatch } from '../core/ledger/ledger.ts';
import { type AuditEntry, auditIdOf, itself } from '../core/model/audit-entry.ts';
import { changesIn, type FleetChange } from '../core/model/fleet-change.ts';
import { type Forgotten, withoutForgotten } from '../core/model/forgotten-agent.ts';
import type { PoolSettings } from '../core/model/pool-settings.ts';
import { poolOf, type Roster } from '../core/model/roster.ts';
import { settingsOfPools } from '../core/model/settings-of-pools.ts';
import { DAY_MINUTES, type EpochMs, MINUTE_MS, type Minute, startOfMinute } from '../core/model/time.ts';
import type { PlanTrigger } from '../core/plan/fleet-plan.ts';
import { planDue } from '../core/plan/plan-due.ts';
import { foresightAfter } from '../core/predict/foresight.ts';
import type { OpenRecommendation } from '../core/recommend/open-recommendation.ts';
import { type ActionClass, actionClassNames, type Mode } from '../core/remediate/action-class.ts';
import type { DirectiveRecord } from '../core/remediate/directive.ts';
import { settleDirective, staysOpen } from '../core/remediate/directive-lifecycle.ts';
import { statusAt } from '../core/remediate/directive-status.ts';
import { flappings } from '../core/remediate/guardrails/flap-guard.ts';
import { type Held, heldAfter } from '../core/remediate/held.ts';
import { progressEffect } from '../core/remediate/measure-directives.ts';
import { nameActions } from '../core/remediate/name-actions.ts';
import { planDirectives } from '../core/remediate/plan-directives.ts';
import { type Policy, policyInForce } from '../core/remediate/policy.ts';
import { demoted, demotionsOf } from '../core/remediate/track-record.ts';
import type { StoredBudget } from '../core/slo/budget.ts';
import type { AlertStore } from '../ports/alert-store.ts';
import type { AlertWordStore } from '../ports/alert-word-store.ts';
import type { AuditLog } from '../ports/audit-log.ts';
import type { BudgetStore } from '../ports/budget-store.ts';
import type { CarryStore } from '../ports/carry-store.ts';
import type { DirectiveStore } from '../ports/directive-store.ts';
import type { EventBus } from '../ports/event-bus.ts';
import type { DirtyMark, Journal } from '../ports/journal.ts';
import type { KnowledgeStore } from '../ports/knowledge-store.ts';
import type { LedgerEntries, LedgerStore } from '../ports/ledger-store.ts';
import type { MetricStore } from '../ports/metric-store.ts';
import type { MinuteLog, MinuteProgress } from '../ports/minute-log.ts';
import type { PlanHead, PlanStore } from '../ports/plan-store.ts';
import type { PolicyStore } from '../ports/policy-store.ts';
import type { PoolSettingsStore } from '../ports/pool-settings-store.ts';
import type { RecommendationStore } from '../ports/recommendation-store.ts';
import type { WatchStore } from '../ports/watch-store.ts';
import { noteLateMinutes, type TotalsDeps } from './count-totals.ts';
import { explainAlerts } from './explain-alerts.ts';
import type { Remembered } from './job-memory.ts';
import { type Input, readInput } from './read-input.ts';
import { type Measured, MeasuredHistories, readMeasured } from './read-measured.ts';
import { type AlertToSave, alertsToSave, saveAlerts } from './save-alerts.ts';
import { type SaveDirectiveDeps, saveDirective } from './save-directive.ts';

export interface AnalyzeDeps extends TotalsDeps, Pick<SaveDirectiveDeps, 'tellUnsaved'> {
  metrics: MetricStore;
  journal: Journal;
  ledger: LedgerStore;
  carry: CarryStore;
  alerts: AlertStore;
  words: AlertWordStore;
  watch: WatchStore;
  budgets: Pick<BudgetStore, 'list'>;
  directives: DirectiveStore;
  policies: PolicyStore;
  knowledge: Pick<KnowledgeStore, 'readLearned' | 'saveLearned' | 'imports' | 'notes'>;
  poolSettings: Pick<PoolSettingsStore, 'list'>;
  plans: Pick<PlanStore, 'readPlanHead'>;
  recommendations: Pick<RecommendationStore, 'open'>;
  log: MinuteLog;
  bus: EventBus;
  /** What the environment allows, unless people change it. */
  modes: Record<ActionClass, Mode>;
  audit: AuditLog;
  /** The mode up to which classes are promoted; absent: none is. */
  promoteUpTo?: Mode;
  /** Share of the actions that can wait which are put off by chance; absent: none. */
  holdOutShare?: number;
}

export interface Step {
  system: string;
  fence: number;
  progress: MinuteProgress;
  /** First minute that no run has completed. */
  from: Minute;
  /** Last minute to complete. */
  through: Minute;
  /** The minute boundary that the run is due at, which may be later where minutes were missed. */
  scheduledMs: EpochMs;
  /** Of the step before, where it was this process's own and everything of it is saved; used up. */
  remembered: Remembered | null;
}

const SAVED_TOGETHER = 8;
const HOUR_MS = 3_600_000;
/** Alerts that last for longer, and feedback that is older, are not looked at. */
const MARKS_LOOKBACK_MS = 30 * DAY_MINUTES * MINUTE_MS;

/**
 * Completes the minutes from..through: load → decide → save. Batches are counted as they are read, so that not all of
 * them are in memory together. What is decided depends only on what is loaded, whether it was read or remembered, and every
 * write is either an overwrite with the same content or conditional on not being there yet, so a run that stopped
 * anywhere is repaired by the next.
 * @returns the new progress, and what the next step need not read; null when another run has taken over
 */
export async function analyzeMinutes(
  deps: AnalyzeDeps,
  step: Step,
): Promise<{
  progress: MinuteProgress;
  remembered: Remembered;
  /** Whether a plan should be made now, and why; null where the one in force holds, or there is none. */
  planDue: Exclude<PlanTrigger, 'hour'> | null;
} | null> {
  const loaded = await load(deps, step);
  const decided = await explained(deps, step, loaded, decide(loaded, step));
  const progress = await save(deps, step, loaded, decided);
  return progress && { progress, remembered: toRemember(loaded, decided, step), planDue: decided.planDue };
}

interface Loaded extends Input {
  window: MinuteWindow;
  marks: DirtyMark[];
  carried: CarriedOver;
  /** Closed minutes that late events touch. */
  closed: Map<Minute, ClosedChunk[]>;
  /** Closed minutes that detectors look back on, as they were before. */
  tables: TaskTables;
  /** With all that the batches say. */
  roster: Roster;
  /** As far back as events may still come late. */
  forgotten: Forgotten;
  changes: FleetChange[];
  alerts: Map<string, AlertRecord>;
  groups: Map<string, AlertGroup>;
  said: HumanWord;
  budgets: StoredBudget[];
  watch: Watch;
  policy: Policy;
  poolSettings: ReadonlyMap<string, PoolSettings>;
  plan: PlanHead | null;
  recommendations: readonly OpenRecommendation[];
  /** Open directives by id, and with them those that were issued, ended or measured in the last day. */
  directives: Map<string, DirectiveRecord>;
  recent: DirectiveRecord[];
  measured: Measured | null;
  learned: Learned;
  imports: readonly KnowledgeImport[];
}

async function load(deps: AnalyzeDeps, { system, from, through, progress, remembered }: Step): Promise<Loaded> {
  const window = { openFrom: openFromAfter(from - 1), through };
  const dirtyMarks = await deps.journal.dirtyMarks(system);
  const buckets = new Set(dirtyMarks.map((mark) => mark.bucket));
  for (let bucket = window.openFrom; bucket <= through + 1 + FUTURE_MINUTES; bucket++) buckets.add(bucket);
  const endMs = startOfMinute(through + 1);
  const [
    carried,
    forgotten,
    alerts,
    groups,
    silences,
    marks,
    budgets,
    changes,
    recent,
    policyChanges,
    plan,
    recommendations,
    set,
    imports,
  ] = await Promise.all([
    deps.carry.read(system),
    deps.fleet.forgotten(system, startOfMinute(from) - 2 * DAY_MINUTES * MINUTE_MS),
    deps.alerts.open(system),
    deps.alerts.groups(system),
    deps.words.silences(system, startOfMinute(from)),
    deps.words.marks(system, startOfMinute(from) - MARKS_LOOKBACK_MS),
    deps.budgets.list(system),
    deps.fleet.changes(system, startOfMinute(from) - 2 * HOUR_MS, endMs),
    deps.directives.recent(system, endMs - DAY_MINUTES * MINUTE_MS),
    deps.policies.read(system),
    deps.plans.readPlanHead(system),
    deps.recommendations.open(system),
    deps.poolSettings.list(system),
    deps.knowledge.imports(system),
  ]);
  const isOfUse = remembered?.minutes.chunks === progress.chunks && isSame(remembered.forgotten, forgotten);
  const warm = isOfUse ? remembered : null;
  // The store leaves them out for as long as the job may take at most, were it not for a job that did not run at all.
  const roster = warm?.roster ?? withoutForgotten(await deps.fleet.roster(system), forgotten);
  const input = await readInput(deps.journal, system, {
    ...{ buckets, window, from, carried, roster, forgotten },
    ...{ chunks: progress.chunks, minutes: warm?.minutes ?? null },
  });
  const { together, late } = input;
  const wanted = closedMinutes({ ...together, batches: [...together.batches, ...late] }, window);
  const closed = new Map(
    await Promise.all(
      [...wanted].map(async (minute) => [minute, await deps.rollups.readClosed(system, minute)] as const),
    ),
  );
  const tables = new Map<Minute, ReadonlyMap<string, ClosedTasks>>();
  for (let minute = from - LOOKBACK_MINUTES + 1; minute < window.openFrom; minute++) {
    const known = warm?.tables.get(minute);
    tables.set(minute, known ?? (await readTables(deps, system, minute)));
  }
  // In the order of their ids: of what may not be done to all, the first gets it.
  const open = recent.filter(staysOpen).reverse();
  const directives = new Map(open.map((record) => [record.directive.id, record]));
  const summedTo = Math.min(progress.tiles?.to ?? from, window.openFrom);
  const measured = await readMeasured(deps, system, { through, summedTo, roster }, withRecent(recent, directives));
  return {
    groups,
    said: { silences, marks },
    budgets,
    watch: warm?.watch ?? (await deps.watch.read(system)),
    ...{
      window,
      marks: dirtyMarks,
      carried,
      ...input,
      closed,
      tables,
      roster,
      forgotten,
      changes,
      alerts,
      recent,
      measured,
    },
    policy: policyInForce(deps, policyChanges),
    poolSettings: new Map(set.map(({ pool, settings }) => [pool, settings])),
    ...{ plan, recommendations, directives },
    learned: warm?.learned ?? (await deps.knowledge.readLearned(system)) ?? nothingLearned,
    imports,
  };
}

function isSame(before: Forgotten, now: Forgotten): boolean {
  return before.size === now.size && [...now].every(([agent, { atMs }]) => before.get(agent)?.atMs === atMs);
}

async function readTables({ rollups }: AnalyzeDeps, system: string, minute: Minute) {
  return taskTables(await rollups.read(system, minute, minute)).get(minute) ?? new Map<string, ClosedTasks>();
}

interface Decided {
  /** All chunks of minutes that are still open. */
  open: RollupChunk[];
  /** Open chunks that differ from what is stored. */
  chunksToSave: RollupChunk[];
  /** What came late for closed minutes, where there is more of it now. */
  late: RollupChunk[];
  carriedOver: CarriedOver;
  /** Tasks of the minutes that detectors may look back on, by the keys of chunks. */
  tables: TaskTables;
  newChanges: FleetChange[];
  ledger: LedgerEntries[];
  watch: Watch;
  alerts: AlertToSave[];
  groups: Map<string, AlertGroup>;
  directives: DirectiveRecord[];
  /** The same as loaded where there was nothing to learn. */
  learned: Learned;
  /** Classes of action that were demoted, to be accounted for. */
  demotions: AuditEntry[];
  planDue: Exclude<PlanTrigger, 'hour'> | null;
  progress: MinuteProgress;
  /** Marks whose batches can no longer be missing from any rollup. */
  settledMarks: DirtyMark[];
}

function decide(loaded: Loaded, { progress, from, through, scheduledMs }: Step): Decided {
  const { window, minutes, batches, together, roster } = loaded;
  const { chunks } = minutes;
  const { open: filled, late } = completeMinutes(together, window, loaded.closed, minutes, loaded.late);
  const open = [...filled, ...emptyChunksAfterGrowth(filled, progress.chunks, chunks)];
  const openDigests = Object.fromEntries(open.map((chunk) => [chunkKey(chunk), chunkDigest(chunk)] as const));
  const changed = open.filter((chunk) => {
    const key = chunkKey(chunk);
    return openDigests[key] !== progress.openDigests[key];
  });

  const known = new Set(loaded.changes.map((change) => change.id));
  const newChanges = [...minutes.changes, ...batches.flatMap(changesIn)].filter((change) => !known.has(change.id));
  const changes = [...loaded.changes, ...newChanges];
  const computed = [...late, ...open];
  const histories = new MeasuredHistories(loaded.measured, computed, loaded);
  const tables = tablesByMinute(loaded, computed);
  const rollups = rollupsByMinute(tables, open);
  let { alerts, groups, watch, learned } = loaded;
  let directives = runOut(loaded.directives, scheduledMs);
  let planDue: Decided['planDue'] = null;
  const refused: Held[] = [];
  const { said } = loaded;
  const pools = settingsOfPools(roster, loaded.poolSettings);
  const strictness = strictnessFrom(said.marks.values(), (rule) => ruleOf(rule)?.kind);
  for (let minute = from; minute <= through; minute++) {
    const judged = new Map([...rollups].filter(([at]) => at > minute - LOOKBACK_MINUTES && at <= minute));
    const seen = { minute, nowMs: startOfMinute(minute + 1), roster, minutes: judged, changes };
    const watched = watchMinute(countBudgets(watch, loaded, computed, minute), seen);
    watch = watched.watch;
    const budgets = watchedBudgets(watch, loaded.budgets);
    const { memory, hot, inUse, peaks, volumes, errors, courses, foresight } = watch;
    const remembered = {
      ...{ readings: watched.readings, memory, hot, inUse, peaks, volumes, errors, budgets },
      ...{ courses, foresight, plan: loaded.plan, recommendations: loaded.recommendations },
      flapping: flappings(withRecent(loaded.recent, directives), seen.nowMs),
    };
    alerts = evaluateMinute(alerts, { ...seen, ...remembered, strictness }, said);
    const firing = [...alerts.values()].map(({ alert }) => alert).filter(({ state }) => state === 'firing');
    watch = { ...watch, foresight: foresightAfter(watch, seen, brokenDown(firing)) };
    const { policy, recent, plan } = loaded;
    const experience = experienceOf(learned);
    directives = planDirectives(
      directives,
      {
        ...{ ...seen, firing, policy, experience, recent, plan, watch, pools, changes },
        ...{ budgets: budgets.map(({ budget }) => budget), ...runningSince(progress) },
      },
      { onHeld: (it) => refused.push(it) },
    );
    const all = withRecent(recent, directives);
    directives = new Map(
      [...directives].map(([id, record]) => [id, progressEffect(record, minute, histories.of, all)] as const),
    );
    learned = learnFrom(learned, { records: directives.values(), imports: loaded.imports, nowMs: seen.nowMs });
    alerts = nameActions(alerts, withRecent(recent, directives), seen.nowMs);
    ({ groups, records: alerts } = planNotices(groups, alerts, loaded.alerts, minute));
    planDue = loaded.plan && duePlan(loaded.plan, seen);
  }

  return {
    open,
    chunksToSave: changed,
    late,
    carriedOver: carryOver(loaded.carried, together, {
      openFrom: window.openFrom,
      nextOpenFrom: openFromAfter(through),
    }),
    ...{ tables, newChanges },
    ledger: ledgerEntries(loaded, [...[...loaded.closed.values()].flat().flatMap(withLateOf), ...open]),
    ...{ watch, planDue },
    alerts: alertsToSave(loaded.alerts, alerts, through),
    groups,
    learned,
    directives: [...directives.values()].filter((record) => loaded.directives.get(record.directive.id) !== record),
    demotions: demotionsBegun(loaded, directives, { fromMs: startOfMinute(from), toMs: startOfMinute(through + 1) }),
    progress: {
      ...{ doneThrough: through, chunks, openDigests: stillOpen(openDigests, through) },
      ...runningSince(progress),
      held: heldAfter(progress.held ?? [], refused, startOfMinute(through + 1)),
      ...(progress.tiles && {
        tiles: withLate(
          progress.tiles,
          [...late, ...changed].map(({ minute }) => minute),
        ),
      }),
    },
    settledMarks: settledMarks(loaded, window),
  };
}

/**
 * Everybody has taken back what ran out while the job was away, so the minutes that are caught up do not extend it. What still calls
 * for it begins anew.
 */
function runOut(directives: ReadonlyMap<string, DirectiveRecord>, nowMs: EpochMs): Map<string, DirectiveRecord> {
  const hasRunOut = (record: DirectiveRecord) =>
    record.directive.ended === null && statusAt(record, nowMs) === 'expired';
  return new Map(
    [...directives].map(([id, record]) => [id, hasRunOut(record) ? settleDirective(record, nowMs) : record]),
  );
}

/** Those and the directives of the last day, as far as they have been decided. */
function withRecent(
  recent: readonly DirectiveRecord[],
  directives: ReadonlyMap<string, DirectiveRecord>,
): DirectiveRecord[] {
  return [...recent.filter(({ directive }) => !directives.has(directive.id)), ...directives.values()];
}

/** Entries of the classes that came to work as "recommend" in (fromMs, toMs]: the same however often it is worked out. */
function demotionsBegun(
  { policy, recent }: Loaded,
  directives: ReadonlyMap<string, DirectiveRecord>,
  { fromMs, toMs }: { fromMs: EpochMs; toMs: EpochMs },
): AuditEntry[] {
  const records = withRecent(recent, directives);
  const all = actionClassNames.flatMap((name) =>
    demotionsOf(name, records, { nowMs: toMs, forgivenMs: policy.setMs?.[name] }).map((it) => ({ name, ...it })),
  );
  return all.flatMap(({ name, of, sinceMs, untilMs, why }): AuditEntry[] => {
    const mode = policy.modes[name];
    if (sinceMs <= fromMs || demoted(mode) === mode) return [];
    return [
      {
        ...{
          id: auditIdOf(sinceMs, `demote-${name}${of ? `-${of}` : ''}`),
          atMs: sinceMs,
          who: itself,
          action: 'policy.demote',
          target: name,
        },
        ...{
          outcome: 'done',
          reason: why,
          before: { mode },
          after: { mode: demoted(mode), ...(of && { of }), untilMs },
        },
      },
    ];
  });
}

function runningSince({ runningFrom }: MinuteProgress): Pick<MinuteProgress, 'runningFrom'> {
  return runningFrom === undefined ? {} : { runningFrom };
}

/** By the minutes of the look-back whose reports have come in. */
function duePlan(plan: PlanHead, seen: MinuteSeen): Decided['planDue'] {
  const basis = planBasis(seen);
  return basis && planDue(plan, basis, { nowMs: seen.nowMs, minutes: BASIS_MINUTES });
}

/** With what is behind the alerts that have begun to fire, in them and in the notices that tell of them. */
async function explained(deps: AnalyzeDeps, { system }: Step, loaded: Loaded, decided: Decided): Promise<Decided> {
  const { roster, window, alerts: saved } = loaded;
  const explanations = await explainAlerts(deps, system, {
    ...{ saved, records: decided.alerts.map(({ record }) => record), open: decided.open, openFrom: window.openFrom },
    ...{ roster, changes: [...loaded.changes, ...decided.newChanges] },
  });
  const known = await citedOf(deps, system, loaded, decided);
  if (explanations.size === 0 && known.size === 0) return decided;
  const more = (alert: Alert): Alert => {
    const [explanation, cited] = [explanations.get(alert.id), known.get(alert.id)];
    const told = explanation ? withExplanation(alert, explanation) : alert;
    return cited ? { ...told, known: cited } : told;
  };
  const alerts = decided.alerts.map((it) => {
    const alert = more(it.record.alert);
    return alert === it.record.alert ? it : { ...it, record: { ...it.record, alert } };
  });
  const groups = [...decided.groups].map(([key, group]) => [key, groupWith(group, more)] as const);
  return { ...decided, alerts, groups: new Map(groups) };
}

/** What earlier cases and people say of the alerts that have begun to fire, by id. Nothing is read where none has. */
async function citedOf(
  { knowledge }: Pick<AnalyzeDeps, 'knowledge'>,
  system: string,
  { alerts: saved, window }: Loaded,
  { alerts, learned }: Decided,
): Promise<Map<string, Citation[]>> {
  const news = alerts
    .map(({ record }) => record.alert)
    .filter((alert) => isNews(saved.get(alert.fingerprint)?.alert, alert));
  if (news.length === 0) return new Map();
  const entries = exportKnowledge(learned.beliefs, startOfMinute(window.through + 1));
  const notes = await knowledge.notes(system);
  const cited = news.map((alert) => [alert.id, citationsFor(alert, { entries, notes })] as const);
  return new Map(cited.filter(([, lines]) => lines.length > 0));
}

/** @param chunks that were computed: open ones, and what came late for closed minutes */
function tablesByMinute({ tables }: Loaded, chunks: readonly RollupChunk[]): TaskTables {
  const minutes = new Map<Minute, ReadonlyMap<string, ClosedTasks>>(tables);
  // What came late for minutes before the look-back concerns no detector.
  const ofDetectors = chunks.filter(({ isLate, minute }) => !isLate || tables.has(minute));
  for (const [minute, its] of taskTables(ofDetectors)) {
    minutes.set(minute, new Map([...(minutes.get(minute) ?? []), ...its]));
  }
  return minutes;
}

/** What the next step would otherwise read again. */
function toRemember(
  { minutes, roster, forgotten }: Loaded,
  { tables, watch, learned }: Decided,
  { through }: Step,
): Remembered {
  const nextOpenFrom = openFromAfter(through);
  const isLookedBackOn = (minute: Minute) => minute < nextOpenFrom && minute > through + 1 - LOOKBACK_MINUTES;
  minutes.closeBefore(nextOpenFrom);
  return {
    ...{ through, minutes, roster, forgotten, watch, learned },
    tables: new Map([...tables].filter(([minute]) => isLookedBackOn(minute))),
  };
}

/** Digests that the next run looks at: of many chunks, and of all minutes of a run that caught up, they fit no item. */
function stillOpen(digests: Readonly<Record<string, string>>, through: Minute): Record<string, string> {
  const isOpen = (key: string) => Number.parseInt(key, 10) >= openFromAfter(through);
  return Object.fromEntries(Object.entries(digests).filter(([key]) => isOpen(key)));
}

async function save(
  deps: AnalyzeDeps,
  { system, fence, progress }: Step,
  loaded: Loaded,
  decided: Decided,
): Promise<MinuteProgress | null> {
  const { late } = decided;
  // A run that was overtaken while it was reading must not write what the other has read since: each item by itself would
  // take it where the other has not written.
  if (!(await deps.log.saveProgress(system, progress, fence))) return null;
  const { roster, forgotten, groups, alerts } = loaded;
  const poolOfAgent = (agent: string) => poolOf(roster.get(agent) ?? forgotten.get(agent)?.entry);
  if (!(await noteLateMinutes(deps, { system, fence }, late, poolOfAgent))) return null;
  const chunks = [...decided.chunksToSave, ...late];
  // Packed, all of them together would take as much memory again.
  for (let i = 0; i < chunks.length; i += SAVED_TOGETHER) {
    const some = chunks.slice(i, i + SAVED_TOGETHER);
    const saved = await Promise.all(some.map((chunk) => deps.rollups.save(system, chunk, fence)));
    if (saved.includes(false)) return null;
  }
  const accounted = await Promise.all(decided.ledger.map((entries) => deps.ledger.set(system, entries, fence)));
  if (accounted.includes(false)) return null;
  if (!(await deps.carry.save(system, decided.carriedOver, fence))) return null;
  if (!(await deps.fleet.saveRoster(system, roster, fence))) return null;
  await deps.fleet.saveChanges(system, decided.newChanges);
  // Before the alerts that speak of them.
  await Promise.all(decided.demotions.map((entry) => deps.audit.write(system, entry)));
  // Before the directives that it has counted: it knows which they are, should they be decided again.
  const { learned } = decided;
  if (learned !== loaded.learned && !(await deps.knowledge.saveLearned(system, learned, fence))) return null;
  const directed = await Promise.all(decided.directives.map((record) => saveDirective(deps, system, record, fence)));
  if (directed.includes(false)) return null;
  if (!(await saveAlerts(deps.alerts, system, { groups, alerts }, decided, fence))) return null;
  if (!(await deps.watch.save(system, decided.watch, fence, loaded.watch))) return null;
  if (!(await deps.log.saveProgress(system, decided.progress, fence))) return null;
  // Last: until the progress is saved, a run that starts over must find the late batches again.
  await deps.journal.clearDirty(system, decided.settledMarks);
  return decided.progress;
}

type CountedEvents = Pick<RollupChunk, 'minute' | 'storedByAccount' | 'duplicateByAccount'>;

function withLateOf(chunk: ClosedChunk): CountedEvents[] {
  return chunk.late ? [chunk, chunk.late] : [chunk];
}

/** Whole buckets and whole minutes only, because entries are set: a part of one would hide the rest. */
function ledgerEntries({ minutes, batches }: Loaded, chunks: readonly CountedEvents[]): LedgerEntries[] {
  type Counts = Map<Minute, number>;
  const pages = new Map<Account, { seen: Map<Minute, BucketCount>; stored: Counts; copies: Counts }>();
  const pageOf = (account: Account) => {
    const page = pages.get(account) ?? { seen: new Map(), stored: new Map(), copies: new Map() };
    pages.set(account, page);
    return page;
  };
  const folded = minutes.counts;
  const others = Map.groupBy(batches, ({ bucket }) => bucket);
  for (const bucket of new Set([...folded.keys(), ...others.keys()])) {
    const counts = copyOfCounts(folded.get(bucket) ?? new Map());
    for (const batch of others.get(bucket) ?? []) countBatch(counts, batch);
    for (const [account, counted] of counts) pageOf(account).seen.set(bucket, counted);
  }
  const add = (counts: Counts, minute: Minute, count: number) => counts.set(minute, (counts.get(minute) ?? 0) + count);
  for (const { minute, storedByAccount, duplicateByAccount } of chunks) {
    for (const [account, count] of storedByAccount) add(pageOf(account).stored, minute, count);
    for (const [account, count] of duplicateByAccount) add(pageOf(account).copies, minute, count);
  }
  return [...pages].map(([account, page]) => ({ account, ...page }));
}

/**
 * A mark may go once its bucket is read at every run while any of its minutes is open, or once all of them are closed.
 * Only buckets far in the future (a sender's wrong clock) need their mark for longer.
 */
function settledMarks({ marks, minutes, batches }: Loaded, { through }: MinuteWindow): DirtyMark[] {
  return marks.filter(({ bucket, batchId }) => {
    if (minutes.idsIn(bucket).has(batchId)) return true;
    const batch = batches.find(({ id, bucket: of }) => id === batchId && of === bucket);
    if (!batch) return false;
    if (bucket <= through + FUTURE_MINUTES) return true;
    return batch.events.every((event) => eventMinute(event, batch) < openFromAfter(through));
  });
}
