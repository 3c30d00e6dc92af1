import { blockEstimate, type Estimate, gainOf, probabilityAbove, withModelError } from '../block-estimate.ts';
import { recommendation } from '../recommendation.ts';
import type { ObservedPool, RecommendationContext } from '../recommendation-context.ts';
import { meanMs, poolTrace, replayWaits, utilizationOf } from '../replay.ts';
import type { Strategy } from '../strategy.ts';
import { duration, percent } from '../words.ts';

const LEAST_TASKS = 200;
/** Of the mean response, what must be saved to be worth telling. */
const LEAST_SHARE = 0.1;
/** A trace that the replay gets wrong by more, as it was placed, is not believed as it could be. */
const MOST_MISFIT = 0.3;
const SLACK_MS = 100;
const MODEL_ERROR = 0.1;
/**
 * Over all pools of a fleet, how often less than half of that may be behind it: waits come in bursts, so that even what is large is not known
 * well, and what is small is kept out by the share above.
 */
const FALSE_SHARE = 0.1;

/** Tasks wait for busy agents while others who could do them are free: what two choices would save, by replaying the tasks. */
export const loadBalancingAdjustment: Strategy = {
  name: 'load_balancing_adjustment',
  evaluate(context) {
    const pools = [...context.pools.values()].filter(({ agents, tasks }) => {
      return agents.length >= 2 && tasks.length >= LEAST_TASKS;
    });
    return pools.flatMap((pool) => {
      const found = wasted(pool, context);
      if (found === null) return [];
      const { saved, responseMs, waitMs } = found;
      const confidence = probabilityAbove(saved, 0.5 * LEAST_SHARE * responseMs);
      if (saved.mean < LEAST_SHARE * responseMs || confidence < 1 - FALSE_SHARE / pools.length) return [];
      const [least, most] = busiest(pool, context);
      return recommendation(
        'load_balancing_adjustment',
        { pool: pool.pool },
        {
          title: `Place the work of pool ${pool.pool} by what agents have to do: tasks wait ${duration(saved.mean)} less`,
          evidence: [
            `Its ${pool.tasks.length} tasks waited ${duration(waitMs)} each; placed by two choices the same tasks would have waited ${duration(waitMs - saved.mean)}.`,
            `Its agents were at work between ${percent(least)} and ${percent(most)} of the time.`,
          ],
          expectedGain: gainOf(saved, 'ms'),
          confidence,
          action: `Give each task of pool ${pool.pool} to the one of two agents, drawn at random among those who know its type, that has less to do for each of its slots; with route directives the dispatcher weighs agents by what they get done.`,
          basis: { tasks: pool.tasks.length, waitMs, responseMs, leastUtilization: least, mostUtilization: most },
          measure: { now: responseMs, scale: 1 },
        },
      );
    });
  },
  figure({ pools }, { pool = '' }) {
    return meanResponseMs(pools.get(pool));
  },
};

export function meanResponseMs(pool: ObservedPool | undefined): number | null {
  if (!pool || pool.tasks.length === 0) return null;
  return meanMs(pool.tasks.map(({ endUs, readyUs }) => endUs - readyUs));
}

function wasted(
  pool: ObservedPool,
  window: RecommendationContext,
): { saved: Estimate; responseMs: number; waitMs: number } | null {
  const trace = poolTrace(pool, window);
  const asPlaced = replayWaits(trace, 'observed');
  const waitMs = meanMs(trace.tasks.map((task) => task.waitUs));
  if (Math.abs(meanMs(asPlaced) - waitMs) > MOST_MISFIT * waitMs + SLACK_MS) return null;
  const balanced = replayWaits(trace, 'two choices');
  const saved = blockEstimate(
    trace.tasks.map(({ task, waitUs }, i) => {
      // Where the replay is off, it is off by as much however tasks are placed.
      const sum = (waitUs - (balanced[i] as number)) / 1_000;
      return { atMs: task.endUs / 1_000, sum, weight: 1 };
    }),
    window,
  );
  if (saved === null) return null;
  return { saved: withModelError(saved, MODEL_ERROR), waitMs, responseMs: meanResponseMs(pool) ?? 0 };
}

function busiest({ agents, tasks }: ObservedPool, window: RecommendationContext): [number, number] {
  const byAgent = Map.groupBy(tasks, ({ event }) => event.agent);
  const shares = agents.map((agent) =>
    utilizationOf({ agents: [agent], tasks: byAgent.get(agent.agent) ?? [] }, window),
  );
  return [Math.min(...shares), Math.max(...shares)];
}
