import type { TaskEvent, TaskPart } from '../../../lib/core/model/event.ts';
import type { RosterEntry } from '../../../lib/core/model/roster.ts';
import {
  type RecommendationContext,
  recommendationContext,
  type StoredFleet,
} from '../../../lib/core/recommend/recommendation-context.ts';
import { assembleWorkflows } from '../../../lib/core/workflow/assemble-workflows.ts';

export const FROM_MS = Date.UTC(2026, 2, 2);
export const TO_MS = FROM_MS + 2 * 3_600_000;

/** An agent of a pool, by the name of which it is called. */
export function agentEntry(agent: string, given: Partial<NonNullable<RosterEntry['description']>> = {}): RosterEntry {
  const [pool = ''] = agent.split('-');
  return {
    ...{ agent, firstSeenMs: FROM_MS, lastSeenMs: TO_MS, firstBeatMs: FROM_MS, lastBeat: null },
    description: { type: 'agent', agent, pool, capacity: 1, ...given },
    describedBy: { atMs: FROM_MS, mark: 'b' },
  };
}

export interface Told {
  agent: string;
  /** From the start of the window, when it was queued, and how long it waited and worked. */
  atS: number;
  waitS?: number;
  workS: number;
  parts?: TaskPart[];
}

let count = 0;

export function task({ agent, atS, waitS = 0, workS, ...given }: Told & Partial<TaskEvent>): TaskEvent {
  count += 1;
  return {
    ...{
      type: 'task',
      agent,
      task: `t${count}`,
      taskType: 'draft',
      status: 'completed',
      attempt: 1,
      priority: 'normal',
    },
    endedAtMs: FROM_MS + (atS + waitS + workS) * 1_000,
    ...{ responseUs: (waitS + workS) * 1e6, waitUs: waitS * 1e6, serviceUs: workS * 1e6 },
    ...given,
  };
}

/** A fleet whose agents told of these tasks in two hours. */
export function observed(
  agents: readonly RosterEntry[],
  tasks: readonly TaskEvent[],
  more: Partial<StoredFleet> = {},
): RecommendationContext {
  const entries = new Map(agents.map((entry) => [entry.agent, entry]));
  return recommendationContext({
    ...{ nowMs: TO_MS, fromMs: FROM_MS, toMs: TO_MS, tasks, entries },
    workflows: assembleWorkflows({
      ...{ tasks, ends: [], readFromMs: FROM_MS - 3_600_000, nowMs: TO_MS + 3_600_000 },
      poolOf: ({ agent }) => entries.get(agent ?? '')?.description?.pool ?? '',
    }),
    ...{ outlooks: [], forecasts: new Map(), settings: new Map(), budgets: [], alerts: [], records: [] },
    ...more,
  });
}
