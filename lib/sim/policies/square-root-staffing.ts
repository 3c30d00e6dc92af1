import type { Controller } from './controller.ts';
import { RecentExports } from './recent-exports.ts';

const LOOKBACK_MINUTES = 5;
const MOST_LESS = 0.1;

/**
 * Staffs each pool for its offered load R (arrivals × time at work, in slots): (R + β √R) × headroom, and as many more as are
 * out of dispatch. Arrivals are taken from what ended and how the queue grew, over five minutes.
 * @param isOut whether an agent is out of dispatch
 * @see Halfin, Whitt: Heavy-traffic limits for queues with many exponential servers, OR 29(3), 1981
 */
export function squareRootStaffing(
  { beta, headroom }: { beta: number; headroom: number },
  isOut: (agent: string) => boolean = () => false,
): Controller {
  const recent = new RecentExports(LOOKBACK_MINUTES);
  return {
    atMinute(view, controls) {
      recent.take(view);
      for (const { pool, agents, ordered, slots } of view.pools) {
        const minutes = Array.from({ length: LOOKBACK_MINUTES }, (_, i) => recent.at(pool, view.minute - i));
        const known = minutes.filter((its) => its.length > 0);
        if (known.length === 0) continue;
        let [busy, queued] = [0, 0];
        // Of the minutes in which agents were missing, those that are known stand for them.
        for (const its of known) {
          const share = Math.max(1, agents.length / its.length);
          busy += share * its.reduce((sum, { busySlots }) => sum + busySlots, 0);
        }
        const newest = known[0] ?? [];
        for (const { queued: own } of newest) queued += Math.max(1, agents.length / newest.length) * own;
        // Work that waits is to be done within the five minutes as well.
        const meanS = serviceS(known.flat());
        const load = busy / known.length + (queued * meanS) / (LOOKBACK_MINUTES * 60);
        const wanted = ((load + beta * Math.sqrt(load)) * headroom) / slots + agents.filter(isOut).length;
        const least = Math.floor(ordered * (1 - MOST_LESS));
        controls.scale(pool, Math.min(ordered * 2, Math.max(least, Math.ceil(wanted))));
      }
    },
  };
}

function serviceS(exports: readonly { completed: number; serviceMs: number | null }[]): number {
  const completed = exports.reduce((sum, own) => sum + own.completed, 0);
  const totalMs = exports.reduce((sum, own) => sum + (own.serviceMs ?? 0) * own.completed, 0);
  return completed > 0 ? totalMs / completed / 1_000 : 0;
}
