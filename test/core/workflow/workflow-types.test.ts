import { expect, test } from 'vitest';
import type { TaskEvent, WorkflowEvent } from '../../../lib/core/model/event.ts';
import { assembleWorkflows } from '../../../lib/core/workflow/assemble-workflows.ts';
import { sampleWorkflows } from '../../../lib/core/workflow/sample-workflows.ts';
import { summarizeTypes } from '../../../lib/core/workflow/workflow-types.ts';
import { taskOf, WORKFLOW_START_MS } from '../../fixtures/workflow-tasks.ts';

function end(workflow: string, toMs: number, more: Partial<WorkflowEvent> = {}): WorkflowEvent {
  const [startedAtMs, endedAtMs] = [WORKFLOW_START_MS, WORKFLOW_START_MS + toMs];
  return { type: 'workflow', workflow, workflowType: 'order', status: 'completed', startedAtMs, endedAtMs, ...more };
}

const poolOf = ({ agent }: TaskEvent) => (agent === 'agent-plan' ? 'planners' : 'writers');

test('what workflows of a type were like: figures by hand', () => {
  // Twenty orders of 100, 200 ... 2,000 ms; in each, planning takes the first 50 ms and writing the rest after 10 ms.
  const ids = Array.from({ length: 20 }, (_, i) => `w${i}`);
  const ends = ids.map((id, i) => end(id, (i + 1) * 100, i === 0 ? { status: 'failed' } : {}));
  const tasks = ids.flatMap((workflow, i) => [
    taskOf('plan', [0, 50], { workflow, ...(i < 10 ? { costNanoUsd: 1_000 + i } : {}) }),
    taskOf('write', [60, (i + 1) * 100], { workflow, taskType: 'draft' }),
  ]);
  const cancelled = end('x', 9_000, { status: 'cancelled' });
  const open = taskOf('plan', [0, 50], { workflow: 'y' });
  const workflows = assembleWorkflows({
    ...{ tasks: [...tasks, open], ends: [...ends, cancelled], poolOf, readFromMs: 0, nowMs: WORKFLOW_START_MS + 100 },
  });
  const [order, other] = summarizeTypes(workflows);
  // Rank ceil(0.5 * 20) = 10 and ceil(0.95 * 20) = 19. Ten costs: 10 * 1,000 + 45.
  expect(order).toMatchObject({
    ...{ workflowType: 'order', runs: 21, completed: 19, open: 0, latencyRuns: 20, p50Us: 1_000_000, p95Us: 1_900_000 },
    ...{ costRuns: 10, costNanoUsd: 10_045, tokens: null },
  });
  // 21,000 ms of orders and 9,000 of the cancelled one, of which nobody tells anything.
  expect(order?.path).toEqual([
    { agent: 'agent-write', pool: 'writers', taskType: 'draft', workUs: 19_800_000, waitUs: 200_000, share: 20 / 30 },
    { agent: '', pool: '', taskType: '', workUs: 0, waitUs: 9_000_000, share: 9 / 30 },
    { agent: 'agent-plan', pool: 'planners', taskType: 'default', workUs: 1_000_000, waitUs: 0, share: 1 / 30 },
  ]);
  expect(other).toMatchObject({ workflowType: 'default', runs: 0, open: 1, p50Us: null, path: [] });
});

test('of more than so many in one minute the same ones are chosen, whoever else is there; other minutes are whole', () => {
  const of = (n: number, minute: number) =>
    Array.from({ length: n }, (_, i) => ({ workflow: `${minute}-${i}`, endUs: (minute * 60 + (i % 60)) * 1e6 }));
  const [busy, quiet] = [of(1_000, 7), of(20, 8)];
  const shown = sampleWorkflows([...busy, ...quiet], 200);
  expect(shown).toHaveLength(220);
  expect(shown).toEqual(expect.arrayContaining(quiet));
  const again = sampleWorkflows(busy.toReversed(), 200).map(({ workflow }) => workflow);
  expect(new Set(again)).toEqual(new Set(shown.slice(0, 200).map(({ workflow }) => workflow)));
  // Without the half that was not chosen, the choice is the same.
  const fewer = busy.filter(({ workflow }, i) => again.includes(workflow) || i % 2 === 0);
  expect(new Set(sampleWorkflows(fewer, 200).map(({ workflow }) => workflow))).toEqual(new Set(again));
});
