import { HUMAN_WAIT } from '../../kpi/task-rollup.ts';
import type { WorkflowTask } from '../../workflow/workflow-task.ts';
import { blockEstimate, gainOf, probabilityAbove, withModelError } from '../block-estimate.ts';
import { recommendation } from '../recommendation.ts';
import type { ObservedPool, RecommendationContext } from '../recommendation-context.ts';
import { meanMs, poolTrace, replayWaits } from '../replay.ts';
import type { Strategy } from '../strategy.ts';
import { duration, percent } from '../words.ts';

/** Without a failure among them: at most one in a hundred fails, with a probability of 95 %. */
const LEAST_TASKS = 300;
/** Coefficient of variation of the work itself. */
const MOST_VARIATION = 0.6;
/** Of the response time, what is waited for people; and what is waited in the queue, where no person is. */
const LEAST_HUMAN = 0.2;
const LEAST_QUEUED = 0.6;
const MODEL_ERROR = 0.1;
const FALSE_SHARE = 0.01;

/** Task types that never fail and always take about as long, and still wait for a person or in a queue. */
export const processAutomation: Strategy = {
  name: 'process_automation',
  evaluate(context) {
    const steady = steadyTypes(context);
    return steady.flatMap(({ pool, taskType, tasks, variation }) => {
      const responseMs = meanMs(tasks.map(({ endUs, readyUs }) => endUs - readyUs));
      const of = (valueUs: (task: WorkflowTask) => number) =>
        blockEstimate(
          tasks.map((task) => ({ atMs: task.endUs / 1_000, sum: valueUs(task) / 1_000, weight: 1 })),
          context,
        );
      const [human, queued] = [of(humanWaitUs), of(({ startUs, readyUs }) => startUs - readyUs)];
      if (human === null || queued === null) return [];
      const isHuman = human.mean >= LEAST_HUMAN * responseMs;
      const [wait, least] = isHuman ? [human, LEAST_HUMAN] : [queued, LEAST_QUEUED];
      const confidence = probabilityAbove(wait, 0.7 * least * responseMs);
      if (wait.mean < least * responseMs || confidence < 1 - FALSE_SHARE / steady.length) return [];
      const relief = isHuman ? queueSavedMs(pool, taskType, context) : 0;
      const saved = withModelError({ ...wait, mean: wait.mean + relief }, MODEL_ERROR);
      return recommendation(
        'process_automation',
        { pool: pool.pool, taskType },
        {
          title: `Let ${taskType} run by itself: ${percent(wait.mean / responseMs)} of its time it waits ${isHuman ? 'for a person' : 'in a queue'}`,
          evidence: [
            `None of ${tasks.length} ${taskType} tasks failed, and their work takes ${duration(meanMs(tasks.map(workUs)))} with a variation of ${percent(variation)}.`,
            `Of ${duration(responseMs)} they wait ${duration(human.mean)} for people and ${duration(queued.mean)} in the queue${relief > 0 ? `; agents that do not wait for people save ${duration(relief)} of queueing` : ''}.`,
          ],
          expectedGain: gainOf(saved, 'ms'),
          confidence,
          action: isHuman
            ? `Approve ${taskType} by a rule, with a sample that people still look at; keep the person for what falls outside it.`
            : `Run ${taskType} where it does not queue behind other work: on its own agents, or as a plain function.`,
          basis: { tasks: tasks.length, variation, humanWaitMs: human.mean, queueWaitMs: queued.mean, responseMs },
          measure: { now: responseMs, scale: 1 },
        },
      );
    });
  },
  figure({ pools }, { pool = '', taskType }) {
    const its = pools.get(pool)?.tasks.filter(({ event }) => event.taskType === taskType) ?? [];
    return its.length === 0 ? null : meanMs(its.map(({ endUs, readyUs }) => endUs - readyUs));
  },
};

function steadyTypes({ pools }: RecommendationContext) {
  return [...pools.values()].flatMap((pool) => {
    return [...Map.groupBy(pool.tasks, ({ event }) => event.taskType)].flatMap(([taskType, tasks]) => {
      if (tasks.length < LEAST_TASKS || tasks.some(({ event }) => event.status !== 'completed' || event.attempt > 1)) {
        return [];
      }
      const variation = variationOf(tasks.map(workUs));
      return variation <= MOST_VARIATION ? [{ pool, taskType, tasks, variation }] : [];
    });
  });
}

function humanWaitUs({ event, startUs, endUs }: WorkflowTask): number {
  const waits = (event.parts ?? []).filter(({ kind, name }) => kind === 'wait' && name === HUMAN_WAIT);
  return Math.min(
    endUs - startUs,
    waits.reduce((sum, { durationUs }) => sum + durationUs, 0),
  );
}

function workUs(task: WorkflowTask): number {
  return task.endUs - task.startUs - humanWaitUs(task);
}

function variationOf(values: readonly number[]): number {
  const mean = values.reduce((sum, value) => sum + value, 0) / values.length;
  const squares = values.reduce((sum, value) => sum + (value - mean) ** 2, 0);
  return mean > 0 ? Math.sqrt(squares / (values.length - 1)) / mean : 0;
}

/** What tasks of the type wait less in the queue where agents are not held up by people. */
function queueSavedMs(pool: ObservedPool, taskType: string, window: RecommendationContext): number {
  const trace = poolTrace(pool, window);
  const freed = trace.tasks.map((traced) => {
    if (traced.taskType !== taskType) return traced;
    const { startUs, endUs } = traced.task;
    return { ...traced, workUs: (traced.workUs * workUs(traced.task)) / Math.max(1, endUs - startUs) };
  });
  const [now, then] = [trace.tasks, freed].map((tasks) => {
    const waits = replayWaits({ ...trace, tasks }, 'observed');
    return meanMs(waits.filter((_, i) => tasks[i]?.taskType === taskType));
  });
  return Math.max(0, (now ?? 0) - (then ?? 0));
}
