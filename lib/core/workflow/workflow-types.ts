import { nearestRank } from '../kpi/nearest-rank.ts';
import type { Tokens } from '../model/event.ts';
import { totalTokens } from '../model/task-parts.ts';
import type { Workflow } from './assemble-workflows.ts';

/** How much of the critical paths lies with one kind of work of one agent. */
export interface PathShare {
  /** All three are '' for the time after the last task of a workflow. */
  agent: string;
  pool: string;
  taskType: string;
  workUs: number;
  /** Until it began. */
  waitUs: number;
  /** Both, of all critical paths of the type together: 0..1. */
  share: number;
}

/** What the workflows of one type were like. */
export interface WorkflowTypeSummary {
  workflowType: string;
  /** That are over: completed, failed, timed out or cancelled. */
  runs: number;
  completed: number;
  open: number;
  /** Start to end, of the `latencyRuns` runs that are over, were not cancelled and whose start is known; null without any. */
  latencyRuns: number;
  p50Us: number | null;
  p95Us: number | null;
  /** Of the `costRuns` runs that tell their cost, the open ones included. */
  costRuns: number;
  costNanoUsd: number | null;
  tokens: Tokens | null;
  /** Of the runs that are over and whole; the largest share first. */
  path: PathShare[];
}

/** Workflows by their type, those of the most runs first. */
export function summarizeTypes(workflows: readonly Workflow[]): WorkflowTypeSummary[] {
  const byType = Map.groupBy(workflows, ({ workflowType }) => workflowType);
  return [...byType]
    .map(([workflowType, ofType]) => summaryOf(workflowType, ofType))
    .sort((a, b) => b.runs + b.open - (a.runs + a.open) || (a.workflowType < b.workflowType ? -1 : 1));
}

function summaryOf(workflowType: string, workflows: readonly Workflow[]): WorkflowTypeSummary {
  const over = workflows.filter(({ status }) => status !== 'open');
  const whole = over.filter(({ isTruncated }) => !isTruncated);
  const latencies = over
    .filter(({ status, isTruncated, isDerived }) => status !== 'cancelled' && !(isTruncated && isDerived))
    .map(({ startUs, endUs }) => endUs - startUs);
  const costs = workflows.flatMap(({ costNanoUsd }) => costNanoUsd ?? []);
  return {
    workflowType,
    runs: over.length,
    completed: over.filter(({ status }) => status === 'completed').length,
    open: workflows.length - over.length,
    latencyRuns: latencies.length,
    p50Us: nearestRank(latencies, 0.5),
    p95Us: nearestRank(latencies, 0.95),
    costRuns: costs.length,
    costNanoUsd: costs.length === 0 ? null : costs.reduce((sum, cost) => sum + cost, 0),
    tokens: totalTokens(workflows.flatMap(({ tokens }) => (tokens ? { tokens } : []))) ?? null,
    path: pathShares(whole),
  };
}

/** The time of all critical paths by agent, pool and task type. */
function pathShares(workflows: readonly Pick<Workflow, 'path'>[]): PathShare[] {
  const shares = new Map<string, PathShare>();
  let totalUs = 0;
  for (const { path } of workflows) {
    for (const { task, kind, fromUs, toUs } of path) {
      const agent = task?.event.agent ?? '';
      const pool = task?.pool ?? '';
      const taskType = task?.event.taskType ?? '';
      const key = `${agent}\n${pool}\n${taskType}`;
      const share = shares.get(key) ?? { agent, pool, taskType, workUs: 0, waitUs: 0, share: 0 };
      shares.set(key, share);
      if (kind === 'work') share.workUs += toUs - fromUs;
      else share.waitUs += toUs - fromUs;
      totalUs += toUs - fromUs;
    }
  }
  const timeOf = ({ workUs, waitUs }: PathShare) => workUs + waitUs;
  return [...shares]
    .map(([key, share]) => ({ key, share: { ...share, share: timeOf(share) / totalUs } }))
    .sort((a, b) => timeOf(b.share) - timeOf(a.share) || (a.key < b.key ? -1 : 1))
    .map(({ share }) => share);
}
