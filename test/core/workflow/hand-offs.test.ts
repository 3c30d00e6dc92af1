import { expect, test } from 'vitest';
import type { TaskEvent } from '../../../lib/core/model/event.ts';
import { assembleWorkflows } from '../../../lib/core/workflow/assemble-workflows.ts';
import { handOffs } from '../../../lib/core/workflow/hand-offs.ts';
import { taskOf, WORKFLOW_START_MS } from '../../fixtures/workflow-tasks.ts';

const pools: Readonly<Record<string, string>> = { 'agent-plan': 'planners', 'agent-write': 'writers' };
const poolOf = ({ agent }: TaskEvent) => pools[agent ?? ''] ?? '';

test('work goes from the pool of a task to those of the tasks that it caused; every attempt counts', () => {
  const tasks = ['w0', 'w1', 'w2'].flatMap((workflow, i) => [
    taskOf('plan', [0, 50], { workflow, task: `${workflow}-plan` }),
    taskOf('write', [60, 90], { workflow, task: `${workflow}-write`, parent: `${workflow}-plan` }),
    ...(i === 0
      ? [taskOf('write', [95, 120], { workflow, task: `${workflow}-write`, parent: `${workflow}-plan`, attempt: 2 })]
      : []),
    taskOf('nobody', [60, 70], { workflow, task: `${workflow}-lost`, parent: `${workflow}-plan` }),
  ]);
  const workflows = assembleWorkflows({ tasks, ends: [], poolOf, readFromMs: 0, nowMs: WORKFLOW_START_MS + 100 });
  expect(handOffs(workflows)).toEqual([
    { from: 'planners', to: 'writers', tasks: 4, workflows: 3 },
    { from: '', to: 'planners', tasks: 3, workflows: 3 },
  ]);
});

test('without workflows nothing is handed on', () => {
  expect(handOffs([])).toEqual([]);
});
