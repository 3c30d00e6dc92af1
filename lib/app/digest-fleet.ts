import { wasThere } from '../core/kpi/figures.ts';
import { kpiValues } from '../core/kpi/registry.ts';
import { fleetFiguresIn, taskTypeFiguresIn } from '../core/kpi/scope-figures.ts';
import { lateEvents } from '../core/ledger/late-events.ts';
import { withDeparted } from '../core/model/forgotten-agent.ts';
import type { Roster } from '../core/model/roster.ts';
import { DAY_MINUTES, type EpochMs, type Minute, minuteOf, startOfMinute } from '../core/model/time.ts';
import { composeDigest } from '../core/review/compose-digest.ts';
import { coverageFacts } from '../core/review/coverage-facts.ts';
import { DAY_MS, dayPeriod, isoDay } from '../core/review/day.ts';
import type { DigestInput } from '../core/review/digest-input.ts';
import { digestText } from '../core/review/digest-text.ts';
import type { MonitorFacts } from '../core/review/monitor-health.ts';
import type { AlertStore } from '../ports/alert-store.ts';
import type { BudgetStore } from '../ports/budget-store.ts';
import type { DigestPublisher } from '../ports/digest-publisher.ts';
import type { DirectiveStore } from '../ports/directive-store.ts';
import type { Journal } from '../ports/journal.ts';
import type { LedgerStore } from '../ports/ledger-store.ts';
import type { NotificationLog } from '../ports/notifier.ts';
import type { PlanStore } from '../ports/plan-store.ts';
import { eachSystem } from './each-system.ts';
import { readBudgets } from './read-budgets.ts';
import { readFreshness } from './read-freshness.ts';
import { readLedger } from './read-ledger.ts';
import type { SeriesDeps } from './read-series.ts';
import { readWindow } from './read-window.ts';

export interface DigestDeps extends SeriesDeps {
  alerts: Pick<AlertStore, 'history'>;
  journal: Journal;
  ledger: LedgerStore;
  budgets: BudgetStore;
  directives: Pick<DirectiveStore, 'history'>;
  plans: Pick<PlanStore, 'readPlanHead'>;
  digests: DigestPublisher;
  /** Which digests were published. */
  sent: NotificationLog;
  /** Of the API, which requests in digests begin with; / where readers know it. */
  publicUrl: string;
  nowMs: () => EpochMs;
}

const WEEK_DAYS = 7;

export interface DigestOutcome {
  system: string;
  day: string;
  status: 'nothing-known' | 'published';
}

/**
 * Tells of the day that ended before a moment, of every system that did anything in it or in the day before.
 * @throws AggregateError when it failed for some systems, after all have had their turn
 */
export async function digestFleets(deps: DigestDeps, atMs: EpochMs): Promise<DigestOutcome[]> {
  const day = isoDay(atMs - DAY_MS);
  return eachSystem(deps.fleet, (system) => digestFleet(deps, system, day));
}

/**
 * Tells the readers of a day what it was like. Running it again tells nobody a second time, unless the first run was cut off
 * between telling and noting it down.
 * @param day in UTC, a day that is over
 * @throws RangeError when it is none
 */
export async function digestFleet(deps: DigestDeps, system: string, day: string): Promise<DigestOutcome> {
  const period = dayPeriod(day);
  if (!period) throw new RangeError(`day must be a date such as 2026-03-18; got ${day}`);
  const id = `digest#${system}#${day}`;
  if (await deps.sent.wasSent(id)) return { system, day, status: 'published' };
  const input = await load(deps, system, day, minuteOf(period.toMs));
  if (!input) return { system, day, status: 'nothing-known' };
  const digest = composeDigest(input);
  const { title, isQuiet } = digest;
  await deps.digests.publish({ system, day, title, isQuiet, text: digestText(digest, deps.publicUrl) });
  await deps.sent.markSent(id, input.madeMs);
  return { system, day, status: 'published' };
}

/** @returns null where nobody did anything in the day and the one before it */
async function load(deps: DigestDeps, system: string, day: string, to: Minute): Promise<DigestInput | null> {
  const [from, madeMs] = [to - DAY_MINUTES, deps.nowMs()];
  const [fromMs, toMs] = [startOfMinute(from), startOfMinute(to)];
  const earliest = from - WEEK_DAYS * DAY_MINUTES;
  const [roster, forgotten, progress] = await Promise.all([
    deps.fleet.roster(system),
    deps.fleet.forgotten(system, startOfMinute(earliest)),
    deps.log.progress(system),
  ]);
  const entries = withDeparted(roster, forgotten);
  const dayFrom = async (start: Minute) => {
    const tile = await readWindow(
      deps,
      system,
      { from: start, to: start + DAY_MINUTES },
      entries,
      progress.tiles ?? null,
    );
    const figures = fleetFiguresIn(tile, entries);
    return { tile, figures, kpis: wasThere(figures.fleet) ? kpiValues('fleet', figures.fleet) : null };
  };
  const { tile, figures, kpis } = await dayFrom(from);
  const { kpis: before } = await dayFrom(from - DAY_MINUTES);
  if (kpis === null && before === null) return null;
  const { kpis: weekBefore } = await dayFrom(earliest);
  const budgets = await deps.budgets.list(system);
  const [reports, alerts, directives, plan, ledger, pages, freshness, minutes, systems] = await Promise.all([
    readBudgets(deps, system, budgets, to),
    deps.alerts.history(system, fromMs, toMs),
    deps.directives.history(system, fromMs - DAY_MS, toMs),
    deps.plans.readPlanHead(system),
    readLedger(deps, system, { from, to }, madeMs),
    deps.ledger.read(system, from, to - 1),
    readFreshness(deps, system, madeMs),
    deps.metrics.read(system, 'fleet', 'minute', from, to),
    deps.fleet.systems(),
  ]);
  const sinceMs = systems.find((known) => known.system === system)?.sinceMs ?? fromMs;
  const coverage = coverageFacts(figures, taskTypeFiguresIn(tile), { entries: roster as Roster, budgets: [] });
  const silent = coverage.find(({ gap }) => gap === 'heartbeat');
  const resumedMs = progress.runningFrom === undefined ? null : startOfMinute(progress.runningFrom);
  const monitor: MonitorFacts = {
    minutes: minutesJudged(minutes, Math.max(from, minuteOf(sinceMs)), to),
    resumedMs: resumedMs !== null && resumedMs >= fromMs && sinceMs < fromMs ? resumedMs : null,
    ...{ freshness: freshness.freshness, ledger: ledger.total, lateEvents: lateEvents(pages) },
    withoutHeartbeat: { missing: silent?.missing.length ?? 0, of: silent?.of ?? 0 },
  };
  return {
    ...{ system, day, madeMs, alerts, directives, plan, monitor },
    kpis: { day: kpis, before, weekBefore },
    budgets: reports.map(({ budget, report }) => ({ budget, report })),
  };
}

/** null where history by the minute is not kept any more. */
function minutesJudged(points: readonly { at: Minute }[], from: Minute, to: Minute): MonitorFacts['minutes'] {
  if (points.length === 0) return null;
  return { of: to - from, judged: new Set(points.map(({ at }) => at).filter((at) => at >= from)).size };
}
