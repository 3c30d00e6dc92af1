import type { FaultSpec, Targets } from '../scenario/scenario.ts';
import type { Agenda } from './agenda.ts';
import type { AgentLifecycle } from './agent-lifecycle.ts';
import type { AgentPool } from './agent-pool.ts';
import type { FactSink } from './facts.ts';
import { endsInCrash, type FaultWindow, isOutage } from './fault-window.ts';
import type { FleetAgent } from './fleet-agent.ts';
import type { Luck } from './luck.ts';
import type { SimTime } from './sim-time.ts';

export interface FaultInjectorDeps {
  agenda: Agenda;
  luck: Luck;
  pools: ReadonlyMap<string, AgentPool>;
  sinks: readonly FactSink[];
  lifecycle: AgentLifecycle;
}

type DeploySpec = Extract<FaultSpec, { kind: 'deploy' }>;

/** Puts faults in force at their onset and takes them back at their end. */
export class FaultInjector {
  readonly #deps: FaultInjectorDeps;
  readonly #windows: readonly FaultWindow[];
  readonly #begun = new Set<FaultWindow>();
  readonly #ofType = new Map<string, FaultWindow[]>();
  #ofFleet: FaultWindow[] = [];

  /** @param end of the scenario: what lasts until then never ends in it */
  constructor(deps: FaultInjectorDeps, windows: readonly FaultWindow[], end: SimTime) {
    this.#deps = deps;
    this.#windows = windows;
    for (const window of windows) {
      if (window.until <= window.from) continue;
      deps.agenda.schedule(window.from, () => this.#begin(window));
      if (window.until < end) deps.agenda.schedule(window.until, () => this.#end(window));
    }
  }

  ofType(taskType: string): readonly FaultWindow[] {
    return this.#ofType.get(taskType) ?? [];
  }

  ofFleet(): readonly FaultWindow[] {
    return this.#ofFleet;
  }

  /** Faults that have yet to begin. */
  toCome(): FaultWindow[] {
    return this.#windows.filter((window) => window.until > window.from && !this.#begun.has(window));
  }

  /** Whom a fault would meet if it began now. */
  wouldMeet(window: FaultWindow): readonly FleetAgent[] {
    return this.#targetsOf(window);
  }

  #begin(window: FaultWindow): void {
    const { spec } = window;
    this.#begun.add(window);
    const agents = this.#targetsOf(window);
    window.agents = agents.map(({ id }) => id);
    for (const agent of agents) agent.faults.push(window);
    for (const pool of this.#poolsOf(spec)) pool.faults.push(window);
    for (const taskType of taskTypesOf(spec)) this.#ofType.set(taskType, [...this.ofType(taskType), window]);
    this.#ofFleet = [...this.#ofFleet, window];
    if (isOutage(window)) for (const agent of agents) this.#deps.lifecycle.crash(agent);
    if (spec.kind === 'deploy') this.#deploy(spec, spec.version, spec.agents === undefined ? undefined : agents);
    if (spec.kind === 'planned_load') {
      for (const sink of this.#deps.sinks) {
        sink.onChange?.({ kind: 'campaign', pool: null, version: null, note: 'announced load' }, this.#deps.agenda.now);
      }
    }
  }

  #end(window: FaultWindow): void {
    const { spec } = window;
    const agents = this.#agents().filter(({ faults }) => faults.includes(window));
    const isOver = (it: FaultWindow) => it !== window;
    for (const agent of agents) agent.faults = agent.faults.filter(isOver);
    for (const pool of this.#poolsOf(spec)) pool.faults = pool.faults.filter(isOver);
    for (const taskType of taskTypesOf(spec)) this.#ofType.set(taskType, this.ofType(taskType).filter(isOver));
    this.#ofFleet = this.#ofFleet.filter(isOver);
    if (isOutage(window)) {
      for (const agent of agents) if (!agent.faults.some(isOutage)) this.#deps.lifecycle.recover(agent);
    }
    if (endsInCrash(window)) for (const agent of agents) this.#deps.lifecycle.crash(agent);
    if (spec.kind === 'deploy') {
      const pool = this.#deps.pools.get(spec.pool);
      const isInForce = spec.agents !== undefined || pool?.version === spec.version;
      if (pool && isInForce) this.#deploy(spec, pool.spec.version, spec.agents === undefined ? undefined : agents);
    }
  }

  /** @param some those of the pool that get it; all, and those to come, unless given */
  #deploy({ pool: name, announced }: DeploySpec, version: string, some?: readonly FleetAgent[]): void {
    const { pools, sinks, agenda } = this.#deps;
    const pool = pools.get(name);
    if (!pool) return;
    if (some === undefined) pool.version = version;
    for (const sink of announced ? sinks : []) {
      sink.onChange?.({ kind: 'deploy', pool: name, version, note: `version ${version}` }, agenda.now);
    }
    for (const agent of some ?? pool.agents) {
      agent.version = version;
      if (agent.isWorking) for (const sink of sinks) sink.onDescriptionChanged?.(agent, agenda.now);
    }
  }

  #agents(): FleetAgent[] {
    return [...this.#deps.pools.values()].flatMap(({ agents }) => agents);
  }

  /** Agents that are there at the onset; drawn ones by an order of their own, the same whatever the policy did before. */
  #targetsOf({ spec, index }: FaultWindow): FleetAgent[] {
    if (spec.kind === 'zone_loss') return this.#agents().filter((it) => it.zone === spec.zone && it.isWorking);
    const targets = targetsIn(spec);
    if (!targets) return [];
    if ('agents' in targets) return this.#agents().filter(({ id }) => targets.agents.includes(id));
    const pool = this.#deps.pools.get(targets.pool);
    const working = pool?.agents.filter(({ isWorking }) => isWorking) ?? [];
    if (!pool) return [];
    if ('zone' in targets) return working.filter(({ zone }) => zone === targets.zone);
    const count = 'count' in targets ? targets.count : Math.max(1, Math.round(targets.share * working.length));
    const place = (agent: FleetAgent) => this.#deps.luck.chosen(index, pool.index, agent.place);
    return [...working].sort((one, other) => place(one) - place(other) || one.number - other.number).slice(0, count);
  }

  #poolsOf(spec: FaultSpec): AgentPool[] {
    const isWhole = spec.kind === 'deploy' && spec.agents === undefined;
    const names = 'pools' in spec ? spec.pools : isWhole ? [spec.pool] : [];
    return names.flatMap((name) => this.#deps.pools.get(name) ?? []);
  }
}

function targetsIn(spec: FaultSpec): Targets | undefined {
  if (spec.kind === 'deploy' && spec.agents !== undefined) return { pool: spec.pool, count: spec.agents };
  return 'targets' in spec ? spec.targets : undefined;
}

function taskTypesOf(spec: FaultSpec): readonly string[] {
  if ('taskTypes' in spec) return spec.taskTypes;
  return 'taskType' in spec ? [spec.taskType] : [];
}
