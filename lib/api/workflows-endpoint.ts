import { type TaskEvent, taskStatuses } from '../core/model/event.ts';
import { fingerprint } from '../core/model/fingerprint.ts';
import { type EpochMs, minuteOf } from '../core/model/time.ts';
import { type Workflow, workflowStates } from '../core/workflow/assemble-workflows.ts';
import type { PathSegment } from '../core/workflow/critical-path.ts';
import { handOffs } from '../core/workflow/hand-offs.ts';
import { sampleWorkflows } from '../core/workflow/sample-workflows.ts';
import type { WorkflowTask } from '../core/workflow/workflow-task.ts';
import { type PathShare, summarizeTypes, type WorkflowTypeSummary } from '../core/workflow/workflow-types.ts';
import { componentSchema } from './component-schemas.ts';
import type { Endpoint } from './endpoint.ts';
import { booleanField, idField, oneOf } from './field.ts';
import {
  countSchema,
  listSchema,
  momentSchema,
  nullable,
  numberSchema,
  objectSchema,
  shareSchema,
  textSchema,
} from './json-schema.ts';
import { pageOf } from './page.ts';
import { Problem } from './problem.ts';
import { cursorField, limitField, momentField, type QueryValues, windowField } from './query-parameters.ts';
import { tokensSchema } from './tokens-schema.ts';
import { type Window, windowAnswer } from './window.ts';

const MAX_WINDOW_MINUTES = 60;
const DEFAULT_WINDOW_MINUTES = 15;
/** More that ended in one minute are sampled. */
const SHOWN_A_MINUTE = 200;
/** What an answer has room for: the longest segments of a path, the first tasks of a tree, the largest shares. */
const SEGMENTS_IN_LIST = 50;
const SEGMENTS = 5_000;
const TASKS_IN_TREE = 5_000;
const TYPES = 50;
const SHARES_A_TYPE = 10;
const HAND_OFFS = 500;

const whoProperties = {
  agent: nullable(idField.schema),
  pool: nullable(idField.schema),
  taskType: nullable(idField.schema),
};

const segmentSchema = objectSchema({
  task: { ...nullable(idField.schema), description: 'null for the time after the last task' },
  ...whoProperties,
  fromMs: { ...numberSchema, description: 'since startedAt' },
  toMs: numberSchema,
  kind: { ...oneOf(['work', 'wait']).schema, description: 'wait: until the task began' },
  shareOfTotal: shareSchema,
});

const treeSchema = listSchema(
  objectSchema(
    {
      node: countSchema,
      parentNode: { ...nullable(countSchema), description: 'the node that caused it; null at the root' },
      depth: { type: 'integer', minimum: 1 },
      task: idField.schema,
      agent: nullable(idField.schema),
      pool: nullable(idField.schema),
      taskType: idField.schema,
      status: oneOf(taskStatuses).schema,
      attempt: countSchema,
      endedAt: momentSchema,
      onPathMs: { ...numberSchema, description: 'its work on the critical path' },
    },
    {
      parent: { ...idField.schema, description: 'as it was told, whether it is known or not' },
      delegatedBy: idField.schema,
      queueMs: numberSchema,
      durationMs: numberSchema,
      costUsd: numberSchema,
      tokens: tokensSchema,
      error: objectSchema({ type: textSchema }, { message: textSchema }),
      model: idField.schema,
      tool: idField.schema,
    },
  ),
  { description: 'Each task followed by those below it; the first 5,000' },
);

const workflowProperties = {
  workflow: idField.schema,
  workflowType: idField.schema,
  status: oneOf(workflowStates).schema,
  derived: { ...booleanField.schema, description: 'nobody told the status: it follows from the tasks' },
  startedAt: momentSchema,
  endedAt: { ...nullable(momentSchema), description: 'null while it is open' },
  durationMs: { ...numberSchema, description: 'of an open one, so far' },
  truncated: { ...booleanField.schema, description: 'tasks of its beginning may be missing' },
  costUsd: { ...nullable(numberSchema), description: 'of all attempts; null where none tells it' },
  tokens: nullable(tokensSchema),
  tasks: { ...countSchema, description: 'every attempt is one' },
  retries: {
    ...objectSchema({ count: countSchema, costUsd: nullable(numberSchema) }),
    description: 'attempts after the first, and what they cost: a part of the total',
  },
  orphans: { ...countSchema, description: 'tasks whose parent is not known' },
  agents: listSchema(idField.schema),
  pools: listSchema(idField.schema),
  depth: countSchema,
  path: listSchema(segmentSchema, {
    description: 'The critical path, in order of time: it covers start to end, less the shortest that are left out',
  }),
  pathLeftOut: countSchema,
};

const typeSchema = objectSchema({
  workflowType: idField.schema,
  runs: { ...countSchema, description: 'that are over' },
  completed: countSchema,
  open: countSchema,
  durationMs: objectSchema({ n: countSchema, p50: nullable(numberSchema), p95: nullable(numberSchema) }),
  costUsd: objectSchema({ n: countSchema, mean: nullable(numberSchema), total: nullable(numberSchema) }),
  tokens: nullable(tokensSchema),
  path: listSchema(
    objectSchema({
      ...whoProperties,
      workMs: numberSchema,
      waitMs: numberSchema,
      share: shareSchema,
    }),
    { description: 'Whose work, and waiting for whom, the critical paths consist of: the ten largest shares' },
  ),
});

const handOffSchema = objectSchema({
  from: { ...nullable(idField.schema), description: 'the pool of the parents; null where workflows begin' },
  to: idField.schema,
  tasks: countSchema,
  workflows: countSchema,
});

const when = { window: windowField(MAX_WINDOW_MINUTES), at: momentField };

export const workflowsEndpoint = {
  method: 'GET',
  path: '/v1/workflows',
  scope: 'read',
  summary: 'Workflows that ended in the window, newest first: what they cost, and which tasks their time depended on',
  parameters: {
    ...when,
    workflow: idField,
    workflowType: idField,
    status: oneOf(workflowStates),
    agent: idField,
    pool: idField,
    limit: limitField(1_000),
    cursor: cursorField,
  },
  answer: objectSchema({
    window: componentSchema('Window'),
    workflows: listSchema(objectSchema(workflowProperties, { tree: treeSchema })),
    types: listSchema(typeSchema, { description: 'Of all that were seen, by their type: the 50 with the most runs' }),
    handOffs: listSchema(handOffSchema, {
      description: 'Of all that were seen: which pool hands how many tasks to which; the 500 of the most tasks',
    }),
    coverage: {
      ...objectSchema({ seen: countSchema, shown: countSchema }),
      description: `Of more than ${SHOWN_A_MINUTE} that ended in one minute, ${SHOWN_A_MINUTE} are shown, on all pages together`,
    },
    next: { ...nullable(textSchema), description: 'cursor of the next page; null on the last' },
  }),
} as const satisfies Endpoint;

export const workflowEndpoint = {
  method: 'GET',
  path: '/v1/workflows/{workflow}',
  scope: 'read',
  summary: 'One workflow that ended within the last hour, or the window, with the tree of its tasks',
  parameters: when,
  answer: objectSchema({ window: componentSchema('Window'), ...workflowProperties, tree: treeSchema }),
} as const satisfies Endpoint;

type WorkflowsRequest = Window & Omit<QueryValues<typeof workflowsEndpoint.parameters>, 'window' | 'at'>;

/** The minute that has just begun included, as with tasks. */
function windowFrom({ window, at }: QueryValues<typeof when>, nowMs: EpochMs, unlessSaid: number): Window {
  const to = at === undefined ? minuteOf(nowMs) + 1 : minuteOf(at);
  return { from: to - (window ?? unlessSaid), to };
}

export function readWorkflowsRequest(
  given: QueryValues<typeof workflowsEndpoint.parameters>,
  nowMs: EpochMs,
): WorkflowsRequest {
  const { window, at, ...filter } = given;
  return { ...windowFrom(given, nowMs, DEFAULT_WINDOW_MINUTES), ...filter };
}

/** One is looked for as far back as can be. */
export function readWorkflowRequest(given: QueryValues<typeof workflowEndpoint.parameters>, nowMs: EpochMs): Window {
  return windowFrom(given, nowMs, MAX_WINDOW_MINUTES);
}

export function unknownWorkflow(workflow: string): Problem {
  return new Problem(
    404,
    `workflow ${workflow} is not known in this window: it is looked for where it ended, in the last hour unless at says another`,
  );
}

/** One page of workflows, those that ended last first, and what all of them were like. */
export function workflowsAnswer(workflows: readonly Workflow[], request: WorkflowsRequest): Record<string, unknown> {
  const seen = workflows.filter((workflow) => isWanted(workflow, request));
  const shown = sampleWorkflows(seen, SHOWN_A_MINUTE)
    .map((workflow) => ({ workflow, key: placeOf(workflow) }))
    .sort((a, b) => (a.key < b.key ? 1 : -1));
  const { limit, cursor: after } = request;
  const { items, next } = pageOf(shown, ({ key }) => key, { after, limit, order: 'descending' });
  const detail = request.workflow === undefined ? 'summary' : 'whole';
  return {
    window: windowAnswer(request),
    workflows: items.map(({ workflow }) => workflowAnswer(workflow, detail)),
    types: summarizeTypes(seen).slice(0, TYPES).map(typeAnswer),
    handOffs: handOffs(seen)
      .slice(0, HAND_OFFS)
      .map(({ from, ...rest }) => ({ from: from || null, ...rest })),
    coverage: { seen: seen.length, shown: shown.length },
    next,
  };
}

function isWanted(found: Workflow, { workflow, workflowType, status, agent, pool }: WorkflowsRequest): boolean {
  return (
    (workflow === undefined || found.workflow === workflow) &&
    (workflowType === undefined || found.workflowType === workflowType) &&
    (status === undefined || found.status === status) &&
    (agent === undefined || found.agents.includes(agent)) &&
    (pool === undefined || found.pools.includes(pool))
  );
}

/** Orders workflows by their end; several at one moment by what they are. */
function placeOf({ endUs, workflow }: Workflow): string {
  return `${String(endUs).padStart(18, '0')}#${fingerprint(workflow)}`;
}

/** @param detail whole: with the tree and the path as far as an answer has room for them */
export function workflowAnswer(found: Workflow, detail: 'summary' | 'whole'): Record<string, unknown> {
  const { startUs, endUs, path, tasks } = found;
  const segments = longest(path, detail === 'whole' ? SEGMENTS : SEGMENTS_IN_LIST);
  return {
    workflow: found.workflow,
    workflowType: found.workflowType,
    status: found.status,
    derived: found.isDerived,
    startedAt: momentOf(startUs),
    endedAt: found.status === 'open' ? null : momentOf(endUs),
    durationMs: (endUs - startUs) / 1_000,
    truncated: found.isTruncated,
    costUsd: inUsd(found.costNanoUsd),
    tokens: found.tokens,
    tasks: tasks.length,
    retries: { count: found.retries.count, costUsd: inUsd(found.retries.costNanoUsd) },
    orphans: found.orphans,
    agents: found.agents,
    pools: found.pools,
    depth: found.depth,
    path: segments.map((segment) => segmentAnswer(segment, found)),
    pathLeftOut: path.length - segments.length,
    ...(detail === 'whole' ? { tree: treeAnswer(found) } : {}),
  };
}

/** In order of time. */
function longest(path: readonly PathSegment[], room: number): readonly PathSegment[] {
  if (path.length <= room) return path;
  const byLength = path.toSorted((a, b) => b.toUs - b.fromUs - (a.toUs - a.fromUs));
  return byLength.slice(0, room).sort((a, b) => a.fromUs - b.fromUs);
}

function segmentAnswer({ task, kind, fromUs, toUs }: PathSegment, { startUs, endUs }: Workflow) {
  return {
    task: task?.event.task ?? null,
    agent: task?.event.agent ?? null,
    pool: task?.pool || null,
    taskType: task?.event.taskType ?? null,
    fromMs: (fromUs - startUs) / 1_000,
    toMs: (toUs - startUs) / 1_000,
    kind,
    shareOfTotal: (toUs - fromUs) / (endUs - startUs),
  };
}

function treeAnswer({ tasks, path }: Workflow): Record<string, unknown>[] {
  const onPathUs = new Map<WorkflowTask, number>();
  for (const { task, kind, fromUs, toUs } of path) {
    if (task && kind === 'work') onPathUs.set(task, (onPathUs.get(task) ?? 0) + toUs - fromUs);
  }
  const shown = tasks.slice(0, TASKS_IN_TREE);
  const nodeOf = new Map(shown.map((task, node) => [task, node]));
  return shown.map((task, node) => ({
    node,
    parentNode: (task.parent && nodeOf.get(task.parent)) ?? null,
    depth: task.depth,
    pool: task.pool || null,
    ...eventAnswer(task.event),
    onPathMs: (onPathUs.get(task) ?? 0) / 1_000,
  }));
}

function eventAnswer(event: TaskEvent): Record<string, unknown> {
  const { task, agent, taskType, status, attempt, parent, delegatedBy, tokens, error, model, tool } = event;
  return {
    ...{ task, agent: agent ?? null, taskType, status, attempt, parent, delegatedBy, tokens, error, model, tool },
    endedAt: momentOf(event.endedAtMs * 1_000),
    queueMs: event.waitUs === undefined ? undefined : event.waitUs / 1_000,
    durationMs: event.serviceUs === undefined ? undefined : event.serviceUs / 1_000,
    costUsd: event.costNanoUsd === undefined ? undefined : event.costNanoUsd / 1e9,
  };
}

function typeAnswer(summary: WorkflowTypeSummary): Record<string, unknown> {
  const { workflowType, runs, completed, open, latencyRuns, p50Us, p95Us, costRuns, costNanoUsd, tokens } = summary;
  return {
    workflowType,
    runs,
    completed,
    open,
    durationMs: { n: latencyRuns, p50: inMs(p50Us), p95: inMs(p95Us) },
    costUsd: {
      n: costRuns,
      mean: costNanoUsd === null ? null : costNanoUsd / costRuns / 1e9,
      total: inUsd(costNanoUsd),
    },
    tokens,
    path: summary.path.slice(0, SHARES_A_TYPE).map(shareAnswer),
  };
}

function shareAnswer({ agent, pool, taskType, workUs, waitUs, share }: PathShare): Record<string, unknown> {
  return {
    agent: agent || null,
    pool: pool || null,
    taskType: taskType || null,
    workMs: workUs / 1_000,
    waitMs: waitUs / 1_000,
    share,
  };
}

function momentOf(us: number): string {
  return new Date(us / 1_000).toISOString();
}

function inMs(us: number | null): number | null {
  return us === null ? null : us / 1_000;
}

function inUsd(nano: number | null): number | null {
  return nano === null ? null : nano / 1e9;
}
