import { MINUTE_MS } from '../model/time.ts';
import type { DetectionContext } from './detection-context.ts';

/** How long an announced campaign or maintenance goes on for. */
const PLANNED_MS = 120 * MINUTE_MS;

/**
 * Whether load or maintenance was announced for a pool and goes on: then its volume, queue, latency and utilization are
 * not compared with what is usual. What was deployed excuses nothing.
 * @param pool undefined for the system as a whole, for which only what names no pool counts
 */
export function isPlanned(
  { changes, nowMs }: Pick<DetectionContext, 'changes' | 'nowMs'>,
  pool: string | undefined,
): boolean {
  return changes.some(({ event }) => {
    if (event.kind !== 'campaign' && event.kind !== 'maintenance') return false;
    if (event.atMs > nowMs || event.atMs <= nowMs - PLANNED_MS) return false;
    // What concerns one agent says nothing of its pool.
    return event.agent === undefined && (event.pool === undefined || event.pool === pool);
  });
}
