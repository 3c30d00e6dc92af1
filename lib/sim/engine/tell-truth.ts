import type { PoolSpec, Scenario } from '../scenario/scenario.ts';
import type { Agenda } from './agenda.ts';
import type { AgentPool } from './agent-pool.ts';
import { expectedWorkflows, type RecordedArrival } from './arrivals.ts';
import { contentionFactor } from './contention.ts';
import { expectedWorkS } from './expected-work.ts';
import type { FaultInjector } from './fault-injector.ts';
import {
  endsInCrash,
  type FaultWindow,
  inForceAt,
  isFaultOfAgents,
  isHealedByRestart,
  isOutage,
} from './fault-window.ts';
import type { FleetAgent } from './fleet-agent.ts';
import type { AgentTruth, Truth } from './policy.ts';
import type { Tally } from './sim-result.ts';
import { MINUTE_US, minutes, type SimTime } from './sim-time.ts';
import { rejectedShares, visitsByType } from './visits.ts';

export interface TruthDeps {
  scenario: Scenario;
  windows: readonly FaultWindow[];
  recorded: readonly RecordedArrival[];
  agenda: Agenda;
  pools: ReadonlyMap<string, AgentPool>;
  tally: Tally;
  faults: () => FaultInjector;
}

/** The truth about a simulation as it stands, and what is to be expected of it. */
export function tellTruth({ scenario, windows, recorded, agenda, pools, tally, faults }: TruthDeps): Truth {
  const poolNamed = (name: string) => {
    const pool = pools.get(name);
    if (!pool) throw new RangeError(`there is no pool "${name}"`);
    return pool;
  };
  const typesOf = (pool: string) => scenario.taskTypes.filter((type) => type.pool === pool);
  const visitsIn = (minute: number) => visitsByType(scenario, inForceAt(windows, minutes(minute)));
  const workflowsIn = (minute: number) => expectedWorkflows(scenario, windows, recorded, minute);
  const workS = (taskType: string, minute: number) => {
    const type = scenario.taskTypes.find((it) => it.taskType === taskType);
    if (!type) throw new RangeError(`there is no task type "${taskType}"`);
    return expectedWorkS(type, inForceAt(windows, minutes(minute)));
  };
  const offeredLoads = (pool: string, minute: number) => {
    const [perSecond, visits] = [workflowsIn(minute) / 60, visitsIn(minute)];
    return new Map(
      typesOf(pool).map(({ taskType }) => [
        taskType,
        perSecond * (visits.get(taskType) ?? 0) * workS(taskType, minute),
      ]),
    );
  };
  /** Faults about to begin, and the agents that they will meet. */
  const coming = () =>
    faults()
      .toCome()
      .filter((window) => isFaultOfAgents(window) && window.from < agenda.now + MINUTE_US)
      .map((window) => ({ window, agents: new Set(faults().wouldMeet(window)) }));

  return {
    isHealthy: (id) => {
      const agent = [...pools.values()].flatMap(({ agents }) => agents).find((it) => it.id === id);
      return agent?.isWorking === true && !agent.faults.some(isFaultOfAgents);
    },
    agents: (name) => {
      const soon = coming();
      return poolNamed(name).ordered.map((agent) => {
        const met = soon.filter(({ agents }) => agents.has(agent)).map(({ window }) => window);
        return truthOf(agent, poolNamed(name).spec, met, agenda.now);
      });
    },
    nextAgents: (name, count) => {
      const pool = poolNamed(name);
      return pool.next(count).map((agent) => ({ ...agent, speed: fullSpeed(agent, pool.spec) }));
    },
    lostShare: (name, minute) => {
      const { spec, agents } = poolNamed(name);
      const [from, until] = [minutes(minute), minutes(minute + 1)];
      const isThen = (window: FaultWindow) => window.from < until && window.until > from && isFaultOfAgents(window);
      const size = agents.filter(({ isWorking }) => isWorking).length;
      const left = faults().toCome().filter(isThen);
      return 1 - left.reduce((share, window) => share * (1 - expectedShare(window, spec, size)), 1);
    },
    arrivalRate: (pool, minute) => {
      const visits = visitsIn(minute);
      return workflowsIn(minute) * typesOf(pool).reduce((sum, { taskType }) => sum + (visits.get(taskType) ?? 0), 0);
    },
    arrived: (pool, minute) => tally.minuteOf(pool, minutes(minute)).arrived,
    waiting: (name) => {
      const pool = poolNamed(name);
      return new Map(
        typesOf(name).map((type) => [
          type.taskType,
          pool.waitingOf(type) +
            [...pool.agents, ...pool.borrowed].reduce(
              (sum, { held }) =>
                sum +
                [...held].filter(({ state, isLost, task }) => state === 'waiting' && !isLost && task.type === type)
                  .length,
              0,
            ),
        ]),
      );
    },
    offeredLoad: (pool, minute) => [...offeredLoads(pool, minute).values()].reduce((sum, load) => sum + load, 0),
    offeredLoads,
    admitted: (pool, share) => {
      const rejected = rejectedShares(scenario, pool, 1 - share);
      return new Map(typesOf(pool).map(({ taskType, priority }) => [taskType, 1 - (rejected.get(priority) ?? 0)]));
    },
    workS,
  };
}

/** Factor on service times with all slots at work. */
function fullSpeed({ speed, slots }: Pick<FleetAgent, 'speed' | 'slots'>, { contention }: PoolSpec): number {
  return speed * contentionFactor(contention, slots);
}

/** @param soon faults that will meet it within the minute */
function truthOf(agent: FleetAgent, spec: PoolSpec, soon: readonly FaultWindow[], now: SimTime): AgentTruth {
  const { id, skills, slots, state } = agent;
  const speed = fullSpeed(agent, spec);
  const own = agent.faults.filter(isFaultOfAgents);
  const isUnderway = state === 'provisioning' || state === 'restarting' || agent.restartsWhenDrained;
  const about = { id, speed, skills, slots, isWorking: agent.isWorking };
  if (isUnderway) return { ...about, illForMinutes: 0, isHealedByRestart: false, finishesWork: false };
  const until = Math.max(now, ...[...own, ...soon].map((window) => window.until));
  // Who is down comes up at the end of its outage; of another fault only a restart helps.
  const isForGood = [...own, ...soon].some(endsInCrash) || (state === 'down' && !own.some(isOutage));
  return {
    ...about,
    illForMinutes: isForGood ? Number.POSITIVE_INFINITY : (until - now) / MINUTE_US,
    isHealedByRestart: state === 'down' || (own.length > 0 && own.every(isHealedByRestart)),
    finishesWork: agent.isWorking && !agent.isHung,
  };
}

/** Of a pool's agents, the share that a fault is expected to meet, 0..1. */
function expectedShare({ spec }: FaultWindow, { pool, zones }: Scenario['pools'][number], size: number): number {
  if (size === 0) return 0;
  if (spec.kind === 'zone_loss') return spec.zone < zones ? 1 / zones : 0;
  if (!('targets' in spec)) return 0;
  const { targets } = spec;
  if ('agents' in targets) return Math.min(1, targets.agents.filter((id) => id.startsWith(`${pool}-`)).length / size);
  if (targets.pool !== pool) return 0;
  if ('zone' in targets) return targets.zone < zones ? 1 / zones : 0;
  return 'share' in targets ? targets.share : Math.min(1, targets.count / size);
}
