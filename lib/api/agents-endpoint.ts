import type { AgentState } from '../core/detect/agent-state.ts';
import type { AgentFigures } from '../core/kpi/agent-figures.ts';
import { kpis } from '../core/kpi/registry.ts';
import type { RosterEntry } from '../core/model/roster.ts';
import { minuteOf, startOfMinute } from '../core/model/time.ts';
import { idField, oneOf } from './field.ts';
import {
  cursorField,
  cursorFor,
  limitField,
  momentField,
  type QueryParameters,
  readParameters,
  windowField,
} from './query-parameters.ts';

/** Longer windows come with hourly rollups. */
const MAX_WINDOW_MINUTES = 24 * 60;
const DEFAULT_WINDOW_MINUTES = 15;
const windowParameters = { window: windowField(MAX_WINDOW_MINUTES), at: momentField };
const states = ['healthy', 'degraded', 'idle', 'dead', 'paused', 'stopped'] as const;

/** GET /v1/agents?window&at&pool&state&limit&cursor @throws Problem 400 */
export function readAgentsRequest(given: QueryParameters, nowMs: number) {
  const fields = {
    ...windowParameters,
    pool: idField,
    state: oneOf(states),
    limit: limitField(1_000),
    cursor: cursorField,
  };
  const { window, at, pool, state, limit, cursor } = readParameters(given, fields);
  return { ...windowOf(window, at ?? nowMs), pool, state, limit: limit ?? 100, after: cursor };
}

/** GET /v1/agents/{agent}?window&at @throws Problem 400 */
export function readAgentRequest(given: QueryParameters, nowMs: number) {
  const { window, at } = readParameters(given, windowParameters);
  return windowOf(window, at ?? nowMs);
}

function windowOf(windowMinutes: number | undefined, atMs: number): { from: number; to: number } {
  const to = minuteOf(atMs);
  return { from: to - (windowMinutes ?? DEFAULT_WINDOW_MINUTES), to };
}

export interface ReportedAgent {
  entry: RosterEntry;
  pool: string;
  state: AgentState;
  figures: AgentFigures;
}

/** One page of agents, in order of their ids. */
export function agentsAnswer(
  reports: readonly ReportedAgent[],
  request: ReturnType<typeof readAgentsRequest>,
): Record<string, unknown> {
  const wanted = reports.filter(
    ({ entry, pool, state }) =>
      (request.pool === undefined || pool === request.pool) &&
      (request.state === undefined || state.state === request.state) &&
      (request.after === undefined || entry.agent > request.after),
  );
  const page = wanted.slice(0, request.limit);
  const last = page.at(-1);
  return {
    window: windowAnswer(request),
    agents: page.map(agentAnswer),
    next: last && wanted.length > page.length ? cursorFor(last.entry.agent) : null,
  };
}

export function agentAnswer({ entry, pool, state, figures }: ReportedAgent): Record<string, unknown> {
  return {
    agent: entry.agent,
    pool,
    team: entry.description?.team ?? null,
    version: entry.description?.version ?? null,
    state: state.state,
    since: new Date(state.sinceMs).toISOString(),
    why: state.why,
    kpis: Object.fromEntries(Object.entries(kpis).map(([id, kpi]) => [id, kpi.ofAgent(figures)])),
    totals: totalsOf(figures),
  };
}

/** What was counted, so that every ratio can be checked. */
function totalsOf({ tasks: { counters } }: AgentFigures): Record<string, unknown> {
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

export function windowAnswer({ from, to }: { from: number; to: number }): { from: string; to: string } {
  return { from: new Date(startOfMinute(from)).toISOString(), to: new Date(startOfMinute(to)).toISOString() };
}
