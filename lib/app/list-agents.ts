import type { Alert } from '../core/alert/alert.ts';
import { type AgentState, agentStateAt } from '../core/detect/agent-state.ts';
import { type AgentFigures, agentFigures } from '../core/kpi/agent-figures.ts';
import { type Beat, laterBeat } from '../core/kpi/presence-rollup.ts';
import type { RollupChunk } from '../core/kpi/rollup-chunk.ts';
import { poolOf, type RosterEntry } from '../core/model/roster.ts';
import { DAY_MINUTES, type EpochMs, type Minute, startOfMinute } from '../core/model/time.ts';
import type { AlertStore } from '../ports/alert-store.ts';
import type { FleetStore } from '../ports/fleet-store.ts';
import type { RollupStore } from '../ports/rollup-store.ts';

export interface AgentReport {
  entry: RosterEntry;
  pool: string;
  state: AgentState;
  figures: AgentFigures;
}

export interface ReadDeps {
  fleet: FleetStore;
  rollups: RollupStore;
  alerts: AlertStore;
}

/** To tell an agent's state, its last heartbeats and tasks are looked for at least this far back. */
const STATE_LOOKBACK_MINUTES = 15;

/** Every agent that was known at the end of a window, with its figures over the window and its state at the end. */
export async function listAgents(deps: ReadDeps, system: string, from: Minute, to: Minute): Promise<AgentReport[]> {
  const nowMs = startOfMinute(to);
  const [roster, chunks, alerts] = await Promise.all([
    deps.fleet.roster(system),
    deps.rollups.read(system, Math.min(from, to - STATE_LOOKBACK_MINUTES), to - 1),
    deps.alerts.history(system, startOfMinute(to - DAY_MINUTES), nowMs + 1),
  ]);
  const known = [...roster.values()]
    .filter((entry) => entry.firstSeenMs < nowMs)
    .sort((a, b) => (a.agent < b.agent ? -1 : 1));
  const poolOfAgent = (agent: string) => poolOf(roster.get(agent));
  const inWindow = chunks.filter((chunk) => chunk.minute >= from);
  const figures = agentFigures(inWindow, known, poolOfAgent, from, to);
  const lastSigns = lastSignsIn(chunks);
  return known.flatMap((entry) => {
    const own = figures.get(entry.agent);
    if (!own) return [];
    const signs = lastSigns.get(entry.agent);
    const state = stateAt(entryAt(entry, nowMs, signs?.beat ?? null), nowMs, alerts, signs?.taskMs ?? null);
    return [{ entry, pool: poolOf(entry), state, figures: own }];
  });
}

interface LastSigns {
  beat: Beat | null;
  taskMs: EpochMs | null;
}

function lastSignsIn(chunks: readonly RollupChunk[]): Map<string, LastSigns> {
  const signs = new Map<string, LastSigns>();
  const of = (agent: string): LastSigns => {
    const found = signs.get(agent) ?? { beat: null, taskMs: null };
    signs.set(agent, found);
    return found;
  };
  for (const chunk of chunks) {
    for (const { agent, beat } of chunk.presence.values()) of(agent).beat = laterBeat(of(agent).beat, beat);
    for (const { agent, counters } of chunk.tasks.values()) {
      // Run time alone does not end a task: busyUs may stand in minutes before the end.
      if (counters.completed + counters.failed + counters.timeout + counters.cancelled === 0) continue;
      of(agent).taskMs = Math.max(of(agent).taskMs ?? 0, startOfMinute(chunk.minute + 1));
    }
  }
  return signs;
}

/** The roster knows the present; for a moment in the past, the heartbeat before it is taken from the rollups. */
function entryAt(entry: RosterEntry, nowMs: EpochMs, beatBefore: Beat | null): RosterEntry {
  const lastBeat = entry.lastBeat && entry.lastBeat.atMs < nowMs ? entry.lastBeat : beatBefore;
  return { ...entry, lastBeat, lastSeenMs: Math.min(entry.lastSeenMs, nowMs) };
}

function stateAt(entry: RosterEntry, nowMs: EpochMs, alerts: readonly Alert[], taskMs: EpochMs | null): AgentState {
  const own = alerts.filter((alert) => alert.scope.agent === entry.agent && alert.detectedMs <= nowMs);
  const firing = own.filter((alert) => alert.resolvedMs === null || alert.resolvedMs > nowMs);
  const ended = own.flatMap((alert) =>
    alert.resolvedMs !== null && alert.resolvedMs <= nowMs ? alert.resolvedMs : [],
  );
  return agentStateAt(entry, nowMs, firing, ended.length > 0 ? Math.max(...ended) : null, taskMs);
}
