import { AgentPace, drawFactor, type PaceReading } from '../../lib/client/agent-pace.ts';
import type { Directive, DirectiveOf, DirectiveWord } from '../../lib/client/client.ts';

/** From the most important on. */
export const priorities = ['critical', 'high', 'normal', 'low'] as const;
export type Priority = (typeof priorities)[number];

export interface Agent {
  agent: string;
  pool: string;
  /** Tasks that it works on at the same time. */
  slots: number;
}

export interface Task {
  id: string;
  pool: string;
  taskType: string;
  priority: Priority;
  /** Tools and models that it would use. */
  uses: readonly string[];
}

/** Who works on a task now, and how. */
export interface Assignment<Work extends Task> {
  task: Work;
  agent: string;
  /** A rung of the pool's ladder: do less for the task. */
  step: string | null;
  /** Tools and models to do without. */
  avoid: string[];
}

/** A task that nobody will work on. */
export interface Refusal<Work extends Task> {
  task: Work;
  because: string;
}

/** Share of earlier arrivals that one arrival leaves in the mix of priorities: about the last hundred count. */
const REMEMBERED = 0.99;

/** What a directive is to be taken for if it says otherwise: nobody gets more than three times as much. */
const MOST_WEIGHT = 3;

type Waiting<Work> = Record<Priority, Work[]>;

/**
 * Routes tasks over agents: tasks wait by priority, an agent is chosen by power of two choices, by how fast it was lately.
 * Directives change how, for as long as they are in force. No clock and no chance of its own, and no call: whoever runs it offers
 * tasks, asks for assignments after every offer and end, and says which have ended and how.
 */
export class Dispatcher<Work extends Task> {
  readonly #agents: readonly Agent[];
  readonly #random: () => number;
  readonly #maxWaiting: number;
  readonly #inFlight = new Map<string, number>();
  readonly #pace = new AgentPace();
  readonly #waiting = new Map<string, Waiting<Work>>();
  /** Of each pool, how often each priority came lately. */
  readonly #mix = new Map<string, Record<Priority, number>>();
  /** By id, in the order in which they came: of two about the same the later holds. */
  readonly #inForce = new Map<string, Directive>();

  /**
   * @param random uniform in [0, 1)
   * @param maxWaiting tasks of a pool that wait at the same time; what is beyond is refused, the least important first
   */
  constructor(agents: readonly Agent[], random: () => number, maxWaiting = 1_000) {
    this.#agents = agents;
    this.#random = random;
    this.#maxWaiting = maxWaiting;
  }

  /**
   * Takes up a directive, or lets go of one that is not active any more.
   * @returns what to say of it; null of what others carry out
   */
  obey(directive: Directive): DirectiveWord | null {
    this.#inForce.delete(directive.id);
    if (directive.status !== 'active') {
      this.#sortAgain();
      return { applied: false };
    }
    switch (directive.kind) {
      case 'route':
      case 'breaker':
      case 'degrade':
      case 'failover':
        this.#inForce.set(directive.id, directive);
        this.#sortAgain();
        return { applied: true };
      default:
        // Also kinds that Fleetpulse did not have when this was written.
        return null;
    }
  }

  /** Takes a task in. @returns what is refused for it: the task itself, one that is less important, or nothing */
  offer(task: Work): Refusal<Work>[] {
    const pool = this.#poolFor(task);
    this.#countArrival(pool, task.priority);
    const admitted = this.admission(task);
    if (admitted < 1 && this.#random() >= admitted) {
      return [{ task, because: `pool ${pool} turns ${task.priority} tasks away` }];
    }
    const waiting = this.#waitingIn(pool);
    waiting[task.priority].push(task);
    if (this.waiting(pool) <= this.#maxWaiting) return [];
    const least = priorities.findLast((priority) => waiting[priority].length > 0) ?? 'low';
    const refused = waiting[least].pop();
    return refused ? [{ task: refused, because: `${this.#maxWaiting} tasks wait for pool ${pool} already` }] : [];
  }

  /** The most important task that an agent is free for; null when there is none now. Ask until it is. */
  next(): Assignment<Work> | null {
    for (const [pool, waiting] of this.#waiting) {
      const priority = priorities.find((each) => waiting[each].length > 0);
      const task = priority && waiting[priority][0];
      const agent = task && this.#choose(pool, task);
      if (!task || !agent) continue;
      waiting[priority].shift();
      this.#inFlight.set(agent, this.inFlight(agent) + 1);
      return { task, agent, step: this.#stepFor(pool, task), avoid: task.uses.filter((name) => this.#avoids(name)) };
    }
    return null;
  }

  /** A task of an agent has ended, however. */
  ended(reading: PaceReading): void {
    this.#inFlight.set(reading.agent, Math.max(0, this.inFlight(reading.agent) - 1));
    this.#pace.ended(reading);
  }

  inFlight(agent: string): number {
    return this.#inFlight.get(agent) ?? 0;
  }

  waiting(pool: string): number {
    const waiting = this.#waiting.get(pool);
    return waiting ? priorities.reduce((sum, priority) => sum + waiting[priority].length, 0) : 0;
  }

  /**
   * What an agent says that waits for it: of what waits for its pool, as much as for each other that has no free slot, and nothing for one
   * that has. Where all have one, what waits is not for them to do, and each tells its part.
   */
  waitingFor(agent: string): number {
    const pool = this.#agents.find((each) => each.agent === agent)?.pool;
    if (pool === undefined) return 0;
    const members = this.#agents.filter((each) => each.pool === pool);
    const full = members.filter((each) => this.inFlight(each.agent) >= each.slots);
    const waitedFor = full.length > 0 ? full : members;
    const place = waitedFor.findIndex((each) => each.agent === agent);
    return place < 0 ? 0 : Math.floor((this.waiting(pool) + place) / waitedFor.length);
  }

  /** Of tasks like this one, the share that is taken in now, 0..1; never less for what is more important. */
  admission({ pool: home, taskType, priority }: Pick<Work, 'pool' | 'taskType' | 'priority'>): number {
    const pool = this.#poolFor({ pool: home, taskType });
    const rank = priorities.indexOf(priority);
    let admitted = 1;
    for (const { params } of this.#of('degrade')) {
      if (params.pool !== pool || (params.taskType ?? taskType) !== taskType) continue;
      if (params.shedBelow !== undefined && rank > priorities.indexOf(params.shedBelow)) return 0;
      if (params.admitFraction !== undefined) {
        admitted = Math.min(admitted, this.#shareOf(pool, priority, params.admitFraction));
      }
    }
    return admitted;
  }

  /** What of a fraction of all arrivals is left for a priority, when the more important take theirs first. The most important is never turned away. */
  #shareOf(pool: string, priority: Priority, fraction: number): number {
    if (priority === 'critical') return 1;
    const mix = this.#mix.get(pool);
    const rank = priorities.indexOf(priority);
    const count = (from: number, to: number) =>
      priorities.slice(from, to).reduce((sum, each) => sum + (mix?.[each] ?? 0), 0);
    const total = count(0, priorities.length);
    const own = count(rank, rank + 1);
    const left = fraction * total - count(0, rank);
    if (left <= 0) return fraction >= 1 ? 1 : 0;
    return own <= left ? 1 : left / own;
  }

  #countArrival(pool: string, priority: Priority): void {
    const mix = this.#mix.get(pool) ?? { critical: 0, high: 0, normal: 0, low: 0 };
    for (const each of priorities) mix[each] *= REMEMBERED;
    mix[priority] += 1;
    this.#mix.set(pool, mix);
  }

  /**
   * Of two free agents drawn by weight and pace, the faster one. Where only agents of little weight are free, they are taken just
   * as seldom, and the task waits for a better one: work that is led away from an agent must not come back to it because it is idle.
   */
  #choose(pool: string, task: Work): string | null {
    const route = this.#of('route').findLast(
      ({ params }) => params.pool === pool && (params.taskType ?? task.taskType) === task.taskType,
    )?.params;
    const usable = this.#agents.flatMap((each) => {
      const share = each.pool === pool ? this.#shareOfBreaker(each.agent) : 0;
      const weight = weightIn(route?.weights ?? {}, each.agent);
      return share > 0 ? [{ ...each, weight, share: weight * share }] : [];
    });
    const free = usable.filter(({ agent, slots }) => this.inFlight(agent) < slots);
    const cool = free.filter(({ agent }) => !route?.hot.includes(agent));
    const candidates = cool.length > 0 ? cool : free;
    if (candidates.length === 0) return null;
    const usual = Math.min(1, Math.max(...usable.map(({ weight }) => weight)));
    const best = Math.max(...candidates.map(({ share }) => share));
    if (best < usual && this.#random() * usual >= best) return null;
    const drawable = candidates.map(({ agent, share }) => {
      const slowness = this.#pace.slowness(agent);
      return { agent, share, slowness, drawn: share * drawFactor(slowness) };
    });
    const first = this.#draw(drawable);
    const others = drawable.filter((each) => each !== first);
    const second = others.length > 0 ? this.#draw(others) : first;
    return (second.slowness < first.slowness && second.share >= first.share ? second : first).agent;
  }

  #draw<Candidate extends { drawn: number }>(candidates: readonly Candidate[]): Candidate {
    let left = this.#random() * candidates.reduce((sum, { drawn }) => sum + drawn, 0);
    const found = candidates.find(({ drawn }) => {
      left -= drawn;
      return left < 0;
    });
    return found ?? (candidates.at(-1) as Candidate);
  }

  /** Of what an agent would get, the share that its breaker lets through. */
  #shareOfBreaker(agent: string): number {
    const breaker = this.#of('breaker').findLast(({ params }) => params.agent === agent)?.params;
    return breaker ? shareOf(breaker) : 1;
  }

  #avoids(name: string): boolean {
    const breaker = this.#of('breaker').findLast(({ params }) => params.tool === name || params.model === name)?.params;
    return breaker !== undefined && this.#random() >= shareOf(breaker);
  }

  #stepFor(pool: string, { taskType }: Work): string | null {
    const degrade = this.#of('degrade').findLast(
      ({ params }) => params.step !== undefined && params.pool === pool && (params.taskType ?? taskType) === taskType,
    );
    return degrade?.params.step ?? null;
  }

  /** Where the task is worked on: its pool, or the one that stands in for it. */
  #poolFor({ pool, taskType }: Pick<Work, 'pool' | 'taskType'>): string {
    const failover = this.#of('failover').findLast(
      ({ params: { from, taskTypes } }) => from === pool && (taskTypes.length === 0 || taskTypes.includes(taskType)),
    );
    return failover?.params.to ?? pool;
  }

  /** What waits, waits for the pool that is to do it from now on. */
  #sortAgain(): void {
    const before = [...this.#waiting.values()];
    this.#waiting.clear();
    for (const priority of priorities) {
      for (const task of before.flatMap((waiting) => waiting[priority])) {
        this.#waitingIn(this.#poolFor(task))[priority].push(task);
      }
    }
  }

  #waitingIn(pool: string): Waiting<Work> {
    const waiting = this.#waiting.get(pool) ?? { critical: [], high: [], normal: [], low: [] };
    this.#waiting.set(pool, waiting);
    return waiting;
  }

  #of<Kind extends Directive['kind']>(kind: Kind): DirectiveOf<Kind>[] {
    return [...this.#inForce.values()].filter((each) => each.kind === kind) as unknown as DirectiveOf<Kind>[];
  }
}

function shareOf({ state, probeFraction }: DirectiveOf<'breaker'>['params']): number {
  return state === 'closed' ? 1 : state === 'open' ? 0 : probeFraction;
}

/** 1 of an agent that is not named, whatever objects have of their own under its name, and where what is said is no weight. */
function weightIn(weights: Readonly<Record<string, number>>, agent: string): number {
  const weight = Object.hasOwn(weights, agent) ? weights[agent] : undefined;
  return Number.isFinite(weight) ? Math.min(MOST_WEIGHT, Math.max(0, weight as number)) : 1;
}
