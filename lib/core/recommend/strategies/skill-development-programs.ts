import { blockEstimate, gainOf, type Measured, withModelError } from '../block-estimate.ts';
import { recommendation } from '../recommendation.ts';
import type { ObservedPool, RecommendationContext } from '../recommendation-context.ts';
import type { Strategy } from '../strategy.ts';

/** Tasks in the window, below which nobody would miss them. */
const LEAST_TASKS = 30;
const MINUTE_MS = 60_000;
/** How much an hour has more or less work than the window. */
const HOURLY_VARIATION = 0.1;
/** Agents may know more than they declare. */
const CONFIDENCE = 0.9;

/** A task type of a pool that one agent alone can do: what comes to a stop when it does. */
export const skillDevelopmentPrograms: Strategy = {
  name: 'skill_development_programs',
  evaluate(context) {
    return [...context.pools.values()].flatMap((pool) =>
      singlePoints(pool, context).flatMap(({ taskType, agent, tasks }) => {
        const minutes: Measured[] = [];
        for (let atMs = context.fromMs; atMs < context.toMs; atMs += MINUTE_MS)
          minutes.push({ atMs, sum: 0, weight: 1 });
        const events = tasks.map(({ endUs }): Measured => ({ atMs: endUs / 1_000, sum: 1, weight: 0 }));
        const rate = blockEstimate([...minutes, ...events], context);
        if (rate === null) return [];
        const others = pool.agents.filter((its) => its.agent !== agent);
        return recommendation(
          'skill_development_programs',
          { pool: pool.pool, taskType },
          {
            title: `Teach ${taskType} to a second agent of pool ${pool.pool}: ${agent} alone knows it`,
            evidence: [
              `Of ${pool.agents.length} agents of pool ${pool.pool} only ${agent} declares the skill, and it did all ${tasks.length} ${taskType} tasks of the window.`,
              `While it is away ${rate.mean.toFixed(2)} tasks a minute have nobody, and no other pool stands in.`,
            ],
            expectedGain: gainOf(withModelError(rate, HOURLY_VARIATION), 'tasks/min'),
            confidence: CONFIDENCE,
            action: `Give the skill for ${taskType} to one more agent of pool ${pool.pool} (${others
              .map((its) => its.agent)
              .slice(0, 3)
              .join(', ')}), and send it a few such tasks a day so that it stays true.`,
            basis: { tasks: tasks.length, agents: pool.agents.length },
            measure: { now: rate.mean, scale: 1 },
          },
        );
      }),
    );
  },
  figure(context, { pool = '', taskType }) {
    const its = context.pools.get(pool);
    if (!its) return null;
    const single = singlePoints(its, context).find((point) => point.taskType === taskType);
    return single ? single.tasks.length / ((context.toMs - context.fromMs) / MINUTE_MS) : 0;
  },
};

function singlePoints({ pool, agents, tasks }: ObservedPool, { settings, pools }: RecommendationContext) {
  if (agents.length < 2) return [];
  return [...Map.groupBy(tasks, ({ event }) => event.taskType)].flatMap(([taskType, its]) => {
    const able = agents.filter(({ skills }) => skills === null || skills.has(taskType));
    const [only] = able;
    if (able.length !== 1 || !only || only.skills === null || its.length < LEAST_TASKS) return [];
    // Who does it anyhow knows it, whatever was declared.
    if (its.some(({ event }) => event.agent !== only.agent)) return [];
    const standsIn = pools.get(settings.get(pool)?.backupPool ?? '');
    if (standsIn?.agents.some(({ skills }) => skills === null || skills.has(taskType))) return [];
    return [{ taskType, agent: only.agent, tasks: its }];
  });
}
