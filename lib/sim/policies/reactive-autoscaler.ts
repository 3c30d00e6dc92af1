import type { Controller } from './controller.ts';
import { RecentExports } from './recent-exports.ts';

const TOLERANCE = 0.1;
/** Scaling down takes the highest wish of the last minutes. */
const STABILIZATION_MINUTES = 5;
const FEWEST_ADDED = 4;

/**
 * Scales each pool so that its mean utilization comes to a target, as Kubernetes' horizontal pod autoscaler does:
 * desired = ceil(current × utilization ÷ target), nothing within 10 %, at most doubled (or four more) at once, and down only to the
 * highest wish of five minutes. Agents without a figure count as fully used when it would go down, as idle when up.
 * @param target utilization, above 0 and below 1
 * @see kubernetes.io: Horizontal Pod Autoscaling, algorithm details and default behaviour
 */
export function reactiveAutoscaler(target: number): Controller {
  const recent = new RecentExports(3);
  const wishes = new Map<string, number[]>();
  return {
    atMinute(view, controls) {
      recent.take(view);
      for (const { pool, agents, ordered } of view.pools) {
        const works = recent.of(pool).filter(({ agent }) => agents.includes(agent));
        const known = works.map(({ newest }) => newest);
        if (known.length === 0) continue;
        const used = known.reduce((sum, { busySlots, slots }) => sum + busySlots / slots, 0);
        const current = agents.length;
        const missing = current - known.length;
        const measured = used / known.length;
        const assumed = (used + (measured > target ? 0 : missing)) / current;
        const ratio = assumed / target;
        const isSettled = Math.abs(ratio - 1) <= TOLERANCE || measured > target !== ratio > 1;
        const wish = isSettled ? ordered : Math.ceil(current * ratio);
        const capped = Math.min(wish, Math.max(current * 2, current + FEWEST_ADDED));
        const last = [...(wishes.get(pool) ?? []), capped].slice(-STABILIZATION_MINUTES);
        wishes.set(pool, last);
        controls.scale(pool, capped < ordered ? Math.min(ordered, Math.max(...last)) : capped);
      }
    },
  };
}
