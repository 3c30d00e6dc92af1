import type { Controller } from './controller.ts';
import { RecentExports } from './recent-exports.ts';

const LOOKBACK_MINUTES = 3;
/** An agent's mean counts as much as this many tasks of its pool's. */
const PRIOR_TASKS = 10;
const [LEAST, MOST] = [0.05, 3];
const MOST_GROWTH = 2;

/**
 * Gives each agent work in proportion to its slots × share of success ÷ time at work, the latter shrunk towards the pool's; within
 * 0.05 to 3 times the mean, growing to no more than twice as much a minute.
 */
export function minuteWeights(): Controller {
  const recent = new RecentExports(LOOKBACK_MINUTES);
  const before = new Map<string, number>();
  return {
    atMinute(view, controls) {
      recent.take(view);
      for (const { pool, slots } of view.pools) {
        const works = recent.of(pool);
        const completed = works.reduce((sum, work) => sum + work.completed, 0);
        if (completed === 0) continue;
        const ofPool = works.reduce((sum, { serviceMs, completed: n }) => sum + (serviceMs ?? 0) * n, 0) / completed;
        const raw = works.map(({ agent, completed: n, failed, timedOut, serviceMs }) => {
          const success = (n + 1) / (n + failed + timedOut + 2);
          const latency = (n * (serviceMs ?? 0) + PRIOR_TASKS * ofPool) / (n + PRIOR_TASKS);
          return [agent, (slots * success) / latency] as const;
        });
        const mean = raw.reduce((sum, [, weight]) => sum + weight, 0) / raw.length;
        const weights = raw.map(([agent, weight]) => {
          const relative = Math.min(MOST, Math.max(LEAST, weight / mean));
          const grown = Math.min(relative, (before.get(agent) ?? 1) * MOST_GROWTH);
          before.set(agent, grown);
          return [agent, grown] as const;
        });
        controls.setWeights(pool, new Map(weights));
      }
    },
  };
}
