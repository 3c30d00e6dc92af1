import { type AgentState, agentStates } from '../core/detect/agent-state.ts';
import { type KpiId, kpiValues } from '../core/kpi/registry.ts';
import type { ScopeFigures } from '../core/kpi/scope-figures.ts';
import type { RosterEntry } from '../core/model/roster.ts';
import { componentSchema } from './component-schemas.ts';
import type { Endpoint } from './endpoint.ts';
import { idField, oneOf } from './field.ts';
import {
  countSchema,
  listSchema,
  momentSchema,
  nullable,
  numberSchema,
  objectSchema,
  textSchema,
} from './json-schema.ts';
import { kpisField, kpisSchema, someKpisSchema } from './kpi-schema.ts';
import { nextSchema, pageOf, pageParameters } from './page.ts';
import { Problem } from './problem.ts';
import type { QueryValues } from './query-parameters.ts';
import { tokensSchema } from './tokens-schema.ts';
import { windowAnswer, windowOf, windowParameters } from './window.ts';

const agentProperties = {
  agent: idField.schema,
  pool: idField.schema,
  team: nullable(textSchema),
  version: nullable(textSchema),
  state: oneOf(agentStates).schema,
  since: momentSchema,
  why: textSchema,
};
const totals = {
  totals: objectSchema({
    completed: countSchema,
    failed: countSchema,
    timeout: countSchema,
    cancelled: countSchema,
    rejected: countSchema,
    retries: countSchema,
    costUsd: numberSchema,
    revenueUsd: numberSchema,
    tokens: tokensSchema,
  }),
};

export const agentsEndpoint = {
  method: 'GET',
  path: '/v1/agents',
  scope: 'read',
  ofPools: true,
  summary:
    'The agents in order of their ids: state, since when, why, and every KPI over the window, or only those that `kpis` names, then without totals',
  parameters: {
    ...windowParameters,
    pool: idField,
    state: oneOf(agentStates),
    kpis: kpisField('agent'),
    ...pageParameters,
  },
  answer: objectSchema({
    window: componentSchema('Window'),
    agents: listSchema(objectSchema({ ...agentProperties, kpis: someKpisSchema('agent') }, totals)),
    next: nextSchema,
  }),
} as const satisfies Endpoint;

export const agentEndpoint = {
  method: 'GET',
  path: '/v1/agents/{agent}',
  scope: 'read',
  ofPools: true,
  summary: 'One agent: state, since when, why, and every KPI over the window',
  parameters: windowParameters,
  answer: objectSchema({ window: componentSchema('Window'), ...agentProperties, kpis: kpisSchema('agent'), ...totals }),
} as const satisfies Endpoint;

export const forgetAgentEndpoint = {
  method: 'DELETE',
  path: '/v1/agents/{agent}',
  scope: 'control',
  ofPools: true,
  summary:
    'Forgets an agent: it is in no list, state or alert any more, until it reports again. What it did stays in the sums of its pool and of the fleet',
  parameters: {},
  answer: objectSchema({
    agent: idField.schema,
    pool: idField.schema,
    forgottenAt: momentSchema,
    note: { ...textSchema, description: 'what becomes of its figures, for people' },
  }),
} as const satisfies Endpoint;

export function forgottenAnswer(
  agent: string,
  { pool, atMs }: { pool: string; atMs: number },
): Record<string, unknown> {
  return {
    agent,
    pool,
    forgottenAt: new Date(atMs).toISOString(),
    note: `What ${agent} did until then stays in the sums of pool ${pool} and of the fleet; its own figures are not shown any more. It comes back, as a new agent, if it reports again.`,
  };
}

export function readAgentsRequest(given: QueryValues<typeof agentsEndpoint.parameters>, nowMs: number) {
  const { pool, state, kpis, limit, cursor } = given;
  return { ...windowOf(given, nowMs), pool, state, kpis, limit, after: cursor };
}

export function unknownAgent(agent: string): Problem {
  return new Problem(
    404,
    `agent ${agent} is not known: an agent appears when the minute of its first event has ended; GET /v1/agents lists all`,
  );
}

export interface ReportedAgent {
  entry: RosterEntry;
  pool: string;
  state: AgentState;
  figures: ScopeFigures;
}

/** One page of agents, in order of their ids. */
export function agentsAnswer(
  reports: readonly ReportedAgent[],
  request: ReturnType<typeof readAgentsRequest>,
): Record<string, unknown> {
  const wanted = reports.filter(
    ({ pool, state }) =>
      (request.pool === undefined || pool === request.pool) &&
      (request.state === undefined || state.state === request.state),
  );
  const { items, next } = pageOf(wanted, ({ entry }) => entry.agent, request);
  return { window: windowAnswer(request), agents: items.map((item) => agentAnswer(item, request.kpis)), next };
}

/** @param only KPIs that are wanted, and nothing else of what was measured; everything without it */
export function agentAnswer(
  { entry, pool, state, figures }: ReportedAgent,
  only?: readonly KpiId[],
): Record<string, unknown> {
  return {
    agent: entry.agent,
    pool,
    team: entry.description?.team ?? null,
    version: entry.description?.version ?? null,
    state: state.state,
    since: new Date(state.sinceMs).toISOString(),
    why: state.why,
    kpis: kpiValues('agent', figures, only),
    ...(only === undefined ? { totals: totalsOf(figures) } : {}),
  };
}

/** What was counted, so that every ratio can be checked. */
function totalsOf({ tasks: { counters } }: ScopeFigures): Record<string, unknown> {
  return {
    completed: counters.completed,
    failed: counters.failed,
    timeout: counters.timeout,
    cancelled: counters.cancelled,
    rejected: counters.rejected,
    retries: counters.retries,
    costUsd: counters.costNanoUsd / 1e9,
    revenueUsd: counters.revenueMicroUsd / 1e6,
    tokens: {
      input: counters.inputTokens,
      cachedInput: counters.cachedInputTokens,
      cacheWrite: counters.cacheWriteTokens,
      output: counters.outputTokens,
      reasoning: counters.reasoningTokens,
    },
  };
}
