import type { Alert } from '../core/alert/alert.ts';
import { alertsAt } from '../core/alert/alerts-at.ts';
import { overWithItsAgent } from '../core/alert/over-with-its-agent.ts';
import { type AgentState, agentStateAt } from '../core/detect/agent-state.ts';
import { type PoolMember, type PoolState, poolStateAt, presentMembers } from '../core/detect/pool-state.ts';
import { SIGNS_LOOKBACK_MINUTES } from '../core/kpi/agent-figures.ts';
import { type Beat, laterBeat } from '../core/kpi/presence-rollup.ts';
import type { RollupChunk } from '../core/kpi/rollup-chunk.ts';
import { figuresOf, fleetFigures, type ScopeFigures } from '../core/kpi/scope-figures.ts';
import { departedEntries, shownFrom } from '../core/model/forgotten-agent.ts';
import { poolOf, type RosterEntry } from '../core/model/roster.ts';
import { DAY_MINUTES, type EpochMs, MINUTE_MS, type Minute, startOfMinute } from '../core/model/time.ts';
import type { AlertStore } from '../ports/alert-store.ts';
import type { FleetStore } from '../ports/fleet-store.ts';
import type { RollupStore } from '../ports/rollup-store.ts';

export interface AgentReport {
  entry: RosterEntry;
  pool: string;
  state: AgentState;
  figures: ScopeFigures;
}

export interface PoolReport {
  pool: string;
  present: PoolMember[];
  state: PoolState;
  figures: ScopeFigures;
}

/** A fleet over a window, and as it is at its end. */
export interface FleetReport {
  /** In order of their ids, as are the pools. */
  agents: AgentReport[];
  pools: PoolReport[];
  figures: ScopeFigures;
  /** Alerts that fire at the end of the window. */
  firing: Alert[];
}

export interface ReadDeps {
  fleet: FleetStore;
  rollups: RollupStore;
  alerts: AlertStore;
}

/** To tell an agent's state, its last heartbeats and tasks are looked for at least this far back. */
const STATE_LOOKBACK_MINUTES = 15;

/**
 * Everyone who was known at the end of a window, with figures over the window and states at the end. What agents did that
 * were forgotten since is in the sums only; of one that is back, its own figures begin anew.
 */
export async function readFleet(deps: ReadDeps, system: string, from: Minute, to: Minute): Promise<FleetReport> {
  const nowMs = startOfMinute(to);
  const readFrom = Math.min(from - SIGNS_LOOKBACK_MINUTES, to - STATE_LOOKBACK_MINUTES);
  const [roster, forgotten, chunks, history] = await Promise.all([
    deps.fleet.roster(system),
    deps.fleet.forgotten(system, startOfMinute(Math.min(readFrom, to - DAY_MINUTES))),
    deps.rollups.read(system, readFrom, to - 1),
    deps.alerts.history(system, startOfMinute(to - DAY_MINUTES), nowMs + 1),
  ]);
  const entries = [...roster.values()]
    .filter((entry) => entry.firstSeenMs < nowMs)
    .sort((a, b) => (a.agent < b.agent ? -1 : 1));
  const known = [...entries, ...departedEntries(roster, forgotten)];
  const figures = fleetFigures({ chunks, from, to, entries: known });
  const alerts = history.map((alert) => overWithItsAgent(alert, forgotten));

  const lastSigns = lastSignsIn(chunks);
  const byAgent = Map.groupBy(alerts, (alert) => alert.scope.agent ?? '');
  const agents = entries.flatMap((entry): AgentReport[] => {
    const anew = shownFrom(forgotten, entry.agent);
    const scope = { kind: 'agent', id: entry.agent } as const;
    const ofNow = () => figuresOf(scope, { chunks: chunks.filter(({ minute }) => minute >= anew), from, to, entries });
    const own = anew > readFrom ? ofNow() : figures.agents.get(entry.agent);
    if (!own) return [];
    const signs = lastSigns.get(entry.agent);
    const ofEntry = (byAgent.get(entry.agent) ?? []).filter(({ detectedMs }) => detectedMs >= anew * MINUTE_MS);
    const { firing, lastResolvedMs } = alertsAt(ofEntry, nowMs);
    const then = entryAt(entry, nowMs, signs?.beat ?? null);
    const state = agentStateAt(then, nowMs, firing, lastResolvedMs, signs?.taskMs ?? null);
    return [{ entry, pool: poolOf(entry), state, figures: own }];
  });

  const byPool = Map.groupBy(alerts, (alert) => alert.scope.pool);
  const members = Map.groupBy(agents, ({ pool }) => pool);
  const pools = [...figures.pools].map(([pool, own]): PoolReport => {
    const all = (members.get(pool) ?? []).map(({ entry, state }) => ({ ...entry, state }));
    const { firing, lastResolvedMs } = alertsAt(byPool.get(pool) ?? [], nowMs);
    const ofPool = firing.filter((alert) => alert.scope.agent === undefined);
    const state = poolStateAt(all, nowMs, ofPool, lastResolvedMs);
    return { pool, present: presentMembers(all, nowMs), state, figures: own };
  });
  pools.sort((a, b) => (a.pool < b.pool ? -1 : 1));
  return { agents, pools, figures: figures.fleet, firing: alertsAt(alerts, nowMs).firing };
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
