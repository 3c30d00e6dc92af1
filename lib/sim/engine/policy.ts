import type { Random } from '../random.ts';
import type { TaskTypeSpec } from '../scenario/scenario.ts';
import type { AttemptStatus } from './work.ts';

/** What a dispatcher sees of an agent when it places an attempt. */
export interface AgentView {
  id: string;
  slots: number;
  /** Attempts it was given and has not answered. */
  outstanding: number;
  /** Whether a slot is free. */
  hasFreeSlot: boolean;
}

/** What one agent did in one minute, as it was exported: late or missing where the telemetry is. */
export interface AgentMinuteExport {
  agent: string;
  pool: string;
  completed: number;
  failed: number;
  timedOut: number;
  /** Mean service and response time of those that completed, ms; null without any. */
  serviceMs: number | null;
  responseMs: number | null;
  /** Slots at work on average. */
  busySlots: number;
  slots: number;
  /** Waiting at the end of the minute. */
  queued: number;
  /** Whether a heartbeat came. */
  isHeard: boolean;
}

/** What a controller learns at a minute's end. Exports of a minute come when the telemetry brings them. */
export interface MinuteView {
  /** Index of the minute that has just ended, from 0 at the start of the scenario. */
  minute: number;
  nowMs: number;
  /** By minute: what has arrived since the last view. */
  exports: ReadonlyMap<number, readonly AgentMinuteExport[]>;
  pools: readonly {
    pool: string;
    agents: readonly string[];
    ordered: number;
    min: number;
    max: number;
    slots: number;
  }[];
}

/** What a policy may do to the fleet; it holds until it is set again. */
export interface Controls {
  /** Relative, above 0; an agent that is not named counts 1. */
  setWeights(pool: string, weights: ReadonlyMap<string, number>): void;
  /** Takes agents out of dispatch, or back in; `probeShare` of the work still reaches them. */
  eject(agent: string, probeShare: number): void;
  readmit(agent: string): void;
  /** Agents of the pool; provisioning takes its time, those that are too many finish their work first. */
  scale(pool: string, desired: number): void;
  /** Stops an agent and starts it again, healed of what a restart heals (hang, leak). */
  restart(agent: string, drain: boolean): void;
  /** Only so much of a pool's new work is admitted; the rest is rejected at once, least important first. Ends `shed`. */
  admit(pool: string, share: number): void;
  /** New tasks of less importance are rejected at once; null: none. Ends `admit`. */
  shed(pool: string, below: TaskTypeSpec['priority'] | null): void;
  /** Tasks that start do less by this rung of the pool's ladder; null: all of it. */
  rung(pool: string, step: string | null): void;
  /** The tasks of a pool, of some types where any are named, are served by another; by itself again where both are the same. */
  failover(from: string, to: string, taskTypes?: readonly string[]): void;
  /** Agents of a pool work for another, where the scenario lets them. They stay in their pool, which pays them. */
  lend(from: string, to: string, agents: readonly string[]): void;
  /** Those that are lent there work for their own pool again. */
  giveBack(from: string, to: string, agents: readonly string[]): void;
  /** Sets one agent, or all of a pool and those to come. What is not named stays. */
  tune(of: { agent: string } | { pool: string }, settings: Tuning): void;
  /** Calls of a model go to the next one of their task type instead, but for a share of probes; null: none do. */
  breakModel(model: string, probeShare: number | null): void;
}

/** What can be set of agents; null sets it back to what the scenario says. */
export interface Tuning {
  /** Tasks that an agent takes at once, 1 to 64; only where the pool has a contention. */
  concurrency?: number | null;
  /** Time limit of attempts that are queued from now on, ms; only of a whole pool. */
  timeoutMs?: number | null;
  /** Called for tasks of types that have it. */
  model?: string | null;
}

/** What runs a fleet: it places attempts, and may act each minute. */
export interface FleetPolicy {
  name: string;
  /**
   * `central`: one queue a pool, for whichever slot comes free; `place` picks among several
   * that are free. `agents`: `place` picks an agent at once, in whose own queue the attempt waits. `dispatcher`: one queue a pool as
   * well, but whoever hands out goes by what it has given: an agent is free while it has fewer attempts than slots, and so is one that
   * has crashed, until its attempts are given up. Where only agents of little weight are free, they are taken just as seldom.
   */
  queueing: 'central' | 'agents' | 'dispatcher';
  /** What is taken first from the queue of a pool: what came first (unless it says otherwise), or what is most important, and of that what came first. */
  takes?: 'first' | 'most-important';
  /**
   * Candidates have the skill, are in dispatch (or are to be probed), and there is at least one. Unless they fetch
   * their work (`central`), one that has crashed may be among them, because nobody told the dispatcher. They are live: to be
   * read at once, not kept.
   * @returns index of the candidate
   */
  place(candidates: readonly AgentView[], weightOf: (index: number) => number, random: Random, pool: string): number;
  /** An attempt that was given to an agent has ended, as whoever gave it sees it: also given up, or broken off. */
  onAnswer?(answer: Answer): void;
  atMinute?(view: MinuteView, controls: Controls): void;
}

/** How an attempt ended that an agent was given. */
export interface Answer {
  agent: string;
  taskType: string;
  /** Since it was given. */
  tookMs: number;
  status: AttemptStatus;
  /** Since the start of the scenario. */
  atMs: number;
}

/** What is so of an agent, whatever it reports. */
export interface AgentTruth {
  id: string;
  /** Factor on its service times, without faults; with all its slots at work where that slows it. */
  speed: number;
  /** Task types of its pool that it can do. */
  skills: ReadonlySet<string>;
  slots: number;
  /**
   * Minutes until it works without a fault of its own if nobody restarts it: 0 when it does, and goes on to through the coming
   * minute; infinite where only a restart helps. Of one that is being provisioned or restarted 0.
   */
  illForMinutes: number;
  /** Ill now, and well after a restart. */
  isHealedByRestart: boolean;
  /** Up or draining, however badly it works. */
  isWorking: boolean;
  /** What it has comes to an end by itself. */
  finishesWork: boolean;
}

/** Of the true state of the fleet, for policies that are told (the oracle) and for judges. */
export interface Truth {
  isHealthy(agent: string): boolean;
  /** Agents that scaling counts, in order of their numbers. */
  agents(pool: string): readonly AgentTruth[];
  /** What those will be that are ordered next. */
  nextAgents(pool: string, count: number): readonly Pick<AgentTruth, 'speed' | 'skills' | 'slots'>[];
  /**
   * Share of a pool's agents, 0..1, that faults of agents are expected to have met which have not begun yet and are in force
   * in that minute.
   */
  lostShare(pool: string, minute: number): number;
  /** Tasks that are handed to a pool in a minute of the scenario, as expected: with what faults make be done again. */
  arrivalRate(pool: string, minute: number): number;
  /** Tasks that were. */
  arrived(pool: string, minute: number): number;
  /** Attempts of each task type of a pool that wait now. */
  waiting(pool: string): ReadonlyMap<string, number>;
  /** Slots that they take, if none waited (erlangs), on agents of speed 1, under the faults in force at the start of the minute. */
  offeredLoad(pool: string, minute: number): number;
  /** By task type. */
  offeredLoads(pool: string, minute: number): ReadonlyMap<string, number>;
  /** Where such a share of a pool's tasks is admitted: the share of each task type. */
  admitted(pool: string, share: number): ReadonlyMap<string, number>;
  /** Seconds that a task of the type takes of a slot under those faults, with its retries. */
  workS(taskType: string, minute: number): number;
}
