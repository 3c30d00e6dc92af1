import { agentFigures, poolIn, type Stretch } from '../kpi/agent-figures.ts';
import { partCounters } from '../kpi/part-rollup.ts';
import { presenceCounters } from '../kpi/presence-rollup.ts';
import { taskCounters } from '../kpi/task-rollup.ts';
import { workflowCounters } from '../kpi/workflow-rollup.ts';
import type { PartKind } from '../model/event.ts';
import type { Calls } from './call-contention.ts';
import { SlotMinutes } from './slot-minutes.ts';

/** One agent's work by minute of a stretch. */
export interface ObservedAgent {
  agent: string;
  pool: string;
  /** Tasks that it can work on at once. */
  servers: number;
  /** Nobody told: one, or as many as it was seen to work on. */
  isServersAssumed: boolean;
  /** Minutes in which it was there; its slots were at work in none but these. */
  minutesThere: number;
  busyUs: Float64Array;
  completed: Float64Array;
  waitUs: Float64Array;
  waited: Float64Array;
  serviceUs: Float64Array;
  /** Mean number waiting; NaN where it is not known. */
  queued: Float64Array;
}

/** A tool, a model, or something that is waited for. */
export interface ObservedPart {
  kind: PartKind;
  name: string;
  halves: readonly [Calls, Calls];
  failed: number;
  /** By pool of the callers, time in calls by minute. */
  byPool: Map<string, Float64Array>;
}

/** CPU or memory of a pool's agents, 0..1, mean of the samples by minute; NaN without any. */
export interface ObservedResource {
  kind: 'cpu' | 'memory';
  pool: string;
  use: Float64Array;
}

/** What bottlenecks are found from: a fleet's work in the minutes of a stretch. */
export interface FleetObservation {
  minutes: number;
  agents: ObservedAgent[];
  parts: ObservedPart[];
  resources: ObservedResource[];
  /** By minute: workflows that were told to have ended, however they did; tasks that ended. */
  workflows: Float64Array;
  tasks: Float64Array;
}

export function observeFleet(stretch: Stretch): FleetObservation {
  const { from, to, chunks, entries } = stretch;
  const minutes = to - from;
  const series = () => new Float64Array(minutes);
  const slots = new Map<string, SlotMinutes>();
  const slotsOf = (agent: string) => entryIn(slots, agent, () => new SlotMinutes(from, minutes));
  agentFigures(stretch, undefined, (agent, _row, minute, use) => slotsOf(agent).add(minute, use));
  const agents = new Map<string, ObservedAgent>();
  const parts = new Map<string, PartBuilder>();
  const resources = new Map<string, ResourceBuilder>();
  const [workflows, tasks] = [series(), series()];
  const agentOf = (agent: string) =>
    entryIn(agents, agent, () => ({
      ...{ agent, pool: poolIn(entries, agent), servers: 1, isServersAssumed: true, minutesThere: 0 },
      ...{ busyUs: series(), completed: series(), waitUs: series(), waited: series(), serviceUs: series() },
      queued: series().fill(Number.NaN),
    }));

  for (const chunk of chunks) {
    const at = chunk.minute - from;
    if (at < 0 || at >= minutes) continue;
    for (const [row, agent] of chunk.tasks.agents.entries()) {
      const count = (name: (typeof taskCounters)[number]) =>
        chunk.tasks.counters[taskCounters.indexOf(name)]?.[row] ?? 0;
      const ended = count('completed') + count('failed') + count('timeout');
      add(tasks, at, ended);
      if (agent === '') continue;
      const its = agentOf(agent);
      add(its.busyUs, at, count('busyUs'));
      add(its.completed, at, ended);
      slotsOf(agent).addCompleted(at, count('completed'));
      add(its.waitUs, at, count('waitUs'));
      add(its.waited, at, count('waitCount'));
      add(its.serviceUs, at, count('serviceUs'));
    }
    for (const [row, agent] of chunk.presence.agents.entries()) {
      const count = (name: (typeof presenceCounters)[number]) =>
        chunk.presence.counters[presenceCounters.indexOf(name)]?.[row] ?? 0;
      const its = agentOf(agent);
      if (count('queuedCount') > 0) its.queued[at] = count('queued') / count('queuedCount');
      for (const kind of ['cpu', 'memory'] as const) {
        const samples = count(`${kind}Count`);
        if (samples === 0) continue;
        const make = () => ({ kind, pool: its.pool, sum: series(), samples: series() });
        const resource = entryIn(resources, `${kind}\n${its.pool}`, make);
        add(resource.sum, at, count(`${kind}Ppm`) / 1e6);
        add(resource.samples, at, samples);
      }
    }
    for (const [row, agent] of chunk.parts.agents.entries()) {
      const [kind, name] = [chunk.parts.kinds[row] as PartKind, chunk.parts.names[row] ?? ''];
      const part = entryIn(parts, `${kind}\n${name}`, () => new PartBuilder(kind, name, minutes));
      const count = (counter: (typeof partCounters)[number]) =>
        chunk.parts.counters[partCounters.indexOf(counter)]?.[row] ?? 0;
      part.add(agent, poolIn(entries, agent), at, count('calls'), count('durationUs'), count('failed'));
    }
    for (const name of ['completed', 'failed', 'timeout', 'cancelled'] as const) {
      const column = chunk.workflows.counters[workflowCounters.indexOf(name)] ?? [];
      for (let row = 0; row < column.length; row++) add(workflows, at, column[row] as number);
    }
  }
  return {
    ...{ minutes, workflows, tasks },
    agents: [...agents.values()]
      .map((its) => ({ ...its, ...slotsOf(its.agent).of(its.busyUs) }))
      .filter(({ minutesThere }) => minutesThere > 0),
    parts: [...parts.values()].map((part) => part.finish()),
    resources: [...resources.values()].map(({ kind, pool, sum, samples }) => {
      return { kind, pool, use: sum.map((total, i) => total / (samples[i] as number)) };
    }),
  };
}

interface ResourceBuilder extends Pick<ObservedResource, 'kind' | 'pool'> {
  sum: Float64Array;
  samples: Float64Array;
}

/** Calls by agent until all callers are known: then they are split in halves, in order of their names. */
class PartBuilder {
  readonly #kind: PartKind;
  readonly #name: string;
  readonly #minutes: number;
  readonly #byAgent = new Map<string, Calls>();
  readonly #byPool = new Map<string, Float64Array>();
  #failed = 0;

  constructor(kind: PartKind, name: string, minutes: number) {
    this.#kind = kind;
    this.#name = name;
    this.#minutes = minutes;
  }

  add(agent: string, pool: string, at: number, calls: number, durationUs: number, failed: number): void {
    const its = entryIn(this.#byAgent, agent, () => this.#none());
    add(its.calls, at, calls);
    add(its.durationUs, at, durationUs);
    add(
      entryIn(this.#byPool, pool, () => new Float64Array(this.#minutes)),
      at,
      durationUs,
    );
    this.#failed += failed;
  }

  finish(): ObservedPart {
    const halves = [this.#none(), this.#none()] as const;
    for (const [i, [, its]] of [...this.#byAgent].sort(([a], [b]) => (a < b ? -1 : 1)).entries()) {
      const half = halves[i % 2] as Calls;
      for (let at = 0; at < this.#minutes; at++) {
        add(half.calls, at, its.calls[at] as number);
        add(half.durationUs, at, its.durationUs[at] as number);
      }
    }
    return { kind: this.#kind, name: this.#name, halves, failed: this.#failed, byPool: this.#byPool };
  }

  #none(): Calls {
    return { calls: new Float64Array(this.#minutes), durationUs: new Float64Array(this.#minutes) };
  }
}

function entryIn<Value>(map: Map<string, Value>, key: string, make: () => Value): Value {
  const found = map.get(key);
  if (found !== undefined) return found;
  const made = make();
  map.set(key, made);
  return made;
}

function add(values: Float64Array, at: number, value: number): void {
  values[at] = (values[at] as number) + value;
}
