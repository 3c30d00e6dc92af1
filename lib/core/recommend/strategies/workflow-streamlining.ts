import type { Workflow } from '../../workflow/assemble-workflows.ts';
import type { WorkflowTask } from '../../workflow/workflow-task.ts';
import { blockEstimate, gainOf, probabilityAbove, scaled, withModelError } from '../block-estimate.ts';
import { recommendation } from '../recommendation.ts';
import type { Strategy } from '../strategy.ts';
import { duration, percent } from '../words.ts';
import { wholeWorkflows } from './query-improvement.ts';

const LEAST_WORKFLOWS = 100;
/** Workflows in which something is done again, and the share of their work that this is; some of both is usual. */
const LEAST_REWORKED = 0.1;
const LEAST_SHARE = 0.05;
/** Part of the rework that a better hand-over is taken to save. */
const SAVED_PART = 0.5;
const MODEL_ERROR = 0.1;
const FALSE_SHARE = 0.01;
const HOUR_MS = 3_600_000;

/** Steps of workflows are done again, or handed back and forth: what half of that takes. */
export const workflowStreamlining: Strategy = {
  name: 'workflow_streamlining',
  evaluate(context) {
    const types = [...Map.groupBy(wholeWorkflows(context), ({ workflowType }) => workflowType)];
    return types.flatMap(([workflowType, workflows]) => {
      if (workflows.length < LEAST_WORKFLOWS) return [];
      const usual = usualCounts(workflows);
      const reworks = workflows.map((workflow) => reworkIn(workflow, usual));
      const ofEach = (value: (i: number) => number) =>
        blockEstimate(
          workflows.map(({ endUs }, i) => ({ atMs: endUs / 1_000, sum: value(i), weight: 1 })),
          context,
        );
      const reworked = ofEach((i) => Number((reworks[i]?.tasks ?? 0) > 0));
      const perWorkflow = ofEach((i) => (reworks[i]?.workUs ?? 0) / 1_000);
      if (reworked === null || perWorkflow === null) return [];
      const workMs = mean(workflows.map(workIn));
      const share = perWorkflow.mean / workMs;
      const confidence = probabilityAbove(reworked, 0.7 * LEAST_REWORKED);
      const isMuch = reworked.mean >= LEAST_REWORKED && share >= LEAST_SHARE;
      if (!isMuch || confidence < 1 - FALSE_SHARE / types.length) return [];
      const scale = (workflows.length * context.perDay) / HOUR_MS;
      const saved = withModelError(scaled(perWorkflow, SAVED_PART * scale), MODEL_ERROR);
      const lengths = Map.groupBy(workflows.keys(), (i) => (reworks[i]?.tasks ?? 0) > 0);
      const lengthOf = (which: boolean) =>
        mean(
          (lengths.get(which) ?? []).map((i) => ((workflows[i]?.endUs ?? 0) - (workflows[i]?.startUs ?? 0)) / 1_000),
        );
      const [taskType, most] = mostReworked(reworks);
      const bounced = mean(reworks.map(({ bounces }) => Number(bounces > 0)));
      return recommendation(
        'workflow_streamlining',
        { workflowType },
        {
          title: `Do ${workflowType} right the first time: ${percent(share)} of its work is done again`,
          evidence: [
            `In ${percent(reworked.mean)} of ${workflows.length} ${workflowType} workflows a step was done again after it had completed, mostly ${taskType} (${most} tasks); attempts after a failure do not count.`,
            `Such workflows take ${duration(lengthOf(true))}, the others ${duration(lengthOf(false))}.`,
            ...(bounced >= 0.05
              ? [`In ${percent(bounced)} of them work went back and forth between the same two task types.`]
              : []),
          ],
          expectedGain: gainOf(saved, 'agent-hours/day'),
          confidence,
          action: `Say to who does ${taskType} what its checker sends work back for (criteria, examples, missing input), check before handing over, and let one owner decide what is sent back twice.`,
          basis: {
            ...{ workflows: workflows.length, reworkedShare: reworked.mean, workShare: share },
            ...{ bouncedShare: bounced, reworkMs: perWorkflow.mean },
          },
          measure: { now: perWorkflow.mean, scale },
        },
      );
    });
  },
  figure(context, { workflowType }) {
    const its = wholeWorkflows(context).filter((workflow) => workflow.workflowType === workflowType);
    if (its.length === 0) return null;
    const usual = usualCounts(its);
    return mean(its.map((workflow) => reworkIn(workflow, usual).workUs / 1_000));
  },
};

/** By task type, how often it is done in the tenth of the workflows that do least of it: a plan may have a step several times. */
function usualCounts(workflows: readonly Workflow[]): Map<string, number> {
  const counts = workflows.map(({ tasks }) => Map.groupBy(firstAttempts(tasks), ({ event }) => event.taskType));
  const types = new Set(counts.flatMap((its) => [...its.keys()]));
  return new Map(
    [...types].map((type) => {
      const sorted = counts.map((its) => its.get(type)?.length ?? 0).sort((a, b) => a - b);
      return [type, sorted[Math.floor(0.1 * sorted.length)] ?? 0];
    }),
  );
}

interface Rework {
  tasks: number;
  workUs: number;
  byType: ReadonlyMap<string, number>;
  /** Times that work came back to a task type from the one that it had been handed to. */
  bounces: number;
}

function reworkIn({ tasks }: Workflow, usual: ReadonlyMap<string, number>): Rework {
  const byType = new Map<string, number>();
  let [count, workUs] = [0, 0];
  for (const [type, its] of Map.groupBy(firstAttempts(tasks), ({ event }) => event.taskType)) {
    const inOrder = its.sort((a, b) => a.startUs - b.startUs);
    const again = inOrder.filter(
      (task, i) => i > 0 && inOrder.slice(0, i).some(({ endUs }) => endUs <= task.readyUs + 1_000),
    );
    const more = again.slice(Math.max(0, again.length - Math.max(0, its.length - Math.max(1, usual.get(type) ?? 1))));
    if (more.length === 0) continue;
    byType.set(type, more.length);
    count += more.length;
    workUs += more.reduce((sum, { startUs, endUs }) => sum + endUs - startUs, 0);
  }
  const order = firstAttempts(tasks).sort((a, b) => a.startUs - b.startUs);
  const bounces = order.filter(({ event }, i) => {
    const [one, two] = [order[i - 1]?.event.taskType, order[i - 2]?.event.taskType];
    return two === event.taskType && one !== undefined && one !== event.taskType;
  }).length;
  return { tasks: count, workUs, byType, bounces };
}

function firstAttempts(tasks: readonly WorkflowTask[]): WorkflowTask[] {
  return tasks.filter(({ event }) => event.attempt === 1 && event.status === 'completed');
}

function workIn({ tasks }: Workflow): number {
  return tasks.reduce((sum, { startUs, endUs }) => sum + (endUs - startUs) / 1_000, 0);
}

function mostReworked(reworks: readonly Rework[]): [string, number] {
  const totals = new Map<string, number>();
  for (const { byType } of reworks) for (const [type, n] of byType) totals.set(type, (totals.get(type) ?? 0) + n);
  return [...totals].reduce<[string, number]>((most, its) => (its[1] > most[1] ? its : most), ['', 0]);
}

function mean(values: readonly number[]): number {
  return values.length === 0 ? 0 : values.reduce((sum, value) => sum + value, 0) / values.length;
}
