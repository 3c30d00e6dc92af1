import { poolOf, type RosterEntry } from '../model/roster.ts';
import type { Minute } from '../model/time.ts';
import { AgentTable, FIRST_PRESENCE } from './agent-table.ts';
import type { ChunkColumns } from './chunk-columns.ts';
import { longestTaskByPool } from './longest-task.ts';
import { type MinuteUse, minuteUse } from './minute-use.ts';
import { laterBeat, presenceCounters } from './presence-rollup.ts';
import {
  type AgentMinute,
  noSignCounters,
  type SignCounter,
  type Signs,
  signCounters,
  signsAfter,
  signsBefore,
} from './signs.ts';
import { taskCounters } from './task-rollup.ts';
import { RESPONSE, SERVICE } from './task-table.ts';

/** How far before a stretch the signs of its agents are looked for where they are not known. */
export const SIGNS_LOOKBACK_MINUTES = 15;

/** Minutes of which everything is at hand. */
export interface Stretch {
  from: Minute;
  to: Minute;
  /** Every chunk of the minutes in [from, to), and of minutes before them from which signs are taken. */
  chunks: readonly ChunkColumns[];
  /** The agents that were known by the end. */
  entries: ReadonlyMap<string, RosterEntry>;
  /** Signs of agents before the first of the chunks. */
  signs?: Pick<ReadonlyMap<string, Signs>, 'get'>;
  /** As longestTaskByPool gives it, of all agents. */
  longest?: ReadonlyMap<string, number>;
}

/**
 * Walks through a stretch minute by minute and adds up what each agent did and how it was there.
 * @param isWanted leaves agents out
 * @param onMinute told of each agent's every minute, in order
 * @returns those included that are not in `entries`
 */
export function agentFigures(
  { from, to, chunks, entries, signs, longest = longestTaskByPool(entries.values()) }: Stretch,
  isWanted: (agent: string) => boolean = () => true,
  onMinute: (agent: string, row: number, minute: Minute, use: MinuteUse, completed: number) => void = () => {},
): AgentTable {
  const table = new AgentTable();
  const byMinute = Map.groupBy(chunks, ({ minute }) => minute);
  const first = Math.min(from, ...byMinute.keys());
  const start = (agent: string) => table.enter(agent, signs?.get(agent) ?? signsBefore(entries.get(agent), first));
  const rowOf = (agent: string) => {
    if (agent === '' || !isWanted(agent)) return -1;
    return table.rollups.find(agent) ?? start(agent);
  };
  for (const agent of entries.keys()) if (isWanted(agent)) start(agent);
  for (let minute = first; minute < to; minute++) {
    const placed = (byMinute.get(minute) ?? []).map((chunk) => ({
      chunk,
      tasks: Int32Array.from(chunk.tasks.agents, rowOf),
      presence: Int32Array.from(chunk.presence.agents, rowOf),
    }));
    const did = new MinuteOfAgents(table.size);
    for (const { chunk, tasks, presence } of placed) {
      did.add(chunk, tasks, presence);
      if (minute < from) continue;
      table.rollups.addColumns(tasks, chunk.tasks.counters);
      table.rollups.addSketches(RESPONSE, tasks, chunk.tasks.response);
      table.rollups.addSketches(SERVICE, tasks, chunk.tasks.service);
      table.rollups.addColumns(presence, chunk.presence.counters, FIRST_PRESENCE);
    }
    for (let row = 0; row < table.size; row++) {
      const agent = table.ids[row] as string;
      const done = did.of(row);
      const known = signsAfter(table.signs[row] as Signs, minute, done);
      table.signs[row] = known;
      if (minute < from) continue;
      const entry = entries.get(agent);
      const use = minuteUse(entry, known, done.busyUs, minute, longest.get(poolOf(entry)) ?? null);
      if (use === null) continue;
      table.addUse(row, use);
      if (use.queueKnown) table.addQueueSpan(row, minute, minute + 1);
      onMinute(agent, row, minute, use, done.completed);
    }
  }
  return table;
}

const [COMPLETED, BUSY_US] = [taskCounters.indexOf('completed'), taskCounters.indexOf('busyUs')];
const ENDED = (['completed', 'failed', 'timeout', 'cancelled'] as const).map((name) => taskCounters.indexOf(name));

/** What agents did in one minute, by their rows. */
class MinuteOfAgents {
  readonly #ended: Int32Array;
  readonly #completed: Int32Array;
  readonly #busyUs: Float64Array;
  readonly #presence: (AgentMinute['presence'] | undefined)[];

  constructor(size: number) {
    this.#ended = new Int32Array(size);
    this.#completed = new Int32Array(size);
    this.#busyUs = new Float64Array(size);
    this.#presence = new Array(size);
  }

  /** @param tasks the row that each of its rollups of tasks belongs to; -1 for none; the same of those of presence */
  add({ tasks, presence }: ChunkColumns, taskRows: Int32Array, presenceRows: Int32Array): void {
    for (const counter of ENDED) addTo(this.#ended, taskRows, tasks.counters[counter]);
    addTo(this.#completed, taskRows, tasks.counters[COMPLETED]);
    addTo(this.#busyUs, taskRows, tasks.counters[BUSY_US]);
    const columns = signCounters.map((name) => presence.counters[presenceCounters.indexOf(name)]);
    for (let i = 0; i < presenceRows.length; i++) {
      const row = presenceRows[i] as number;
      if (row < 0) continue;
      const counters = { ...noSignCounters };
      for (let at = 0; at < columns.length; at++) {
        const value = columns[at]?.[i];
        if (value) counters[signCounters[at] as SignCounter] = value;
      }
      const found = this.#presence[row];
      if (found) for (const name of signCounters) counters[name] += found.counters[name];
      this.#presence[row] = { counters, beat: laterBeat(found?.beat ?? null, presence.beats[i] ?? null) };
    }
  }

  of(row: number): AgentMinute & { completed: number } {
    return {
      presence: this.#presence[row],
      ended: this.#ended[row] ?? 0,
      completed: this.#completed[row] ?? 0,
      busyUs: this.#busyUs[row] ?? 0,
    };
  }
}

function addTo(sums: Int32Array | Float64Array, rows: Int32Array, values: ArrayLike<number> = []): void {
  for (let i = 0, end = Math.min(rows.length, values.length); i < end; i++) {
    const row = rows[i] as number;
    if (row >= 0) sums[row] = (sums[row] as number) + (values[i] as number);
  }
}

/** The pool of an agent, whether it is known or not. */
export function poolIn(entries: ReadonlyMap<string, RosterEntry>, agent: string): string {
  return poolOf(entries.get(agent));
}
