import type { AgentPool } from './agent-pool.ts';
import { AttemptQueue } from './attempt-queue.ts';
import type { FaultWindow } from './fault-window.ts';
import type { AgentView } from './policy.ts';
import type { SimTime } from './sim-time.ts';
import type { Attempt } from './work.ts';

/**
 * `down`: it has crashed, and the dispatcher was not told. `draining`: gets nothing new, and stops or restarts when it
 * has answered everything.
 */
export type AgentState = 'provisioning' | 'up' | 'draining' | 'down' | 'restarting' | 'stopped';

/** What an agent did since the last minute's end. */
export interface MinuteCounts {
  completed: number;
  failed: number;
  timedOut: number;
  serviceUs: number;
  responseUs: number;
  /** Slots at work, integrated over time. */
  busyUs: number;
}

const noCounts = (): MinuteCounts => ({
  completed: 0,
  failed: 0,
  timedOut: 0,
  serviceUs: 0,
  responseUs: 0,
  busyUs: 0,
});

export class FleetAgent implements AgentView {
  readonly id: string;
  readonly pool: string;
  /** 1 for the first of its pool; no two have the same. */
  readonly number: number;
  /** 1 for the first of its pool; that of one that has gone is taken by the next that comes. */
  readonly place: number;
  /** Tasks that it works on at once; fewer than are at work for a while where it was tuned down. */
  slots: number;
  /** Factor on its service times. */
  readonly speed: number;
  /** Task types of its own pool that it can do. */
  readonly skills: ReadonlySet<string>;
  readonly idleMemory: number;
  zone: number;
  state: AgentState = 'provisioning';
  /** How often it was started. */
  starts = 0;
  restartsWhenDrained = false;
  weight = 1;
  /** Pool that it works for instead of its own. */
  lentTo: AgentPool | null = null;
  /** That it was tuned to use where a task type has it. */
  model: string | null = null;
  /** Out of dispatch but for this share of what it would be offered; null when in dispatch. */
  probeShare: number | null = null;
  version: string;
  outstanding = 0;
  running = 0;
  queued = 0;
  completedTasks = 0;
  /** In force on it. */
  faults: FaultWindow[] = [];
  /** What it was given and has not answered, in that order. */
  readonly held = new Set<Attempt>();
  readonly queue = new AttemptQueue();
  counts = noCounts();
  paidUntil: SimTime;
  #countedUntil: SimTime;

  constructor(
    about: Pick<
      FleetAgent,
      'id' | 'pool' | 'number' | 'place' | 'slots' | 'speed' | 'skills' | 'idleMemory' | 'zone' | 'version'
    >,
    orderedAt: SimTime,
  ) {
    this.id = about.id;
    this.pool = about.pool;
    this.number = about.number;
    this.place = about.place;
    this.slots = about.slots;
    this.speed = about.speed;
    this.skills = about.skills;
    this.idleMemory = about.idleMemory;
    this.zone = about.zone;
    this.version = about.version;
    this.#countedUntil = orderedAt;
    this.paidUntil = orderedAt;
  }

  get hasFreeSlot(): boolean {
    return this.outstanding < this.slots;
  }

  get isWorking(): boolean {
    return this.state === 'up' || this.state === 'draining';
  }

  get isHung(): boolean {
    return this.faults.some(({ spec }) => spec.kind === 'hang');
  }

  /** Share of its memory in use, 0..1, without noise: what it holds, and what it leaks. */
  memoryAt(at: SimTime): number {
    const held = 0.3 * (this.running / this.slots) + 0.1 * Math.min(1, this.queued / 20);
    const leaks = this.faults.map(({ spec, progress }) =>
      spec.kind === 'leak' ? progress(at) * Math.max(0, spec.memoryAtEnd - this.idleMemory) : 0,
    );
    return Math.min(1, this.idleMemory + held + leaks.reduce((sum, leak) => sum + leak, 0));
  }

  /** To be called before `running` changes. */
  countBusy(at: SimTime): void {
    this.counts.busyUs += this.running * (at - this.#countedUntil);
    this.#countedUntil = at;
  }

  takeCounts(at: SimTime): MinuteCounts {
    this.countBusy(at);
    const counts = this.counts;
    this.counts = noCounts();
    return counts;
  }
}
