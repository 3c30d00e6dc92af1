import type { WorkDay, Worker } from '../benchmark/work-day.ts';
import type { Minute } from '../model/time.ts';
import { EndedTasks } from './ended-tasks.ts';
import { type ReviewedCounter, reviewedCounters, reviewMeasureIds, reviewMeasures } from './review-measure.ts';

/** Numbers in as few bytes as they need: the rows of four weeks are many millions of them. */
type Column = Uint8Array | Uint16Array | Uint32Array | Float64Array;

/** What one pool did of one task type in a day. */
interface DayRows {
  day: Minute;
  /** The first of its rows, among all of the day. */
  first: number;
  /** By row: number of the agent. */
  agents: Column;
  hours: Column;
  /** By counter, in the order of reviewedCounters. */
  counters: Column[];
}

interface TypeRows {
  pool: string;
  taskType: string;
  /** Numbers by agent. */
  agents: Map<string, number>;
  days: DayRows[];
}

/** Rows of an agent, one for each hour that it worked: place of the day, hour, then sum and number for each measure. */
export type AgentRows = Float64Array;
export const ROW_WIDTH = 2 + 2 * reviewMeasureIds.length;

/** What one pool did of one task type. */
export interface TypeWork {
  pool: string;
  taskType: string;
  agents: Map<string, AgentRows>;
}

/** Keeps what reviews are made from of some days, a day after the other, so that no two days of work need be held at once. */
export class CollectedWork {
  readonly ended = new EndedTasks();
  readonly #days = new Set<Minute>();
  readonly #types = new Map<string, TypeRows>();

  /** How many days it has. */
  get days(): number {
    return this.#days.size;
  }

  /** @param day none that was added before */
  add(day: WorkDay): void {
    this.#days.add(day.day);
    this.ended.add(day);
    for (const [of, rows] of this.#rowsOfTypes(day)) of.days.push(dayRows(day, rows, of.agents));
  }

  /** The work of one pool and type after the other, those first of which rows came first. */
  *types(): Generator<TypeWork> {
    const places = new Map([...this.#days].sort((a, b) => a - b).map((day, place) => [day, place]));
    const inOrder = [...this.#types.values()].map((of) => ({ ...of, days: of.days.toSorted((a, b) => a.day - b.day) }));
    inOrder.sort((a, b) => {
      const [one, other] = [a.days[0] as DayRows, b.days[0] as DayRows];
      return one.day - other.day || one.first - other.first;
    });
    for (const { pool, taskType, agents, days } of inOrder) {
      yield { pool, taskType, agents: byAgent([...agents.keys()], days, places) };
    }
  }

  /** The rows of a day by the pool and type that they are of. */
  #rowsOfTypes({ workers, taskTypes, rows }: WorkDay): Map<TypeRows, number[]> {
    // By (worker, task type) of this day.
    const known: number[][] = [];
    const found = new Map<TypeRows, number[]>();
    for (let row = 0; row < rows.worker.length; row++) {
      const at = (rows.worker[row] as number) * taskTypes.length + (rows.taskType[row] as number);
      let its = known[at];
      if (!its) {
        const { agent, pool } = workers[rows.worker[row] as number] as Worker;
        if (agent === '') continue;
        const of = this.#typeRows(pool, taskTypes[rows.taskType[row] as number] as string);
        its = found.get(of) ?? [];
        found.set(of, its);
        known[at] = its;
      }
      its.push(row);
    }
    return found;
  }

  #typeRows(pool: string, taskType: string): TypeRows {
    const key = JSON.stringify([pool, taskType]);
    const of = this.#types.get(key) ?? { pool, taskType, agents: new Map(), days: [] };
    this.#types.set(key, of);
    return of;
  }
}

/** @param days each once, in any order */
export function collectWork(days: Iterable<WorkDay>): CollectedWork {
  const work = new CollectedWork();
  for (const day of days) work.add(day);
  return work;
}

/** @param agents to which those are added that are new */
function dayRows(
  { day, workers, rows, counters }: WorkDay,
  of: readonly number[],
  agents: Map<string, number>,
): DayRows {
  const numbers = of.map((row) => {
    const { agent } = workers[rows.worker[row] as number] as Worker;
    const number = agents.get(agent) ?? agents.size;
    agents.set(agent, number);
    return number;
  });
  return {
    ...{ day, first: of[0] as number },
    ...{ agents: narrow(numbers), hours: narrow(of.map((row) => rows.hour[row] as number)) },
    counters: reviewedCounters.map((name) => narrow(of.map((row) => counters[name][row] as number))),
  };
}

function narrow(values: readonly number[]): Column {
  let most = 0;
  for (const value of values) {
    if (!Number.isInteger(value) || value < 0) return Float64Array.from(values);
    if (value > most) most = value;
  }
  if (most < 2 ** 8) return Uint8Array.from(values);
  if (most < 2 ** 16) return Uint16Array.from(values);
  return most < 2 ** 32 ? Uint32Array.from(values) : Float64Array.from(values);
}

function byAgent(
  agents: readonly string[],
  days: readonly DayRows[],
  places: ReadonlyMap<Minute, number>,
): Map<string, AgentRows> {
  const counts = new Uint32Array(agents.length);
  for (const day of days) for (const agent of day.agents) counts[agent] = (counts[agent] as number) + 1;
  const rows = agents.map((_, agent) => new Float64Array((counts[agent] as number) * ROW_WIDTH));
  const filled = new Uint32Array(agents.length);
  const row = Object.fromEntries(reviewedCounters.map((name) => [name, 0])) as Record<ReviewedCounter, number>;
  for (const { day, agents, hours, counters } of days) {
    for (let i = 0; i < agents.length; i++) {
      const agent = agents[i] as number;
      const to = rows[agent] as AgentRows;
      let at = filled[agent] as number;
      for (let c = 0; c < counters.length; c++)
        row[reviewedCounters[c] as ReviewedCounter] = counters[c]?.[i] as number;
      to[at++] = places.get(day) as number;
      to[at++] = hours[i] as number;
      for (const id of reviewMeasureIds) {
        to[at++] = reviewMeasures[id].sum(row);
        to[at++] = reviewMeasures[id].n(row);
      }
      filled[agent] = at;
    }
  }
  return new Map(agents.map((agent, number) => [agent, rows[number] as AgentRows]));
}
