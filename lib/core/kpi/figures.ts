import type { Minute } from '../model/time.ts';
import { zeroCounters } from './counters.ts';
import { emptyPresenceRollup, mergePresenceRollup, type PresenceRollup } from './presence-rollup.ts';
import { countTasks, emptyTaskRollup, mergeTaskRollup, type TaskRollup } from './task-rollup.ts';
import { emptyWorkflowRollup, mergeWorkflowRollup, type WorkflowRollup } from './workflow-rollup.ts';

/**
 * What is counted of agents being there, minute by minute, with what was declared and known at that minute. Integers and
 * additive, like the task counters.
 */
export const useCounters = [
  /** Agent-minutes in which an agent was there: its heartbeats were due, or it was heard of within a quarter of an hour. */
  'thereMinutes',
  /** Those in which heartbeats were due, and those of them in which it was live. */
  'expectedMinutes',
  'liveMinutes',
  /** Those of thereMinutes in which its capacity was known; capacity, and the part of it at work, in slot-microseconds. */
  'capacityMinutes',
  'capacitySlotUs',
  'busySlotUs',
  /** Those of thereMinutes in which its hourly cost was known, and that cost. */
  'rateMinutes',
  'rateNanoUsd',
  /** Sum over agents and minutes of the tasks that waited, in thousandths. */
  'queuedMilliMinutes',
] as const;

export type UseCounter = (typeof useCounters)[number];

/** How much got done in the minutes with about so many tasks at work at once. */
export interface Load {
  minutes: number;
  completed: number;
  /** Sum over the minutes of the tasks at work at once, in thousandths. */
  busyMilli: number;
}

/**
 * Everything the KPIs of one subject are computed from, of any stretch of time. Figures of stretches that do not
 * overlap, and of agents of one pool, are added up: exactly, in any order and grouping.
 */
export interface Figures {
  tasks: TaskRollup;
  presence: PresenceRollup;
  use: Record<UseCounter, number>;
  /** From the first minute in which a queue was known to the one after the last; null without any. */
  queueSpan: { from: Minute; to: Minute } | null;
  workflows: WorkflowRollup;
  /** By loadLevel(tasks at work at once), of pools and the fleet; empty of agents. */
  loads: Map<number, Load>;
}

export function emptyFigures(): Figures {
  return {
    tasks: emptyTaskRollup('', '', ''),
    presence: emptyPresenceRollup(''),
    use: zeroCounters(useCounters),
    queueSpan: null,
    workflows: emptyWorkflowRollup(''),
    loads: new Map(),
  };
}

/** Adds `other` in place. */
export function mergeFigures(figures: Figures, other: Figures): void {
  mergeTaskRollup(figures.tasks, other.tasks);
  mergePresenceRollup(figures.presence, other.presence);
  for (const name of useCounters) figures.use[name] += other.use[name];
  figures.queueSpan = spanOf(figures.queueSpan, other.queueSpan);
  mergeWorkflowRollup(figures.workflows, other.workflows);
  for (const [level, load] of other.loads) addLoad(figures, level, load);
}

/** Whether an agent was there, or a task ended. */
export function wasThere({ use, tasks }: Pick<Figures, 'use' | 'tasks'>): boolean {
  return use.thereMinutes > 0 || countTasks(tasks.counters) > 0;
}

export function addLoad(figures: Pick<Figures, 'loads'>, level: number, { minutes, completed, busyMilli }: Load): void {
  const found = figures.loads.get(level) ?? { minutes: 0, completed: 0, busyMilli: 0 };
  figures.loads.set(level, found);
  found.minutes += minutes;
  found.completed += completed;
  found.busyMilli += busyMilli;
}

/** Numbers of tasks at work at once that are taken together: each up to 10, then steps of a tenth. */
export function loadLevel(busy: number): number {
  if (busy <= 10) return Math.round(busy);
  return 10 + Math.round(Math.log(busy / 10) / Math.log(1.1));
}

export function spanOf(a: Figures['queueSpan'], b: Figures['queueSpan']): Figures['queueSpan'] {
  if (a === null || b === null) return a ?? b;
  return { from: Math.min(a.from, b.from), to: Math.max(a.to, b.to) };
}
