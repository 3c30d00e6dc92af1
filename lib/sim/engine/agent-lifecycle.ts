import type { Agenda } from './agenda.ts';
import type { AgentPool } from './agent-pool.ts';
import { zoneOf } from './agent-pool.ts';
import type { Dispatcher } from './dispatcher.ts';
import type { FactSink } from './facts.ts';
import { type FaultWindow, isHealedByRestart } from './fault-window.ts';
import type { FleetAgent } from './fleet-agent.ts';
import type { Luck } from './luck.ts';
import type { Tally } from './sim-result.ts';
import { MINUTE_US, type SimTime, seconds } from './sim-time.ts';

const HOUR_US = 60 * MINUTE_US;

export interface AgentLifecycleDeps {
  agenda: Agenda;
  luck: Luck;
  pools: ReadonlyMap<string, AgentPool>;
  tally: Tally;
  sinks: readonly FactSink[];
  dispatcher: () => Dispatcher;
  heartbeatS: number;
  sampleS: number;
  lostZones: () => ReadonlySet<number>;
}

/** Starts agents and ends them: by scaling, by restart, by faults. */
export class AgentLifecycle {
  readonly #deps: AgentLifecycleDeps;
  readonly #isReported: boolean;

  constructor(deps: AgentLifecycleDeps) {
    this.#deps = deps;
    this.#isReported = deps.sinks.some((sink) => sink.onHeartbeatDue || sink.onSampleDue);
  }

  /** The agents of the start, at work at once. */
  startPool(pool: AgentPool): void {
    const { agenda, lostZones } = this.#deps;
    for (let count = 0; count < pool.spec.agents; count += 1) this.#comeUp(pool, pool.order(agenda.now, lostZones()));
  }

  /** @returns false where as many are ordered already as the pool may have of those desired */
  scale(pool: AgentPool, desired: number): boolean {
    const { agenda, lostZones } = this.#deps;
    const { min, max } = pool.spec;
    const surplus = pool.ordered.length - Math.min(max, Math.max(min, Math.round(desired)));
    if (surplus === 0) return false;
    for (let count = surplus; count < 0; count += 1) this.#provision(pool, pool.order(agenda.now, lostZones()));
    if (surplus < 0) return true;
    const victims = pool.ordered.sort((one, other) => rank(one) - rank(other) || other.place - one.place);
    for (const agent of victims.slice(0, surplus)) this.#retire(pool, agent);
    return true;
  }

  /** @param drain lets it finish what it has before */
  restart(pool: AgentPool, agent: FleetAgent, drain: boolean): void {
    if (agent.state === 'provisioning' || agent.state === 'restarting' || agent.state === 'stopped') return;
    if (isLeaving(agent)) {
      if (!drain) this.#stopNow(pool, agent);
      return;
    }
    if (drain && agent.state === 'up' && agent.outstanding > 0) {
      agent.state = 'draining';
      agent.restartsWhenDrained = true;
      pool.changed();
      return;
    }
    this.#restart(pool, agent);
  }

  /** An agent has answered everything. */
  emptied(agent: FleetAgent): void {
    const pool = this.#deps.pools.get(agent.pool);
    if (!pool || agent.state !== 'draining') return;
    if (agent.restartsWhenDrained) this.#restart(pool, agent);
    else this.#stop(pool, agent);
  }

  crash(agent: FleetAgent): void {
    const { agenda, sinks, pools } = this.#deps;
    if (!agent.isWorking) return;
    const pool = pools.get(agent.pool);
    const wasLeaving = isLeaving(agent);
    agent.state = 'down';
    agent.restartsWhenDrained = false;
    this.#deps.dispatcher().lose(agent);
    for (const sink of sinks) sink.onAgentDown?.(agent, agenda.now, 'crashed');
    pool?.changed();
    if (pool && wasLeaving) this.#remove(pool, agent);
  }

  /** An agent that is down works again, with nothing of what it had. */
  recover(agent: FleetAgent): void {
    const pool = this.#deps.pools.get(agent.pool);
    if (pool && agent.state === 'down') this.#comeUp(pool, agent);
  }

  /** Books what an agent cost since it was last booked. @returns the hours booked */
  pay(pool: AgentPool, agent: FleetAgent, at: SimTime): number {
    // The instant of a minute's end belongs to the minute that ends.
    const row = this.#deps.tally.minuteOf(pool.name, Math.max(0, at - 1));
    const hours = (at - agent.paidUntil) / HOUR_US;
    agent.paidUntil = at;
    row.agentHours += hours;
    row.agentCostUsd += hours * pool.spec.costPerHourUsd;
    return hours;
  }

  #provision(pool: AgentPool, agent: FleetAgent): void {
    const { agenda, luck, lostZones } = this.#deps;
    const takes = luck.provisioning(pool.index, agent.number, agent.starts, pool.spec);
    agenda.schedule(agenda.now + takes, () => {
      if (agent.state !== 'provisioning' && agent.state !== 'restarting') return;
      if (lostZones().has(agent.zone)) agent.zone = zoneOf(agent.place, pool.spec.zones, lostZones());
      this.#comeUp(pool, agent);
    });
  }

  #comeUp(pool: AgentPool, agent: FleetAgent): void {
    const { agenda, sinks } = this.#deps;
    agent.countBusy(agenda.now);
    agent.state = 'up';
    agent.starts += 1;
    agent.version = pool.version;
    pool.changed();
    for (const sink of sinks) sink.onAgentUp?.(agent, agenda.now);
    if (this.#isReported) this.#beginReports(pool, agent);
    this.#deps.dispatcher().offerWaiting(agent.lentTo ?? pool);
  }

  #beginReports(pool: AgentPool, agent: FleetAgent): void {
    const { agenda, sinks, luck, heartbeatS, sampleS } = this.#deps;
    const phase = luck.agent(pool.index, -agent.number).uniform();
    const start = agent.starts;
    const repeat = (interval: SimTime, report: () => void) => {
      const due = () => {
        if (!agent.isWorking || agent.starts !== start) return;
        report();
        agenda.schedule(agenda.now + interval, due);
      };
      agenda.schedule(agenda.now + Math.round(phase * interval), due);
    };
    repeat(seconds(heartbeatS), () => {
      for (const sink of sinks) sink.onHeartbeatDue?.(agent, agenda.now);
    });
    repeat(seconds(sampleS), () => {
      const queued = this.#deps.dispatcher().queuedFor(agent);
      for (const sink of sinks) sink.onSampleDue?.(agent, agenda.now, queued);
    });
  }

  #restart(pool: AgentPool, agent: FleetAgent): void {
    const { agenda, sinks } = this.#deps;
    const wasWorking = agent.isWorking;
    agent.state = 'restarting';
    agent.restartsWhenDrained = false;
    agent.faults = agent.faults.filter((window: FaultWindow) => !isHealedByRestart(window));
    pool.changed();
    if (wasWorking) for (const sink of sinks) sink.onAgentDown?.(agent, agenda.now, 'restarting');
    this.#deps.dispatcher().breakOff(agent);
    this.#provision(pool, agent);
  }

  #retire(pool: AgentPool, agent: FleetAgent): void {
    if (agent.state === 'draining') {
      agent.restartsWhenDrained = false;
      return;
    }
    if (agent.state !== 'up') {
      this.#remove(pool, agent);
      return;
    }
    agent.state = 'draining';
    pool.changed();
    if (agent.outstanding === 0) this.#stop(pool, agent);
  }

  #stop(pool: AgentPool, agent: FleetAgent): void {
    const { agenda, sinks } = this.#deps;
    for (const sink of sinks) sink.onAgentDown?.(agent, agenda.now, 'stopped');
    this.#remove(pool, agent);
  }

  /** Without what it still holds, which ends now. */
  #stopNow(pool: AgentPool, agent: FleetAgent): void {
    this.#stop(pool, agent);
    this.#deps.dispatcher().breakOff(agent);
  }

  #remove(pool: AgentPool, agent: FleetAgent): void {
    const { now } = this.#deps.agenda;
    agent.state = 'stopped';
    this.pay(pool, agent, now);
    agent.countBusy(now);
    const row = this.#deps.tally.minuteOf(pool.name, Math.max(0, now - 1));
    row.busySlotHours += agent.takeCounts(now).busyUs / HOUR_US;
    pool.remove(agent);
  }
}

/** It gets nothing new, and stops when it has answered everything. */
function isLeaving({ state, restartsWhenDrained }: FleetAgent): boolean {
  return state === 'draining' && !restartsWhenDrained;
}

/** Who goes first when there are too many: who does not work yet, then who is out of dispatch. */
function rank({ state, probeShare }: FleetAgent): number {
  if (state === 'provisioning') return 0;
  return probeShare === null ? 2 : 1;
}
