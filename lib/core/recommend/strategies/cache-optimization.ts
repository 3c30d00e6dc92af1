import type { TaskEvent } from '../../model/event.ts';
import type { WorkflowTask } from '../../workflow/workflow-task.ts';
import { blockEstimate, gainOf, probabilityAbove, scaled, withModelError } from '../block-estimate.ts';
import { recommendation } from '../recommendation.ts';
import type { RecommendationContext } from '../recommendation-context.ts';
import type { Strategy } from '../strategy.ts';
import { duration, percent } from '../words.ts';

const LEAST_TASKS = 100;
/** A result is taken to be good for so long. */
const MOST_AGE_MS = 3_600_000;
/** Repeats that are worth a cache; some come in every fleet. */
const LEAST_REPEATED = 0.1;
const LEAST_HOURS_PER_DAY = 0.5;
/** What a look-up takes of the time that it saves. */
const LOOK_UP_SHARE = 0.02;
/** Who asks again tomorrow differs by as much again as what was seen of today. */
const MODEL_ERROR = 0.06;
/** Over all types of a fleet, how often chance alone may make one. */
const FALSE_SHARE = 0.01;

/** Tasks of a type are asked for again with the same input soon after they completed. */
export const cacheOptimization: Strategy = {
  name: 'cache_optimization',
  evaluate(context) {
    const types = typesOf(context);
    return types.flatMap(({ pool, taskType, tasks }) => {
      const looks = repeatsOf(tasks, context);
      if (looks.length < LEAST_TASKS) return [];
      const looked = { fromMs: context.fromMs + answersKeptMs(context), toMs: context.toMs };
      const share = blockEstimate(
        looks.map(({ task, isRepeat }) => ({ atMs: task.endUs / 1_000, sum: Number(isRepeat), weight: 1 })),
        looked,
      );
      const savedMs = blockEstimate(
        looks.map(({ task, isRepeat }) => {
          const sum = isRepeat ? ((1 - LOOK_UP_SHARE) * (task.endUs - task.startUs)) / 1_000 : 0;
          return { atMs: task.endUs / 1_000, sum, weight: 1 };
        }),
        looked,
      );
      if (share === null || savedMs === null) return [];
      const confidence = probabilityAbove(share, 0.7 * LEAST_REPEATED);
      const perDay = tasks.length * context.perDay;
      const saved = withModelError(scaled(savedMs, perDay / 3_600_000), MODEL_ERROR);
      const isMuch = share.mean >= LEAST_REPEATED && saved.mean >= LEAST_HOURS_PER_DAY;
      if (!isMuch || confidence < 1 - FALSE_SHARE / types.length) return [];
      const usd =
        tasks.reduce((sum, { event }) => sum + (event.costNanoUsd ?? 0) / 1e9, 0) * context.perDay * share.mean;
      const meanMs = tasks.reduce((sum, { startUs, endUs }) => sum + (endUs - startUs) / 1_000, 0) / tasks.length;
      return recommendation(
        'cache_optimization',
        { pool, taskType },
        {
          title: `Keep results of ${taskType} for an hour: ${percent(share.mean)} of its tasks have an input that was answered before`,
          evidence: [
            `Of ${looks.length} tasks that told their input, ${percent(share.mean)} had that of another task which had completed within the hour before; attempts at the same task do not count.`,
            `Each takes ${duration(meanMs)}; besides time, about $${usd.toFixed(2)} a day would not be spent.`,
          ],
          expectedGain: gainOf(saved, 'agent-hours/day'),
          confidence,
          action: `Look up ${taskType} by its input before an agent is asked, and keep what completed for an hour; check first that the answer depends on nothing but the input.`,
          basis: { tasks: looks.length, repeatedShare: share.mean, serviceMs: meanMs, usdPerDay: usd },
          measure: { now: meanMs, scale: perDay / 3_600_000 },
        },
      );
    });
  },
  figure(context, scope) {
    const its = typesOf(context).find(({ pool, taskType }) => pool === scope.pool && taskType === scope.taskType);
    if (!its) return null;
    return its.tasks.reduce((sum, { startUs, endUs }) => sum + (endUs - startUs) / 1_000, 0) / its.tasks.length;
  },
};

function typesOf({ pools }: RecommendationContext) {
  return [...pools.values()].flatMap(({ pool, tasks }) => {
    return [...Map.groupBy(tasks, ({ event }) => event.taskType)].map(([taskType, of]) => ({
      ...{ pool, taskType, tasks: of },
    }));
  });
}

/** Tasks of which enough is known of what came before them, and whether each was answered before. */
function repeatsOf(
  tasks: readonly WorkflowTask[],
  context: RecommendationContext,
): { task: WorkflowTask; isRepeat: boolean }[] {
  const { fromMs } = context;
  const ageMs = answersKeptMs(context);
  const answers = new Map<string, { event: TaskEvent; endUs: number }[]>();
  const ended = tasks
    .filter(({ event }) => event.status === 'completed' && event.inputHash !== undefined)
    .sort((a, b) => a.endUs - b.endUs);
  let next = 0;
  return [...tasks]
    .sort((a, b) => a.readyUs - b.readyUs)
    .flatMap((task) => {
      const { inputHash, attempt } = task.event;
      for (let its = ended[next]; its && its.endUs <= task.readyUs; its = ended[++next]) {
        const hash = its.event.inputHash ?? '';
        answers.set(hash, [{ event: its.event, endUs: its.endUs }, ...(answers.get(hash) ?? []).slice(0, 3)]);
      }
      if (inputHash === undefined || attempt > 1 || task.readyUs / 1_000 < fromMs + ageMs) return [];
      const before = answers.get(inputHash) ?? [];
      const isRepeat = before.some(({ event, endUs }) => {
        return event.task !== task.event.task && endUs >= task.readyUs - ageMs * 1_000;
      });
      return [{ task, isRepeat }];
    });
}

/** Before so much of the window is over, nothing is known of what came before. */
function answersKeptMs({ fromMs, toMs }: RecommendationContext): number {
  return Math.min(MOST_AGE_MS, (toMs - fromMs) / 2);
}
