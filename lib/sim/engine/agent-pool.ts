import { type Priority, priorities } from '../../core/model/event.ts';
import type { LadderStep } from '../../core/model/pool-settings.ts';
import type { PoolSpec, TaskTypeSpec } from '../scenario/scenario.ts';
import { ArrivalMix } from './arrival-mix.ts';
import { AttemptQueue } from './attempt-queue.ts';
import type { FaultWindow } from './fault-window.ts';
import { FleetAgent } from './fleet-agent.ts';
import type { Luck } from './luck.ts';
import type { FleetPolicy } from './policy.ts';
import { RetryBudget } from './retry-budget.ts';
import type { SimTime } from './sim-time.ts';
import type { Attempt } from './work.ts';

/** A pool at work: its agents, who of them may be given what, and what waits for one. */
export class AgentPool {
  readonly spec: PoolSpec;
  readonly index: number;
  readonly retryBudget = new RetryBudget();
  /** In order of number; those that have stopped are gone. */
  readonly agents: FleetAgent[] = [];
  /** Of other pools, that work for this one. */
  readonly borrowed: FleetAgent[] = [];
  version: string;
  weights: ReadonlyMap<string, number> = new Map();
  /** What of new tasks is turned away: a share of all, the least important first, or all that are less important than one. */
  turnsAway: { share: number } | { below: Priority } | null = null;
  readonly arrivals = new ArrivalMix();
  /** Pool that serves its tasks instead, of some types where any are named. */
  failoverTo: AgentPool | null = null;
  failoverTypes: ReadonlySet<string> = new Set();
  /** Rung of its ladder that tasks start on. */
  rung: LadderStep | null = null;
  /** What agents that come are tuned to. */
  slots: number;
  model: string | null = null;
  /** Time limit of its tasks' attempts in place of that of their types, ms. */
  timeoutMs: number | null = null;
  faults: FaultWindow[] = [];
  readonly #types: readonly string[];
  readonly #luck: Luck;
  readonly #waiting = new Map<string, AttemptQueue>();
  readonly #candidates = new Map<string, FleetAgent[]>();
  #probed: FleetAgent[] | null = null;
  #named = 0;

  constructor(spec: PoolSpec, index: number, taskTypes: readonly TaskTypeSpec[], luck: Luck) {
    this.spec = spec;
    this.index = index;
    this.version = spec.version;
    this.slots = spec.slots;
    this.#luck = luck;
    this.#types = taskTypes.filter(({ pool }) => pool === spec.pool).map(({ taskType }) => taskType);
  }

  get name(): string {
    return this.spec.pool;
  }

  /** Attempts in the pool's queue. */
  get waiting(): number {
    return [...this.#waiting.values()].reduce((sum, queue) => sum + queue.count(), 0);
  }

  /** Attempts of a type in it. */
  waitingOf({ taskType }: TaskTypeSpec): number {
    return this.#waiting.get(taskType)?.count() ?? 0;
  }

  /** Of new tasks of a priority, the share to turn away, 0..1. */
  rejectedShare(priority: Priority): number {
    if (this.turnsAway === null) return 0;
    if ('share' in this.turnsAway) return this.arrivals.rejectedShare(priority, this.turnsAway.share);
    return priorities.indexOf(priority) > priorities.indexOf(this.turnsAway.below) ? 1 : 0;
  }

  /** Agents that scaling counts: all but those that are on their way out. */
  get ordered(): FleetAgent[] {
    return this.agents.filter(({ state, restartsWhenDrained }) => state !== 'draining' || restartsWhenDrained);
  }

  /** @param lostZones zones that cannot take an agent now */
  order(at: SimTime, lostZones: ReadonlySet<number>): FleetAgent {
    this.#named += 1;
    const [number, place] = [this.#named, this.#freePlaces(1)[0] ?? 1];
    const about = { id: `${this.name}-${String(number).padStart(2, '0')}`, number, version: this.version };
    const zone = zoneOf(place, this.spec.zones, lostZones);
    const agent = new FleetAgent({ ...about, ...this.#natureOf(place), zone }, at);
    agent.weight = this.weights.get(agent.id) ?? 1;
    agent.model = this.model;
    this.agents.push(agent);
    this.changed();
    return agent;
  }

  /** What those will be that are ordered next. */
  next(count: number) {
    return this.#freePlaces(count).map((place) => this.#natureOf(place));
  }

  /** The first that nobody has. */
  #freePlaces(count: number): number[] {
    const taken = new Set(this.agents.map(({ place }) => place));
    const free: number[] = [];
    for (let place = 1; free.length < count; place++) if (!taken.has(place)) free.push(place);
    return free;
  }

  remove(agent: FleetAgent): void {
    this.takeBack(agent);
    const index = this.agents.indexOf(agent);
    if (index >= 0) this.agents.splice(index, 1);
    this.changed();
  }

  /** Those that work for it now. */
  get members(): readonly FleetAgent[] {
    return [...this.agents.filter(({ lentTo }) => lentTo === null), ...this.borrowed];
  }

  /** One of its own works for another pool from now on; what it has of this one it finishes. */
  lend(agent: FleetAgent, to: AgentPool): void {
    this.takeBack(agent);
    agent.lentTo = to;
    agent.weight = to.weights.get(agent.id) ?? 1;
    to.borrowed.push(agent);
    this.changed();
  }

  takeBack(agent: FleetAgent): void {
    const to = agent.lentTo;
    if (to === null) return;
    agent.lentTo = null;
    agent.weight = this.weights.get(agent.id) ?? 1;
    to.borrowed.splice(to.borrowed.indexOf(agent), 1);
    to.changed();
    this.changed();
  }

  /** Where tasks of a type of its own are served. */
  servedBy({ taskType }: TaskTypeSpec): AgentPool {
    const isMoved = this.failoverTypes.size === 0 || this.failoverTypes.has(taskType);
    return isMoved ? (this.failoverTo ?? this) : this;
  }

  /** To be called when an agent comes into dispatch or leaves it. */
  changed(): void {
    this.#forget();
    for (const { lentTo } of this.agents) if (lentTo) lentTo.#forget();
  }

  #forget(): void {
    this.#candidates.clear();
    this.#probed = null;
  }

  /** Agents in dispatch with the skill. One that has crashed is among them: nobody told the dispatcher. */
  inDispatch(type: TaskTypeSpec): readonly FleetAgent[] {
    let candidates = this.#candidates.get(type.taskType);
    if (!candidates) {
      candidates = this.members.filter((agent) => isInDispatch(agent) && this.knows(agent, type));
      this.#candidates.set(type.taskType, candidates);
    }
    return candidates;
  }

  /** Agents out of dispatch that still get a share. */
  probed(): readonly FleetAgent[] {
    this.#probed ??= this.members.filter(
      (agent) => agent.probeShare !== null && agent.probeShare > 0 && isOffered(agent),
    );
    return this.#probed;
  }

  /** The tasks of another pool, on failover or on loan, are done by every agent. */
  knows(agent: FleetAgent, type: TaskTypeSpec): boolean {
    return type.pool !== agent.pool || agent.skills.has(type.taskType);
  }

  wait(attempt: Attempt): void {
    const { taskType } = attempt.task.type;
    let queue = this.#waiting.get(taskType);
    if (!queue) {
      queue = new AttemptQueue();
      this.#waiting.set(taskType, queue);
    }
    queue.push(attempt);
  }

  /** The largest weight of an agent in dispatch, at most 1. */
  get usualWeight(): number {
    if (this.weights.size === 0) return 1;
    const all = this.members.filter(isInDispatch);
    return all.length === 0 ? 1 : Math.min(1, Math.max(...all.map(({ weight }) => weight)));
  }

  /**
   * The first in the pool's queue that the agent can do, over all task types.
   * @param takes whether what came first is the first, or what is most important
   * @param share of what it could be given that it gets, 0..1
   */
  takeFor(agent: FleetAgent, takes: FleetPolicy['takes'] = 'first', share = 1): Attempt | undefined {
    const rankOf = ({ task }: Attempt) => (takes === 'first' ? 0 : priorities.indexOf(task.type.priority));
    let first: Attempt | undefined;
    let from: AttemptQueue | undefined;
    let rank = Number.POSITIVE_INFINITY;
    for (const queue of this.#waiting.values()) {
      const attempt = queue.peek();
      if (attempt === undefined) continue;
      const its = rankOf(attempt);
      if (its > rank || (its === rank && first !== undefined && first.order < attempt.order)) continue;
      if (!this.knows(agent, attempt.task.type)) continue;
      [first, from, rank] = [attempt, queue, its];
    }
    if (first === undefined) return undefined;
    const given = Math.min(share, agent.probeShare ?? 1);
    if (given < 1 && !this.#luck.isProbe(first.task, first.number, agent.number, given)) return undefined;
    return from?.take();
  }

  /** All that wait for an agent, first come first. @param home only tasks that belong to this pool */
  takeAll(home?: string): Attempt[] {
    const all: Attempt[] = [];
    for (const queue of this.#waiting.values()) {
      if (home !== undefined && queue.peek()?.task.type.pool !== home) continue;
      for (let attempt = queue.take(); attempt !== undefined; attempt = queue.take()) all.push(attempt);
    }
    return all.sort((one, other) => one.order - other.order);
  }

  /**
   * What an agent is by birth, by its place: a pool that is made smaller and as large again has agents as before, so that policies
   * that scale often are not compared by whom they happened to get.
   */
  #natureOf(place: number) {
    const random = this.#luck.agent(this.index, place);
    const { pool, speedSpread } = this.spec;
    return {
      ...{ pool, place, slots: this.slots },
      speed: random.uniform(1 - speedSpread, 1 + speedSpread),
      idleMemory: random.uniform(0.3, 0.4),
      skills: this.#drawSkills(place, () => random.uniform()),
    };
  }

  /**
   * One type by turns for each agent, so that every agent knows one and, of as many agents as there are types, every
   * type is known; the others by chance.
   */
  #drawSkills(place: number, coin: () => number): ReadonlySet<string> {
    const { agents, skillDensity } = this.spec;
    const count = this.#types.length;
    return new Set(
      this.#types.filter((_, type) => {
        const isDrawn = coin() < skillDensity;
        const isInTurn = agents >= count ? (place - 1) % count === type : type % agents === (place - 1) % agents;
        return isDrawn || isInTurn;
      }),
    );
  }
}

function isInDispatch(agent: FleetAgent): boolean {
  return agent.probeShare === null && isOffered(agent);
}

/** Whether whoever hands out takes it for one that works. */
export function isOffered({ state }: FleetAgent): boolean {
  return state === 'up' || state === 'down';
}

/** Agents take turns over the zones, numbered from 0; one that is lost is passed over while another is left. */
export function zoneOf(place: number, zones: number, lost: ReadonlySet<number>): number {
  for (let step = 0; step < zones; step += 1) {
    const zone = (place - 1 + step) % zones;
    if (!lost.has(zone)) return zone;
  }
  return (place - 1) % zones;
}
