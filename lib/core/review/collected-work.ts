import type { WorkDay, Worker } from '../benchmark/work-day.ts';
import { ReusedMemory } from '../model/reused-memory.ts';
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

export const DAY_HOURS = 24;

/** Rows of an agent, one for each hour that it worked. */
export interface AgentRows {
  /** By row: place of the day × 24 + hour. */
  hours: Uint16Array;
  /** By measure, in the order of reviewMeasureIds, by row: the sum, and what it is of. */
  sums: Float64Array[];
  counts: Float64Array[];
}

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
  /** By pool, then by task type. */
  readonly #types = new Map<string, Map<string, TypeRows>>();

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

  /**
   * The work of one pool and type after the other, those first of which rows came first. When the next is asked for, the memory of the
   * one before is used for it.
   */
  *types(): Generator<TypeWork> {
    const memory = new ReusedMemory();
    const places = new Map([...this.#days].sort((a, b) => a - b).map((day, place) => [day, place]));
    const inOrder = [...this.#types.values()].flatMap((ofPool) =>
      [...ofPool.values()].map((of) => ({ ...of, days: of.days.toSorted((a, b) => a.day - b.day) })),
    );
    inOrder.sort((a, b) => {
      const [one, other] = [a.days[0] as DayRows, b.days[0] as DayRows];
      return one.day - other.day || one.first - other.first;
    });
    for (const { pool, taskType, agents, days } of inOrder) {
      yield { pool, taskType, agents: byAgent([...agents.keys()], days, places, memory) };
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
    const ofPool = this.#types.get(pool) ?? new Map<string, TypeRows>();
    this.#types.set(pool, ofPool);
    const of = ofPool.get(taskType) ?? { pool, taskType, agents: new Map(), days: [] };
    ofPool.set(taskType, of);
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
  const numbers = new Map<number, number>();
  const numberOf = (worker: number) => {
    const { agent } = workers[worker] as Worker;
    const number = agents.get(agent) ?? agents.size;
    agents.set(agent, number);
    numbers.set(worker, number);
    return number;
  };
  const values = new Float64Array(of.length);
  for (let i = 0; i < values.length; i++) {
    const worker = rows.worker[of[i] as number] as number;
    values[i] = numbers.get(worker) ?? numberOf(worker);
  }
  const its = { day, first: of[0] as number, agents: narrow(values) };
  const column = (from: ArrayLike<number>) => {
    for (let i = 0; i < values.length; i++) values[i] = from[of[i] as number] as number;
    return narrow(values);
  };
  return { ...its, hours: column(rows.hour), counters: reviewedCounters.map((name) => column(counters[name])) };
}

/** A copy in as few bytes as its numbers need. */
function narrow(values: Float64Array): Column {
  let most = 0;
  for (let i = 0; i < values.length; i++) {
    const value = values[i] as number;
    if (!Number.isInteger(value) || value < 0) return values.slice();
    if (value > most) most = value;
  }
  if (most < 2 ** 8) return new Uint8Array(values);
  if (most < 2 ** 16) return new Uint16Array(values);
  return most < 2 ** 32 ? new Uint32Array(values) : values.slice();
}

function byAgent(
  agents: readonly string[],
  days: readonly DayRows[],
  places: ReadonlyMap<Minute, number>,
  memory: ReusedMemory,
): Map<string, AgentRows> {
  const filled = new Uint32Array(agents.length);
  // By day and row: which row of its agent it is.
  const rowsOf = days.map((day) =>
    Uint32Array.from(day.agents, (agent) => {
      const row = filled[agent] as number;
      filled[agent] = row + 1;
      return row;
    }),
  );
  const starts = new Uint32Array(agents.length + 1);
  for (let a = 0; a < agents.length; a++) starts[a + 1] = (starts[a] as number) + (filled[a] as number);
  const all = starts[agents.length] as number;
  const ofAgents = <Values>(of: (from: number, to: number) => Values) =>
    agents.map((_, a) => of(starts[a] as number, starts[a + 1] as number));
  const parts = (name: string) => {
    const column = memory.array(name, all).fill(0);
    return ofAgents((from, to) => column.subarray(from, to));
  };
  const hourColumn = new Uint16Array(all);
  const hours = ofAgents((from, to) => hourColumn.subarray(from, to));
  const sums = measures.map((_, m) => parts(`sums ${m}`));
  const counts = measures.map((_, m) => parts(`counts ${m}`));
  for (const [d, { day, agents: of, hours: hoursOfDay, counters }] of days.entries()) {
    const rows = rowsOf[d] as Uint32Array;
    const midnight = (places.get(day) as number) * DAY_HOURS;
    for (let i = 0; i < of.length; i++) {
      (hours[of[i] as number] as Uint16Array)[rows[i] as number] = midnight + (hoursOfDay[i] as number);
    }
    const addTo = (columns: readonly Float64Array[], counter: ReviewedCounter, per = 1) => {
      const values = counters[reviewedCounters.indexOf(counter)] as Column;
      for (let i = 0; i < of.length; i++) {
        const to = columns[of[i] as number] as Float64Array;
        to[rows[i] as number] = (to[rows[i] as number] as number) + (values[i] as number) / per;
      }
    };
    for (const [m, { sum, n }] of measures.entries()) {
      addTo(sums[m] as Float64Array[], sum.of, sum.per);
      for (const counter of n) addTo(counts[m] as Float64Array[], counter);
    }
  }
  return new Map(
    agents.map((agent, a) => [
      agent,
      {
        hours: hours[a] as Uint16Array,
        sums: sums.map((its) => its[a] as Float64Array),
        counts: counts.map((its) => its[a] as Float64Array),
      },
    ]),
  );
}

const measures = reviewMeasureIds.map((id) => reviewMeasures[id]);
