import { inWords } from '../kpi-names.ts';
import { problemText } from '../needed-scope.ts';
import { useFacts } from '../page-context.ts';
import { countText, valueText } from '../show-value.ts';
import { useHeld } from '../use-held.ts';
import type { Task, WorkflowAnswer, WorkflowNode } from './answers.ts';

const MINUTE_MS = 60_000;
/** A workflow is looked for in the hour before a moment; it ended with its task or later. */
const AFTER_MS = 50 * MINUTE_MS;
const SHOWN = 30;
const DEEPEST = 8;

/** The workflow that a task is part of: who caused it, what it caused, and on what the time of all depended. */
export function TaskLineage({ workflow, task }: { workflow: string; task: Task }) {
  const { nowMs, go } = useFacts();
  const atMs = Math.ceil((Date.parse(task.endedAt) + AFTER_MS) / MINUTE_MS) * MINUTE_MS;
  const at = nowMs !== undefined && atMs < nowMs ? `?at=${atMs}` : '';
  const { held } = useHeld<WorkflowAnswer>(`/v1/workflows/${encodeURIComponent(workflow)}${at}`, {
    everyMs: 60_000,
  });
  const { answer, trouble } = held;
  if (!answer) {
    return (
      <p class="quiet lineage">
        {trouble ? `Not available: ${problemText(trouble.detail)}.` : 'Loading the workflow …'}
      </p>
    );
  }
  const { workflowType, status, durationMs, tasks, retries, costUsd, truncated } = answer;
  const shown = answer.tree.slice(0, SHOWN);
  return (
    <div class="lineage">
      <p class="sub">
        {inWords(workflowType)} workflow, {status} in {valueText(durationMs, 'ms')}: {countText(tasks)}{' '}
        {tasks === 1 ? 'task' : 'tasks'}
        {retries.count > 0 ? `, ${retries.count} of them retries` : ''}
        {costUsd === null ? '' : `, ${valueText(costUsd, 'usd')}`}
        {truncated ? '; its beginning may be missing' : ''}
      </p>
      <ol>
        {shown.map((node) => (
          <li key={node.node} class={`deep-${Math.min(DEEPEST, node.depth)}`}>
            <Node node={node} isThis={node.task === task.task && node.attempt === task.attempt} go={go} />
          </li>
        ))}
      </ol>
      {answer.tree.length > shown.length ? (
        <p class="sub">… and {countText(answer.tree.length - shown.length)} more</p>
      ) : null}
    </div>
  );
}

interface NodeProps {
  node: WorkflowNode;
  /** Whether it is the task that was opened. */
  isThis: boolean;
  go: ReturnType<typeof useFacts>['go'];
}

function Node({
  node: { task, agent, taskType, status, attempt, durationMs, onPathMs, error },
  isThis,
  go,
}: NodeProps) {
  return (
    <span class={isThis ? 'this' : ''} title={task}>
      {taskType}
      {agent === null ? '' : ' by '}
      {agent === null ? null : (
        <button type="button" class="link" onClick={() => go({ agent, alert: null })}>
          {agent}
        </button>
      )}
      {attempt > 1 ? `, attempt ${attempt}` : ''}
      {status === 'completed' ? '' : `, ${status}`}
      {error === undefined ? '' : ` (${error.type})`}
      {durationMs === undefined ? '' : `, ${valueText(durationMs, 'ms')}`}
      {onPathMs > 0 ? ', on the critical path' : ''}
      {isThis ? ' ← this task' : ''}
    </span>
  );
}
