import type { Workflow } from '../../workflow/assemble-workflows.ts';
import { blockEstimate, type Estimate, gainOf, probabilityAbove, scaled, withModelError } from '../block-estimate.ts';
import { recommendation } from '../recommendation.ts';
import type { RecommendationContext } from '../recommendation-context.ts';
import { meanMs, poolTrace, replayWaits } from '../replay.ts';
import type { Strategy } from '../strategy.ts';
import { duration, percent } from '../words.ts';

const LEAST_WORKFLOWS = 100;
/** Of the time from start to end, what a tool must take on the critical path. */
const LEAST_SHARE = 0.1;
/** Calls that are shorter are not slow. */
const SLOW_CALL_MS = 500;
/** What an improved query is taken to need of the time it needs now. */
const IMPROVED = 0.5;
const MODEL_ERROR = 0.15;
const FALSE_SHARE = 0.01;

/** A tool whose slow calls the end of workflows waits for: what is saved when they take half as long. */
export const queryImprovement: Strategy = {
  name: 'query_improvement',
  evaluate(context) {
    const types = [...Map.groupBy(wholeWorkflows(context), ({ workflowType }) => workflowType)];
    const found = types.flatMap(([workflowType, workflows]) => toolsOf(workflowType, workflows));
    return found.flatMap((its) => {
      const { workflowType, tool, workflows, calls } = its;
      if (workflows.length < LEAST_WORKFLOWS || calls.ms / calls.n < SLOW_CALL_MS) return [];
      const onPath = blockEstimate(
        workflows.map((workflow, i) => {
          return { atMs: workflow.endUs / 1_000, sum: (its.pathUs[i] ?? 0) / 1_000, weight: 1 };
        }),
        context,
      );
      if (onPath === null) return [];
      const lengthMs = meanMs(workflows.map(({ startUs, endUs }) => endUs - startUs));
      const confidence = probabilityAbove(onPath, 0.7 * LEAST_SHARE * lengthMs);
      const share = onPath.mean / lengthMs;
      if (share < LEAST_SHARE || confidence < 1 - FALSE_SHARE / found.length) return [];
      const relief = waitSavedMs(tool, workflows, context);
      const direct = scaled(onPath, 1 - IMPROVED);
      const saved: Estimate = withModelError({ ...direct, mean: direct.mean + relief }, MODEL_ERROR);
      return recommendation(
        'query_improvement',
        { workflowType, tool },
        {
          title: `Make ${tool} faster: it is ${percent(share)} of the time of ${workflowType} workflows`,
          evidence: [
            `A call takes ${duration(calls.ms / calls.n)} on average (${calls.n} calls), and ${duration(onPath.mean)} of the ${duration(lengthMs)} of a workflow are on the critical path.`,
            `Calls that take half as long save ${duration(direct.mean)} directly, and ${duration(relief)} of waiting for agents that are busy with them.`,
          ],
          expectedGain: gainOf(saved, 'ms'),
          confidence,
          action: `Look at what ${tool} is asked: an index, fewer rows, one call in place of several, a limit on the slowest. The gain is told for half the time.`,
          basis: {
            ...{ calls: calls.n, callMs: calls.ms / calls.n, workflows: workflows.length },
            ...{ pathShare: share, workflowMs: lengthMs, waitSavedMs: relief },
          },
          measure: { now: lengthMs, scale: 1 },
        },
      );
    });
  },
  figure(context, { workflowType }) {
    const its = wholeWorkflows(context).filter((workflow) => workflow.workflowType === workflowType);
    return its.length === 0 ? null : meanMs(its.map(({ startUs, endUs }) => endUs - startUs));
  },
};

export function wholeWorkflows({ workflows }: RecommendationContext): Workflow[] {
  return workflows.filter(({ status, isTruncated, tasks }) => {
    return status === 'completed' && !isTruncated && tasks.length > 0;
  });
}

function toolsOf(workflowType: string, workflows: readonly Workflow[]) {
  const tools = new Map<string, { pathUs: number[]; calls: { n: number; ms: number } }>();
  const toolNamed = (name: string) => {
    const its = tools.get(name) ?? { pathUs: [], calls: { n: 0, ms: 0 } };
    tools.set(name, its);
    return its;
  };
  for (const [i, { tasks, path }] of workflows.entries()) {
    for (const { event } of tasks) {
      for (const { kind, name, durationUs } of event.parts ?? []) {
        if (kind !== 'tool') continue;
        const { calls } = toolNamed(name);
        calls.n += 1;
        calls.ms += durationUs / 1_000;
      }
    }
    for (const { task, kind, fromUs, toUs } of path) {
      if (kind !== 'work' || task === null || task.endUs <= task.startUs) continue;
      for (const part of task.event.parts ?? []) {
        if (part.kind !== 'tool') continue;
        // Where in the task its calls were is not told.
        const share = Math.min(1, part.durationUs / (task.endUs - task.startUs));
        const { pathUs } = toolNamed(part.name);
        pathUs[i] = (pathUs[i] ?? 0) + share * (toUs - fromUs);
      }
    }
  }
  return [...tools].map(([tool, its]) => ({ workflowType, tool, workflows, ...its }));
}

/** What tasks on critical paths wait less where agents are done with the tool sooner, ms for each workflow. */
function waitSavedMs(tool: string, workflows: readonly Workflow[], context: RecommendationContext): number {
  const { pools } = context;
  const waitUs = new Map<string, number>();
  for (const { path } of workflows) {
    for (const { task, kind, fromUs, toUs } of path) {
      if (kind === 'wait' && task !== null) waitUs.set(task.pool, (waitUs.get(task.pool) ?? 0) + toUs - fromUs);
    }
  }
  let saved = 0;
  for (const [pool, onPathUs] of waitUs) {
    const its = pools.get(pool);
    if (!its?.tasks.some(({ event }) => event.parts?.some(({ name }) => name === tool))) continue;
    const trace = poolTrace(its, context);
    const quicker = trace.tasks.map((traced) => {
      const { event, startUs, endUs } = traced.task;
      const calls = (event.parts ?? []).filter(({ kind, name }) => kind === 'tool' && name === tool);
      const share = calls.reduce((sum, { durationUs }) => sum + durationUs, 0) / Math.max(1, endUs - startUs);
      return { ...traced, workUs: traced.workUs * (1 - (1 - IMPROVED) * Math.min(1, share)) };
    });
    const [now, then] = [trace.tasks, quicker].map((tasks) => meanMs(replayWaits({ ...trace, tasks }, 'observed')));
    if (now && then !== undefined) saved += (onPathUs / 1_000 / workflows.length) * Math.max(0, 1 - then / now);
  }
  return saved;
}
