import type { NativeEvent, TaskPart } from '../../lib/core/model/event.ts';
import { createRandom } from '../../lib/sim/random.ts';
import { type Network, WARM_UP_MINUTES, WINDOW_MINUTES } from './network.ts';

/** A Monday. */
const START_MS = Date.UTC(2026, 2, 2);

interface Queue {
  free: number[];
  waiting: ((server: number) => void)[];
}

/**
 * What a fleet reports whose agents call a tool with a queue of its own, which the simulation does not have: a discrete-event
 * simulation of the network alone. A step waits for a slot of its pool, first come first served, works, and calls the
 * tool some times in between; its slot stays taken while the call waits and runs.
 */
export function toolEvents(network: Network): { startMs: number; events: NativeEvent[] } {
  const { stations, steps, arrivals, service, seed } = network;
  const random = createRandom(seed, 'luck');
  const endS = (WARM_UP_MINUTES + WINDOW_MINUTES) * 60;
  const events: NativeEvent[] = [];
  const agenda = new Agenda();
  const queues = new Map(
    stations.map(({ id, servers }): [string, Queue] => [
      id,
      { free: Number.isFinite(servers) ? shuffledRange(servers) : [], waiting: [] },
    ]),
  );
  const tool = stations.find(({ kind }) => kind === 'tool');
  const stationOf = new Map(stations.map((station) => [station.id, station]));
  const drawS = (meanS: number, isCall = false) => {
    // Calls that all take as long are slow by the same, and show nothing, when a tool is saturated for good.
    if (service === 'deterministic' && !isCall) return meanS;
    if (service !== 'lognormal') return random.exponential(meanS);
    const sigma = Math.sqrt(Math.log(1 + 1.5 ** 2));
    return random.logNormal(meanS * Math.exp(-(sigma ** 2) / 2), sigma);
  };
  const enter = (id: string, served: (server: number) => void) => {
    const queue = queues.get(id) as Queue;
    const server = stationOf.get(id)?.servers === Number.POSITIVE_INFINITY ? 0 : queue.free.pop();
    if (server === undefined) queue.waiting.push(served);
    else served(server);
  };
  const leave = (id: string, server: number) => {
    const queue = queues.get(id) as Queue;
    const next = queue.waiting.shift();
    if (next) next(server);
    else if (stationOf.get(id)?.servers !== Number.POSITIVE_INFINITY) queue.free.unshift(server);
  };
  let jobs = 0;
  const begin = (startedS: number) => {
    jobs += 1;
    const workflow = `w-${jobs}`;
    const take = (index: number, atS: number) => {
      const step = steps[index];
      if (!step) {
        events.push({
          ...{ type: 'workflow', workflow, workflowType: 'job', status: 'completed' },
          ...{ startedAtMs: msOf(startedS), endedAtMs: msOf(atS) },
        });
        if (arrivals.kind === 'closed') {
          agenda.at(atS + (arrivals.thinkS > 0 ? random.exponential(arrivals.thinkS) : 0), begin);
        }
        return;
      }
      const pool = stationOf.get(step.pool);
      if (!pool) throw new RangeError(`no pool ${step.pool}`);
      enter(pool.id, (server) => {
        const beganS = agenda.nowS;
        const parts: TaskPart[] = [];
        const ownS = drawS(pool.meanS) / (step.calls + 1);
        const go = (fromS: number) =>
          agenda.at(fromS + ownS, (doneS) => {
            if (parts.length === step.calls) {
              events.push({
                ...{ type: 'task', agent: `${pool.id}-${Math.floor(server / (pool.servers / pool.agents)) + 1}` },
                ...{ task: `${workflow}-${index}`, taskType: `at-${pool.id}`, status: 'completed', workflow },
                ...{ endedAtMs: msOf(doneS), attempt: 1, priority: 'normal', parts },
                ...{ waitUs: usOf(beganS - atS), serviceUs: usOf(doneS - beganS), responseUs: usOf(doneS - atS) },
              });
              leave(pool.id, server);
              take(index + 1, doneS);
              return;
            }
            enter('search', (place) => {
              agenda.at(agenda.nowS + drawS(tool?.meanS ?? 0, true), (answeredS) => {
                leave('search', place);
                parts.push({ kind: 'tool', name: 'search', durationUs: usOf(answeredS - doneS), status: 'completed' });
                go(answeredS);
              });
            });
          });
        go(beganS);
      });
    };
    take(0, startedS);
  };
  if (arrivals.kind === 'closed') {
    for (let i = 0; i < arrivals.customers; i++) agenda.at(random.exponential(arrivals.thinkS + 1), begin);
  } else {
    const arrive = (atS: number) => {
      begin(atS);
      agenda.at(atS + random.exponential(60 / arrivals.perMinute), arrive);
    };
    agenda.at(random.exponential(60 / arrivals.perMinute), arrive);
  }
  agenda.runUntil(endS);
  const described = stations.flatMap(({ kind, id, agents, servers }): NativeEvent[] =>
    kind === 'tool'
      ? []
      : Array.from({ length: agents }, (_, i) => ({
          ...{ type: 'agent', agent: `${id}-${i + 1}`, pool: id, capacity: servers / agents, atMs: START_MS },
        })),
  );
  return { startMs: START_MS, events: [...described, ...events] };

  function shuffledRange(length: number): number[] {
    const left = Array.from({ length }, (_, i) => i);
    return Array.from({ length }, () => left.splice(random.int(left.length), 1)[0] as number);
  }
}

function msOf(seconds: number): number {
  return START_MS + Math.round(seconds * 1e6) / 1_000;
}

function usOf(seconds: number): number {
  return Math.max(0, Math.round(seconds * 1e6));
}

/** What happens when, in order of time: a binary heap. */
class Agenda {
  nowS = 0;
  readonly #heap: { atS: number; what: (atS: number) => void }[] = [];

  at(atS: number, what: (atS: number) => void): void {
    const heap = this.#heap;
    let place = heap.push({ atS, what }) - 1;
    while (place > 0) {
      const parent = (place - 1) >> 1;
      if (this.#at(parent) <= this.#at(place)) break;
      this.#swap(parent, place);
      place = parent;
    }
  }

  runUntil(endS: number): void {
    while (this.#heap.length > 0 && this.#at(0) < endS) {
      this.#swap(0, this.#heap.length - 1);
      const next = this.#heap.pop();
      this.#sink();
      if (!next) return;
      this.nowS = next.atS;
      next.what(next.atS);
    }
  }

  #sink(): void {
    for (let place = 0; ; ) {
      const [left, right] = [2 * place + 1, 2 * place + 2];
      const lesser = this.#at(right) < this.#at(left) ? right : left;
      if (this.#at(lesser) >= this.#at(place)) return;
      this.#swap(place, lesser);
      place = lesser;
    }
  }

  #at(place: number): number {
    return this.#heap[place]?.atS ?? Number.POSITIVE_INFINITY;
  }

  #swap(a: number, b: number): void {
    const [one, other] = [this.#heap[a], this.#heap[b]];
    if (!one || !other) return;
    this.#heap[a] = other;
    this.#heap[b] = one;
  }
}
