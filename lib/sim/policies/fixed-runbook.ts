import type { Controller } from './controller.ts';
import { RecentExports } from './recent-exports.ts';

const FEWEST_TASKS = 5;
const MOST_ERRORS = 0.2;
const SLOW_FACTOR = 3;
const BUSY = 0.85;
const QUIET_MINUTES = 10;

/**
 * Static thresholds and a runbook, as teams have them without a product: an agent with more than 20 % errors, or three times as slow as its
 * pool on average (of five tasks at least), or not heard of, is restarted, at most once in ten minutes; a pool above 85 % gets a fifth more agents.
 */
export function fixedRunbook(): Controller {
  const recent = new RecentExports(2);
  const acted = new Map<string, number>();
  const mayAct = (what: string, minute: number) => {
    if (minute - (acted.get(what) ?? Number.NEGATIVE_INFINITY) < QUIET_MINUTES) return false;
    acted.set(what, minute);
    return true;
  };
  return {
    atMinute(view, controls) {
      const { minute } = view;
      recent.take(view);
      for (const { pool, agents, ordered } of view.pools) {
        const works = recent.of(pool).filter(({ agent }) => agents.includes(agent));
        const completed = works.reduce((sum, work) => sum + work.completed, 0);
        const mean = works.reduce((sum, work) => sum + (work.serviceMs ?? 0) * work.completed, 0) / completed;
        for (const { agent, completed: n, failed, timedOut, serviceMs, newest } of works) {
          const ended = n + failed + timedOut;
          const fails = ended >= FEWEST_TASKS && (failed + timedOut) / ended > MOST_ERRORS;
          const isSlow = n >= FEWEST_TASKS && serviceMs !== null && serviceMs > SLOW_FACTOR * mean;
          if ((fails || isSlow || !newest.isHeard) && mayAct(agent, minute)) controls.restart(agent, false);
        }
        const newest = works.map((work) => work.newest);
        const used = newest.reduce((sum, { busySlots }) => sum + busySlots, 0);
        const slots = newest.reduce((sum, own) => sum + own.slots, 0);
        if (slots > 0 && used / slots > BUSY && mayAct(pool, minute)) controls.scale(pool, Math.ceil(ordered * 1.2));
      }
    },
  };
}
