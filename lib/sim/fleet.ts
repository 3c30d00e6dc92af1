import type { Arrival, Service } from './arrival.ts';
import { type Attempt, type Outcome, taskEvent } from './attempt.ts';
import { type Fault, slowdown } from './fault.ts';
import type { IngestEvent } from './ingest-event.ts';
import type { Pool } from './pool.ts';
import { chooseOfTwo } from './power-of-two-choices.ts';
import { serviceTimeMs } from './service-time.ts';
import {
  agentEvent,
  createAgent,
  heartbeatEvent,
  REPORT_INTERVAL_MS,
  type SimulatedAgent,
  sampleEvent,
} from './simulated-agent.ts';
import { drawTaskLuck } from './task-luck.ts';
import { Timeline } from './timeline.ts';

/** The dispatcher gives up on an attempt this long after it queued it. */
export const TASK_TIMEOUT_MS = 60_000;
const MAX_ATTEMPTS = 2;
const AGENTS_PER_HOST = 5;
const MINUTE_MS = 60_000;

export interface FleetRun {
  /** In any order. */
  arrivals: readonly Arrival[];
  pools: readonly Pool[];
  dispatch: 'p2c';
  faults: readonly Fault[];
  /** The same run with the same seed gives the same flushes, byte for byte. */
  seed: number;
  /** How often each host sends what has gathered, above 0. */
  flushMs: number;
  /**
   * What the dispatcher was told about an agent: asked for at every dispatch, so that it may change between two
   * flushes. Above 0; all agents alike where it is not given.
   */
  weightOf?: (agent: string, atMs: number) => number;
}

/** One request to ingest: what a host has gathered since its last one. */
export interface Flush {
  atMs: number;
  host: string;
  /** Of times before atMs; agents first, the rest in order of time. */
  events: IngestEvent[];
}

const choose = { p2c: chooseOfTwo };

/**
 * A fleet at work, as a discrete-event simulation.
 *
 * Each arrival is dispatched at once to an agent of its pool, waits in that agent's queue for a slot, first come first
 * served, and runs for its service time. An attempt that takes longer than {@link TASK_TIMEOUT_MS} is abandoned, its
 * slot freed, and the task tried once more on another agent; one that fails is not tried again. Agents are up from the
 * start of the minute of the first arrival and send a heartbeat and a sample every 15 s, each at its own phase. Five
 * agents share a host, which sends their events every flushMs, hosts one after the other; timeouts are sent by the host
 * `dispatcher`, because an agent that hangs or is dead does not know of them. When every task has ended, each agent
 * says that it stops, and each host sends a last time.
 *
 * Lazy: a flush is computed when it is asked for and depends on nothing that happens after it, so what a caller learns
 * from one flush can steer the dispatcher before the next.
 * @returns the flushes in order of time; none without arrivals; a host with nothing to say stays silent
 * @throws RangeError on a service without a pool, a fault of an unknown agent, or a number out of its range
 */
export function* simulateFleet(run: FleetRun): Generator<Flush, void, undefined> {
  if (!(run.flushMs > 0)) throw new RangeError(`flushMs must be above 0; got ${run.flushMs}`);
  const arrivals = [...run.arrivals].sort((one, other) => one.atMs - other.atMs);
  const first = arrivals[0];
  if (first === undefined) return;
  const fleet = new Fleet(run, arrivals, Math.floor(first.atMs / MINUTE_MS) * MINUTE_MS);
  for (let flush = fleet.nextFlush(); flush !== null; flush = fleet.nextFlush()) {
    if (flush.events.length > 0) yield flush;
  }
}

interface Host {
  id: string;
  unannounced: SimulatedAgent[];
  gathered: { atMs: number; event: IngestEvent }[];
}

type Happening =
  | { kind: 'arrival'; index: number }
  | { kind: 'completion'; attempt: Attempt; agent: SimulatedAgent }
  | { kind: 'timeout'; attempt: Attempt; agent: SimulatedAgent }
  | { kind: 'death'; agent: SimulatedAgent }
  | { kind: 'report'; agent: SimulatedAgent }
  | { kind: 'flush'; host: Host };

class Fleet {
  readonly #run: FleetRun;
  readonly #arrivals: readonly Arrival[];
  readonly #timeline = new Timeline<Happening>();
  readonly #poolOf = new Map<Service, { pool: Pool; agents: SimulatedAgent[] }>();
  readonly #hostOf = new Map<string, Host>();
  readonly #dispatcher: Host = { id: 'dispatcher', unannounced: [], gathered: [] };
  readonly #taken = new Map<Service, number>();
  #unfinished: number;
  #openHosts: number;
  /** When the last task ended; null while there is work. */
  #finishedAtMs: number | null = null;

  constructor(run: FleetRun, arrivals: readonly Arrival[], startMs: number) {
    this.#run = run;
    this.#arrivals = arrivals;
    this.#unfinished = arrivals.length;
    const agents = run.pools.flatMap((pool) => this.#addPool(pool));
    for (const { service } of arrivals) {
      if (!this.#poolOf.has(service)) throw new RangeError(`no pool serves the arrivals of "${service}"`);
    }
    this.#scheduleDeaths(agents);
    agents.forEach((agent, index) => {
      const phaseMs = (index / agents.length) * REPORT_INTERVAL_MS;
      this.#timeline.schedule(toMicrosecond(startMs + phaseMs), { kind: 'report', agent });
    });
    const hosts = [...new Set(this.#hostOf.values()), this.#dispatcher];
    this.#openHosts = hosts.length;
    hosts.forEach((host, index) => {
      const phaseMs = ((index + 1) / hosts.length) * run.flushMs;
      this.#timeline.schedule(toMicrosecond(startMs + phaseMs), { kind: 'flush', host });
    });
    this.#scheduleArrival(0);
  }

  /** Runs on to the next flush; null when every host has sent its last. */
  nextFlush(): Flush | null {
    while (this.#openHosts > 0) {
      const next = this.#timeline.next();
      if (next === undefined) break;
      if (next.what.kind === 'flush') return this.#flush(next.what.host, next.atMs);
      this.#happen(next.what, next.atMs);
    }
    return null;
  }

  #addPool(pool: Pool): SimulatedAgent[] {
    if (!Number.isInteger(pool.slots) || pool.slots < 1 || pool.agents.length === 0) {
      throw new RangeError(`pool "${pool.pool}" needs agents with 1 slot or more; got ${pool.slots}`);
    }
    const agents = pool.agents.map((id) => createAgent(id, pool, this.#run.seed));
    agents.forEach((agent, index) => {
      const id = `${pool.pool}-host-${Math.floor(index / AGENTS_PER_HOST) + 1}`;
      const previous = agents[index - 1];
      const shared = index % AGENTS_PER_HOST > 0 && previous ? this.#hostOf.get(previous.id) : undefined;
      const host = shared ?? { id, unannounced: [], gathered: [] };
      host.unannounced.push(agent);
      this.#hostOf.set(agent.id, host);
    });
    this.#poolOf.set(pool.service, { pool, agents });
    return agents;
  }

  #scheduleDeaths(agents: readonly SimulatedAgent[]): void {
    for (const fault of this.#run.faults) {
      const agent = agents.find(({ id }) => id === fault.agent);
      if (agent === undefined) throw new RangeError(`fault of an unknown agent "${fault.agent}"`);
      if (fault.kind === 'death') this.#timeline.schedule(fault.atMs, { kind: 'death', agent });
      else if (!(fault.factor > 0)) throw new RangeError(`a slow fault needs a factor above 0; got ${fault.factor}`);
    }
  }

  #scheduleArrival(index: number): void {
    const arrival = this.#arrivals[index];
    if (arrival !== undefined) this.#timeline.schedule(toMicrosecond(arrival.atMs), { kind: 'arrival', index });
  }

  #happen(what: Exclude<Happening, { kind: 'flush' }>, nowMs: number): void {
    switch (what.kind) {
      case 'arrival':
        this.#arrive(what.index, nowMs);
        break;
      case 'completion':
        this.#complete(what.attempt, what.agent, nowMs);
        break;
      case 'timeout':
        this.#timeOut(what.attempt, what.agent, nowMs);
        break;
      case 'report':
        this.#report(what.agent, nowMs);
        break;
      case 'death':
        what.agent.dead = true;
    }
  }

  #arrive(index: number, nowMs: number): void {
    this.#scheduleArrival(index + 1);
    const arrival = this.#arrivals[index];
    const serving = arrival && this.#poolOf.get(arrival.service);
    if (arrival === undefined || serving === undefined) return;
    const number = (this.#taken.get(arrival.service) ?? 0) + 1;
    this.#taken.set(arrival.service, number);
    const task = `${serving.pool.taskType}-${String(number).padStart(6, '0')}`;
    this.#dispatch({ task, arrival, pool: serving.pool, number: 1 }, serving.agents, nowMs);
  }

  #dispatch(
    request: Pick<Attempt, 'task' | 'arrival' | 'pool' | 'number'>,
    candidates: readonly SimulatedAgent[],
    nowMs: number,
  ): void {
    const luck = drawTaskLuck(request.pool, request.task, request.number, this.#run.seed);
    const { weightOf } = this.#run;
    const agent = choose[this.#run.dispatch](
      candidates,
      luck.dispatch,
      weightOf && (({ id }: SimulatedAgent) => weightOf(id, nowMs)),
    );
    if (agent === null) return;
    const attempt = { ...request, agent: agent.id, luck, queuedAtMs: nowMs, startedAtMs: null, ended: false };
    agent.outstanding += 1;
    agent.queue.add(attempt);
    this.#timeline.schedule(toMicrosecond(nowMs + TASK_TIMEOUT_MS), { kind: 'timeout', attempt, agent });
    this.#startWaiting(agent, nowMs);
  }

  #startWaiting(agent: SimulatedAgent, nowMs: number): void {
    if (agent.dead) return;
    for (const attempt of agent.queue) {
      if (agent.running.size >= agent.slots) return;
      agent.queue.delete(attempt);
      agent.running.add(attempt);
      attempt.startedAtMs = nowMs;
      const factor = agent.serviceTimeFactor * slowdown(this.#run.faults, agent.id, nowMs);
      const fullMs = serviceTimeMs(attempt.arrival, factor, attempt.luck.noise);
      const endMs = toMicrosecond(nowMs + fullMs * (attempt.luck.failure?.afterShare ?? 1));
      this.#timeline.schedule(endMs, { kind: 'completion', attempt, agent });
    }
  }

  #complete(attempt: Attempt, agent: SimulatedAgent, nowMs: number): void {
    if (attempt.ended || agent.dead) return;
    const { failure } = attempt.luck;
    if (failure === null) agent.completed += 1;
    const outcome: Outcome = failure === null ? { status: 'completed' } : { status: 'failed', ...failure };
    this.#end(attempt, agent, this.#hostOf.get(agent.id), outcome, nowMs);
    this.#finish(nowMs);
  }

  #timeOut(attempt: Attempt, agent: SimulatedAgent, nowMs: number): void {
    if (attempt.ended) return;
    const others = this.#poolOf.get(attempt.pool.service)?.agents.filter((other) => other !== agent) ?? [];
    const retried = attempt.number < MAX_ATTEMPTS && others.length > 0;
    this.#end(attempt, agent, this.#dispatcher, { status: 'timeout', retried }, nowMs);
    if (retried) this.#dispatch({ ...attempt, number: attempt.number + 1 }, others, nowMs);
    else this.#finish(nowMs);
  }

  #end(attempt: Attempt, agent: SimulatedAgent, host: Host | undefined, outcome: Outcome, nowMs: number): void {
    attempt.ended = true;
    agent.outstanding -= 1;
    agent.queue.delete(attempt);
    agent.running.delete(attempt);
    host?.gathered.push({ atMs: nowMs, event: taskEvent(attempt, nowMs, outcome) });
    this.#startWaiting(agent, nowMs);
  }

  #finish(nowMs: number): void {
    this.#unfinished -= 1;
    if (this.#unfinished > 0) return;
    this.#finishedAtMs = nowMs;
    for (const agent of [...this.#poolOf.values()].flatMap(({ agents }) => agents)) {
      if (agent.dead) continue;
      const goodbye = { ...heartbeatEvent(agent, nowMs), state: 'stopped' as const };
      this.#hostOf.get(agent.id)?.gathered.push({ atMs: nowMs, event: goodbye });
    }
  }

  #report(agent: SimulatedAgent, nowMs: number): void {
    if (agent.dead || this.#finishedAtMs !== null) return;
    const host = this.#hostOf.get(agent.id);
    host?.gathered.push({ atMs: nowMs, event: heartbeatEvent(agent, nowMs) });
    host?.gathered.push({ atMs: nowMs, event: sampleEvent(agent, nowMs) });
    this.#timeline.schedule(toMicrosecond(nowMs + REPORT_INTERVAL_MS), { kind: 'report', agent });
  }

  #flush(host: Host, nowMs: number): Flush {
    const announcements = host.unannounced.splice(0).map((agent) => agentEvent(agent));
    const firstLater = host.gathered.findIndex(({ atMs }) => atMs >= nowMs);
    const due = host.gathered.splice(0, firstLater < 0 ? host.gathered.length : firstLater);
    const last = this.#finishedAtMs !== null && this.#finishedAtMs < nowMs;
    if (last) this.#openHosts -= 1;
    else this.#timeline.schedule(toMicrosecond(nowMs + this.#run.flushMs), { kind: 'flush', host });
    return { atMs: nowMs, host: host.id, events: [...announcements, ...due.map(({ event }) => event)] };
  }
}

/** Events carry microseconds; the simulation keeps to them, so that its order is that of the reported times. */
function toMicrosecond(ms: number): number {
  return Math.round(ms * 1_000) / 1_000;
}
