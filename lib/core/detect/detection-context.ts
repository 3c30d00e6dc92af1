import { ClosedTasks } from '../kpi/closed-tasks.ts';
import type { ErrorRollup } from '../kpi/error-rollup.ts';
import { longestTaskByPool } from '../kpi/longest-task.ts';
import type { MetricRollup } from '../kpi/metric-rollup.ts';
import type { PartRollup } from '../kpi/part-rollup.ts';
import type { PresenceRollup } from '../kpi/presence-rollup.ts';
import { chunkKey, type RollupChunk } from '../kpi/rollup-chunk.ts';
import type { WorkflowRollup } from '../kpi/workflow-rollup.ts';
import type { FleetChange } from '../model/fleet-change.ts';
import type { Roster } from '../model/roster.ts';
import type { EpochMs, Minute } from '../model/time.ts';
import type { PoolOutlook } from '../plan/pool-outlook.ts';
import type { AgentCourse } from '../predict/agent-course.ts';
import type { Foresight } from '../predict/foresight.ts';
import type { OpenRecommendation } from '../recommend/open-recommendation.ts';
import type { Flapping } from '../remediate/guardrails/flap-guard.ts';
import type { Budget } from '../slo/budget.ts';
import type { BudgetTally } from '../slo/budget-tally.ts';
import type { ErrorMemory } from './error-memory.ts';
import type { HotMinutes } from './hot-minutes.ts';
import type { HourlyPeaks } from './hourly-peaks.ts';
import type { MinuteFigures } from './minute-figures.ts';
import { minuteFigures } from './minute-figures.ts';
import type { ShareRing } from './share-ring.ts';
import type { VolumesOfTheWeek } from './volumes-of-the-week.ts';
import type { SeriesReading } from './watch.ts';

/** How many minutes back, the judged one included, a detector may look. */
export const LOOKBACK_MINUTES = 5;

export interface MinuteRollups {
  tasks: readonly ClosedTasks[];
  /** Of minutes that are closed these may be absent. */
  presence: readonly PresenceRollup[];
  parts: readonly PartRollup[];
  metrics: readonly MetricRollup[];
  workflows: readonly WorkflowRollup[];
  errors: readonly ErrorRollup[];
}

/** What is at hand when one minute is judged. */
export interface MinuteSeen {
  minute: Minute;
  /** End of the judged minute. */
  nowMs: EpochMs;
  roster: Roster;
  /** Rollups of the last {@link LOOKBACK_MINUTES} minutes; a minute without events is absent. */
  minutes: ReadonlyMap<Minute, MinuteRollups>;
}

/** What rules may know of the newest plan. */
export interface PlannedAhead {
  madeAtMs: EpochMs;
  pools: readonly PoolOutlook[];
}

/** A budget, and what was counted for it through the judged minute. */
export interface WatchedBudget {
  budget: Budget;
  tally: BudgetTally;
}

/** All a rule may know when it judges one minute. */
export interface DetectionContext extends MinuteSeen {
  /** Fingerprints of alerts that are firing. */
  firing: ReadonlySet<string>;
  /** When alerts ended that may still fire again, by fingerprint. */
  ended: ReadonlyMap<string, EpochMs>;
  /** Changes of the last two hours, in no order. */
  changes: readonly FleetChange[];
  /** What the minute's series came to, by series id: see watch.ts. */
  readings: ReadonlyMap<string, SeriesReading>;
  /** Memory of the last two hours, and who has hardly anything left, by agent: see watch.ts. */
  memory: ReadonlyMap<string, ShareRing>;
  hot: ReadonlyMap<string, HotMinutes>;
  /** Slots of pools at work, and the most of each hour of the last week, by pool: see watch.ts. */
  inUse: ReadonlyMap<string, ShareRing>;
  peaks: ReadonlyMap<string, HourlyPeaks>;
  /** What pools completed in the last week: see watch.ts. */
  volumes: ReadonlyMap<string, VolumesOfTheWeek>;
  /** Which errors are new, and which usual: see error-memory.ts. */
  errors: ErrorMemory;
  /** What agents did lately, and what was learned of breakdowns: see lib/core/predict. */
  courses: ReadonlyMap<string, AgentCourse>;
  foresight: Foresight;
  /** The budgets, with what was counted for them. */
  budgets: readonly WatchedBudget[];
  /** What is planned for, and what for; null before the first plan. */
  plan: PlannedAhead | null;
  /** What is recommended and nobody has decided on; absent: nothing. */
  recommendations?: readonly OpenRecommendation[];
  /** What Fleetpulse did and undid again and again; absent: nothing. */
  flapping?: readonly Flapping[];
  /** By how much the thresholds of a rule are stricter for a pool than they are shipped, as people's feedback has it; 1 is as shipped. */
  strictness: (rule: string, pool: string | undefined) => number;
}

/** Figures of one of the last minutes; null for one without events. */
export function figuresAt({ minutes, roster }: MinuteSeen, minute: Minute): MinuteFigures | null {
  const rollups = minutes.get(minute);
  if (!rollups) return null;
  const known = figuresOfRollups.get(rollups) ?? minuteFigures(rollups, roster);
  figuresOfRollups.set(rollups, known);
  return known;
}

const figuresOfRollups = new WeakMap<MinuteRollups, MinuteFigures>();

/** Service time of the longest task that a pool's agents completed lately, in microseconds; null where none is known. */
export function longestTaskUs({ minutes, roster }: MinuteSeen, pool: string): number | null {
  const known = longestOfMinutes.get(minutes) ?? longestTaskByPool(roster.values());
  longestOfMinutes.set(minutes, known);
  return known.get(pool) ?? null;
}

// Not by the roster: it is kept from run to run, and learns.
const longestOfMinutes = new WeakMap<MinuteSeen['minutes'], Map<string, number>>();

/** Tasks of chunks by minute, and by the keys of the chunks. */
export type TaskTables = ReadonlyMap<Minute, ReadonlyMap<string, ClosedTasks>>;

export function taskTables(chunks: Iterable<RollupChunk>): Map<Minute, Map<string, ClosedTasks>> {
  const minutes = new Map<Minute, Map<string, ClosedTasks>>();
  for (const chunk of chunks) {
    const found = minutes.get(chunk.minute) ?? new Map<string, ClosedTasks>();
    minutes.set(chunk.minute, found);
    found.set(chunkKey(chunk), new ClosedTasks(chunk.tasks));
  }
  return minutes;
}

/** @param chunks of which all is known, of these minutes */
export function rollupsByMinute(tables: TaskTables, chunks: Iterable<RollupChunk>): Map<Minute, MinuteRollups> {
  const byMinute = Map.groupBy(chunks, ({ minute }) => minute);
  return new Map(
    [...tables].map(([minute, tasks]) => {
      const its = byMinute.get(minute) ?? [];
      const rollups: MinuteRollups = {
        tasks: [...tasks.values()],
        presence: its.flatMap(({ presence }) => [...presence.values()]),
        parts: its.flatMap(({ parts }) => [...parts.values()]),
        metrics: its.flatMap(({ metrics }) => [...metrics.values()]),
        workflows: its.flatMap(({ workflows }) => [...workflows.values()]),
        errors: its.flatMap(({ errors }) => [...errors.values()]),
      };
      return [minute, rollups];
    }),
  );
}
