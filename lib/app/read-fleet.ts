import type { Alert } from '../core/alert/alert.ts';
import { alertsAt } from '../core/alert/alerts-at.ts';
import { overWithItsAgent } from '../core/alert/over-with-its-agent.ts';
import { poolSilent } from '../core/alert/rules/pool-silent.ts';
import { type AgentState, agentStateAt } from '../core/detect/agent-state.ts';
import { type PoolMember, type PoolState, poolStateAt, presentMembers } from '../core/detect/pool-state.ts';
import { longestTaskByPool } from '../core/kpi/longest-task.ts';
import { type FleetFigures, fleetFiguresIn, type ScopeFigures } from '../core/kpi/scope-figures.ts';
import { noSigns } from '../core/kpi/signs.ts';
import { departedEntries, shownFrom } from '../core/model/forgotten-agent.ts';
import { poolOf, type RosterEntry } from '../core/model/roster.ts';
import { DAY_MINUTES, MINUTE_MS, type Minute, startOfMinute } from '../core/model/time.ts';
import type { AlertStore } from '../ports/alert-store.ts';
import type { FleetStore } from '../ports/fleet-store.ts';
import type { MinuteLog } from '../ports/minute-log.ts';
import { readWindow, type WindowDeps } from './read-window.ts';

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

/** A fleet over a window, and as it is at its end. Figures are made when they are asked for. */
export interface FleetReport {
  /** In order of their ids, as are the pools. */
  agents: AgentReport[];
  pools: PoolReport[];
  figures: ScopeFigures;
  /** Alerts that fire at the end of the window. */
  firing: Alert[];
}

export interface ReadDeps extends WindowDeps {
  fleet: FleetStore;
  alerts: AlertStore;
  log: MinuteLog;
}

/**
 * Everyone who was known at the end of a window, with figures over the window and states at the end. What agents did that
 * were forgotten since is in the sums only; of one that is back, its own figures begin anew.
 */
export async function readFleet(deps: ReadDeps, system: string, from: Minute, to: Minute): Promise<FleetReport> {
  const nowMs = startOfMinute(to);
  const [roster, forgotten, { tiles = null }, history] = await Promise.all([
    deps.fleet.roster(system),
    deps.fleet.forgotten(system, startOfMinute(Math.min(from, to - DAY_MINUTES))),
    deps.log.progress(system),
    deps.alerts.history(system, startOfMinute(to - DAY_MINUTES), nowMs + 1),
  ]);
  const entries = [...roster.values()]
    .filter((entry) => entry.firstSeenMs < nowMs)
    .sort((a, b) => (a.agent < b.agent ? -1 : 1));
  const byId = new Map([...entries, ...departedEntries(roster, forgotten)].map((entry) => [entry.agent, entry]));
  const window = async (start: Minute): Promise<FleetFigures> =>
    fleetFiguresIn(await readWindow(deps, system, { from: start, to }, byId, tiles), byId);
  const figures = await window(from);
  const begunAnew = await readBegunAnew();
  const alerts = history.map((alert) => overWithItsAgent(alert, forgotten));

  const byPool = Map.groupBy(alerts, (alert) => alert.scope.pool ?? '');
  const alertsOf = (pool: string) => alertsAt(byPool.get(pool) ?? [], nowMs);
  const silentPools = new Set([...byPool.keys()].filter((pool) => isSilent(alertsOf(pool).firing)));
  const byAgent = Map.groupBy(alerts, (alert) => alert.scope.agent ?? '');
  const longest = longestTaskByPool(entries);
  const agents = entries.map((entry): AgentReport => {
    const anew = shownFrom(forgotten, entry.agent);
    const pool = poolOf(entry);
    const ofEntry = (byAgent.get(entry.agent) ?? []).filter(({ detectedMs }) => detectedMs >= anew * MINUTE_MS);
    const { firing, lastResolvedMs: resolvedMs } = alertsAt(ofEntry, nowMs);
    const signs = figures.signs.get(entry.agent) ?? noSigns;
    const told = { firing, resolvedMs, isPoolSilent: silentPools.has(pool) };
    const state = agentStateAt({ entry, signs, longestTaskUs: longest.get(pool) ?? null, ...told }, nowMs);
    return {
      ...{ entry, pool, state },
      get figures() {
        return figuresOf(entry.agent, anew);
      },
    };
  });

  const members = Map.groupBy(agents, ({ pool }) => pool);
  const pools = [...figures.pools.keys()].map((pool): PoolReport => {
    const all = (members.get(pool) ?? []).map(({ entry, state }) => ({ ...entry, state }));
    const { firing, lastResolvedMs } = alertsOf(pool);
    const ofPool = firing.filter((alert) => alert.scope.agent === undefined);
    const state = poolStateAt(all, nowMs, ofPool, lastResolvedMs);
    return {
      ...{ pool, present: presentMembers(all, nowMs), state },
      get figures() {
        return figures.pools.get(pool) as ScopeFigures;
      },
    };
  });
  pools.sort((a, b) => (a.pool < b.pool ? -1 : 1));
  return {
    ...{ agents, pools, firing: alertsAt(alerts, nowMs).firing },
    get figures() {
      return figures.fleet;
    },
  };

  function figuresOf(agent: string, anew: Minute): ScopeFigures {
    const rest = begunAnew.get(anew);
    const own = (rest ?? figures).agents.get(agent) as ScopeFigures;
    return rest ? { ...own, fromMs: startOfMinute(from) } : own;
  }

  /** Figures of the rest of the window, by the minute in which agents began anew. */
  async function readBegunAnew(): Promise<Map<Minute, FleetFigures>> {
    const starts = new Set(entries.map(({ agent }) => shownFrom(forgotten, agent)));
    const within = [...starts].filter((start) => start > from && start < to);
    const read = within.map(async (start) => [start, await window(start)] as const);
    return new Map(await Promise.all(read));
  }
}

function isSilent(firing: readonly Alert[]): boolean {
  return firing.some(({ rule }) => rule === poolSilent.id);
}
