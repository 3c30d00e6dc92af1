import {
  blockEstimate,
  type Estimate,
  gainOf,
  type Measured,
  probabilityAbove,
  withModelError,
} from '../block-estimate.ts';
import { recommendation } from '../recommendation.ts';
import type { ObservedPool, PoolAgent, RecommendationContext } from '../recommendation-context.ts';
import { meanMs, poolTrace, replayWaits, utilizationOf } from '../replay.ts';
import type { Strategy } from '../strategy.ts';
import { duration, percent } from '../words.ts';
import { meanResponseMs } from './load-balancing-adjustment.ts';

const LEAST_TASKS = 200;
/** Above this share of its slots at work a pool is short, below that one it has to spare. */
const SHORT = 0.75;
const SPARE = 0.6;
const MOST_MOVED = 3;
const LEAST_SHARE = 0.1;
const MOST_MISFIT = 0.5;
const SLACK_MS = 100;
const MODEL_ERROR = 0.2;
/**
 * Over all pools of a fleet, how often less than half of that may be behind it: waits come in bursts, so that even what is large is not known
 * well, and what is small is kept out by the share above.
 */
const FALSE_SHARE = 0.1;

/** Agents of a pool that has them to spare would do more in one that is short: what both pools' tasks would wait less in all. */
export const resourceReallocation: Strategy = {
  name: 'resource_reallocation',
  evaluate(context) {
    const pairs = pairsOf(context);
    return pairs.flatMap(({ short, spare }) => {
      const best = bestMove(short, spare, context);
      if (best === null) return [];
      const { moved, saved } = best;
      const both = short.tasks.length + spare.tasks.length;
      const responseMs = responseOfBoth(short, spare);
      const confidence = probabilityAbove(saved, 0.5 * LEAST_SHARE * responseMs);
      if (saved.mean < LEAST_SHARE * responseMs || confidence < 1 - FALSE_SHARE / pairs.length) return [];
      const [used, free] = [utilizationOf(short, context), utilizationOf(spare, context)];
      const agents = moved === 1 ? 'an agent' : `${moved} agents`;
      return recommendation(
        'resource_reallocation',
        { pool: short.pool, from: spare.pool },
        {
          title: `Move ${agents} from pool ${spare.pool} to pool ${short.pool}: tasks of both wait ${duration(saved.mean)} less`,
          evidence: [
            `Pool ${short.pool} is at work ${percent(used)} of its time and its tasks wait ${duration(waitOf(short))}; pool ${spare.pool} ${percent(free)} and ${duration(waitOf(spare))}.`,
            `With ${agents} moved, the same ${both} tasks of both would have waited ${duration(saved.mean)} less each, what pool ${spare.pool} loses counted.`,
          ],
          expectedGain: gainOf(saved, 'ms'),
          confidence,
          action: `Lend ${agents} of pool ${spare.pool} to pool ${short.pool} (scale directive with pooling), or set both pools' sizes so.`,
          basis: { moved, tasks: both, responseMs, utilization: used, utilizationOfGiver: free },
          measure: { now: responseMs, scale: 1 },
        },
      );
    });
  },
  figure({ pools }, { pool = '', from = '' }) {
    const [short, spare] = [pools.get(pool), pools.get(from)];
    return short && spare && short.tasks.length + spare.tasks.length > 0 ? responseOfBoth(short, spare) : null;
  },
};

interface Pair {
  short: ObservedPool;
  spare: ObservedPool;
}

/** Only where agents may be lent, or know the other pool's work. */
function pairsOf(context: RecommendationContext): Pair[] {
  const pools = [...context.pools.values()].filter(
    ({ agents, tasks }) => agents.length > 0 && tasks.length >= LEAST_TASKS,
  );
  return pools.flatMap((short) => {
    if (utilizationOf(short, context) < SHORT) return [];
    const types = new Set(short.tasks.map(({ event }) => event.taskType));
    return pools.flatMap((spare) => {
      if (spare === short || spare.agents.length < 2 || utilizationOf(spare, context) > SPARE) return [];
      const isLent = context.settings.get(spare.pool)?.lendsTo?.includes(short.pool) ?? false;
      const isKnown = spare.agents.every(({ skills }) => skills !== null && [...types].every((it) => skills.has(it)));
      return isLent || isKnown ? [{ short, spare }] : [];
    });
  });
}

function bestMove(short: ObservedPool, spare: ObservedPool, window: RecommendationContext) {
  const [shortTrace, spareTrace] = [poolTrace(short, window), poolTrace(spare, window)];
  const [shortNow, spareNow] = [replayWaits(shortTrace, 'two choices'), replayWaits(spareTrace, 'two choices')];
  // Where work is placed worse than by two choices, that comes first.
  const observed = meanMs(shortTrace.tasks.map(({ waitUs }) => waitUs));
  if (Math.abs(meanMs(shortNow) - observed) > MOST_MISFIT * observed + SLACK_MS) return null;
  let best: { moved: number; saved: Estimate } | null = null;
  for (let moved = 1; moved <= Math.min(MOST_MOVED, spare.agents.length - 1); moved++) {
    const guests = spare.agents.slice(-moved).map((agent): PoolAgent => ({ ...agent, skills: null }));
    const withGuests = replayWaits({ ...shortTrace, agents: [...short.agents, ...guests] }, 'two choices');
    const without = replayWaits({ ...spareTrace, agents: spare.agents.slice(0, -moved) }, 'two choices');
    const differences = (
      tasks: typeof shortTrace.tasks,
      before: (at: number) => number,
      after: Float64Array,
    ): Measured[] =>
      tasks.map(({ task }, i) => {
        return { atMs: task.endUs / 1_000, sum: (before(i) - (after[i] as number)) / 1_000, weight: 1 };
      });
    const saved = blockEstimate(
      [
        ...differences(shortTrace.tasks, (i) => shortTrace.tasks[i]?.waitUs ?? 0, withGuests),
        ...differences(spareTrace.tasks, (i) => spareNow[i] as number, without),
      ],
      window,
    );
    if (saved !== null && saved.mean > (best?.saved.mean ?? 0)) {
      best = { moved, saved: withModelError(saved, MODEL_ERROR) };
    }
  }
  return best;
}

function waitOf({ tasks }: ObservedPool): number {
  return meanMs(tasks.map(({ startUs, readyUs }) => startUs - readyUs));
}

function responseOfBoth(short: ObservedPool, spare: ObservedPool): number {
  const [a, b] = [short.tasks.length, spare.tasks.length];
  return (a * (meanResponseMs(short) ?? 0) + b * (meanResponseMs(spare) ?? 0)) / (a + b);
}
