import { endsInCrash, type FaultWindow, isFaultOfAgents } from '../engine/fault-window.ts';
import type { ControlAction } from '../engine/sim-result.ts';
import { minutes, type SimTime } from '../engine/sim-time.ts';
import type { FaultSpec, Scenario } from '../scenario/scenario.ts';

/** Whom a fault really concerns, and for how long. */
export interface FaultReach {
  index: number;
  spec: FaultSpec;
  from: SimTime;
  /** What ends in a crash lasts until the end, but for agents that were restarted: only that helps. */
  until: SimTime;
  /** When those were. */
  restarted: ReadonlyMap<string, SimTime>;
  /** Those that it met, where it is theirs: of a pool's common cause nobody in particular. */
  agents: ReadonlySet<string>;
  pools: ReadonlySet<string>;
  /** The fleet is well: only its telemetry fails, or what changes does no harm. */
  isBenign: boolean;
  /** It gets worse by itself while it lasts. */
  grows: boolean;
}

/** For so long a fault may show in figures of the minutes before. */
export const AFTERMATH_MINUTES = 5;

/** A deploy that is as good as what was there before, as far as anyone would notice. */
const HARMLESS = { factor: 1.05, failureShare: 0.01 };
const growing: ReadonlySet<FaultSpec['kind']> = new Set(['leak', 'error_ramp', 'load_ramp', 'retry_storm']);

/** @param actions of the run */
export function faultReach(
  window: FaultWindow,
  scenario: Scenario,
  actions: readonly ControlAction[] = [],
): FaultReach {
  const { index, spec, from, until } = window;
  const restarts = actions.flatMap(({ action, agent, at }) =>
    action === 'restart' && agent !== undefined && at >= from ? [[agent, at] as const] : [],
  );
  const isOfAgents = isFaultOfAgents(window) || spec.kind === 'telemetry' || spec.kind === 'deploy';
  return {
    ...{ index, spec, from },
    until: endsInCrash(window) ? minutes(scenario.minutes) : until,
    // The first of each.
    restarted: new Map(endsInCrash(window) ? restarts.toReversed() : []),
    agents: new Set(isOfAgents ? window.agents : []),
    pools: new Set([...poolsOf(spec, scenario), ...window.agents.map(poolOfAgent)]),
    isBenign: isBenign(spec),
    grows: growing.has(spec.kind),
  };
}

/** Whether it is in force then, or was shortly before. */
export function isThen({ from, until }: FaultReach, at: SimTime): boolean {
  return at >= from && at <= until + minutes(AFTERMATH_MINUTES);
}

/** Whether it is an agent's then, or was shortly before. */
export function concerns({ agents, restarted }: FaultReach, agent: string, at: SimTime): boolean {
  const healed = restarted.get(agent);
  return agents.has(agent) && (healed === undefined || at <= healed + minutes(AFTERMATH_MINUTES));
}

function isBenign(spec: FaultSpec): boolean {
  if (spec.kind === 'telemetry' || spec.kind === 'planned_load') return true;
  return spec.kind === 'deploy' && spec.factor <= HARMLESS.factor && spec.failureShare <= HARMLESS.failureShare;
}

function poolsOf(spec: FaultSpec, { pools, taskTypes, workflows }: Scenario): string[] {
  const poolOfType = (taskType: string) => taskTypes.flatMap((it) => (it.taskType === taskType ? it.pool : []));
  switch (spec.kind) {
    case 'dependency_slow':
    case 'dependency_errors':
    case 'rate_limit':
      return spec.pools;
    case 'deploy':
      return [spec.pool];
    case 'tool_slow':
      return taskTypes.flatMap(({ pool, tools = [] }) => (tools.some(({ tool }) => tool === spec.tool) ? pool : []));
    case 'poison_type':
      return poolOfType(spec.taskType);
    case 'ping_pong':
    case 'verification_failure': {
      // Work that is done again goes through all that its workflows go through.
      const types = spec.kind === 'ping_pong' ? spec.taskTypes : [spec.taskType];
      const met = workflows.filter(({ steps }) => steps.some(({ taskType }) => types.includes(taskType)));
      return met.flatMap(({ steps }) => steps.flatMap(({ taskType }) => poolOfType(taskType)));
    }
    case 'load_spike':
    case 'load_ramp':
    case 'planned_load':
    case 'retry_storm':
      return pools.map(({ pool }) => pool);
    default:
      // Of what a model does all that use it, of others those of the agents that they met.
      return 'model' in spec
        ? taskTypes.filter((type) => usesModel(type, String(spec.model))).map((it) => it.pool)
        : [];
  }
}

function usesModel(type: { model?: string; models?: { model: string }[] }, model: string): boolean {
  return type.model === model || (type.models ?? []).some((it) => it.model === model);
}

/** Agents are named after their pool and a number. */
function poolOfAgent(agent: string): string {
  return agent.slice(0, agent.lastIndexOf('-'));
}
