import type { Priority } from '../../model/event.ts';
import type { EpochMs } from '../../model/time.ts';
import type { DirectiveKind } from '../directive-kind.ts';

/** A pool does less: of each task by a rung of its ladder, or fewer tasks. Exactly one of `step`, `admitFraction`, `shedBelow`. */
export interface DegradeParams {
  pool: string;
  taskType?: string;
  /** A rung of the pool's ladder. */
  step?: string;
  /** Share of new tasks that are admitted, 0..1, the least important turned away first. */
  admitFraction?: number;
  /** Tasks of less importance than this are turned away. */
  shedBelow?: Priority;
}

/** Moments, so that deciding a minute again changes nothing. */
export interface DegradeMemory {
  /** When it came onto the rung that it is on. */
  sinceMs: EpochMs;
}

export const degrade: DirectiveKind<'degrade'> = {
  propose: () => [],
  differs: (before, after) => JSON.stringify(before) !== JSON.stringify(after),
  targets: ({ pool }) => [pool],
  measure: () => ({ status: 'unmeasurable', reason: 'nothing compares it yet' }),
};
