import type { Minute } from '../model/time.ts';
import { emptyFigures, type Figures, spanOf, type UseCounter, useCounters } from './figures.ts';
import { type PresenceCounter, presenceCounters } from './presence-rollup.ts';
import { RollupTable } from './rollup-table.ts';
import type { Signs } from './signs.ts';
import { type TaskCounter, taskCounters } from './task-rollup.ts';
import { lazyTasks } from './task-table.ts';

/** One agent's figures of a stretch of minutes, and its signs by the end of it. */
export interface AgentFigures {
  figures: Figures;
  signs: Signs;
}

type AgentCounter = TaskCounter | PresenceCounter | UseCounter;

/** What is counted of agents, by the figures that it belongs to. */
export const agentCounters = [...taskCounters, ...presenceCounters, ...useCounters] as const;
export const FIRST_PRESENCE = taskCounters.length;
export const FIRST_USE = FIRST_PRESENCE + presenceCounters.length;

const thereCounters = (
  [
    ...['completed', 'failed', 'timeout', 'cancelled', 'rejected', 'busyUs'],
    'samples',
    'beats',
    'thereMinutes',
  ] as const
).map((name) => agentCounters.indexOf(name as (typeof agentCounters)[number]));

/** How much memory the signs of an agent take, about. */
const BYTES_PER_SIGNS = 500;

/** Figures of many agents side by side, and their signs; the figures of one of them are made when they are asked for. */
export class AgentTable implements Iterable<[string, AgentFigures]> {
  /** Its sketches are those of the agents' response and service times. */
  readonly rollups = new RollupTable<AgentCounter>(agentCounters, 2);
  /** By row. */
  readonly signs: Signs[] = [];
  /** By row: the span in which its queue was known, null without any. */
  readonly queueSpans: Figures['queueSpan'][] = [];

  get size(): number {
    return this.rollups.size;
  }

  get ids(): readonly string[] {
    return this.rollups.ids;
  }

  find(agent: string): number | undefined {
    return this.rollups.find(agent);
  }

  /** Whether anything is known of an agent in the time of the table. */
  wasThere(row: number): boolean {
    return thereCounters.some((counter) => (this.rollups.columns[counter]?.[row] ?? 0) > 0);
  }

  /** The row of an agent, which is made with these signs where there is none yet. */
  enter(agent: string, signs: Signs): number {
    const row = this.rollups.enter(agent);
    if (row === this.signs.length) {
      this.signs.push(signs);
      this.queueSpans.push(null);
    }
    return row;
  }

  addUse(row: number, use: Readonly<Record<UseCounter, number>>): void {
    for (let i = 0; i < useCounters.length; i++) {
      const value = use[useCounters[i] as UseCounter];
      if (value === 0) continue;
      const column = this.rollups.column(FIRST_USE + i);
      column[row] = (column[row] as number) + value;
    }
  }

  addQueueSpan(row: number, from: Minute, to: Minute): void {
    this.queueSpans[row] = spanOf(this.queueSpans[row] ?? null, { from, to });
  }

  /** Adds a table of a later time in place: signs are taken from it. */
  append(next: AgentTable, isWanted?: (row: number) => boolean): void {
    const rows = this.rollups.append(next.rollups, isWanted);
    for (let i = 0; i < rows.length; i++) {
      const row = rows[i] as number;
      if (row < 0) continue;
      this.signs[row] = next.signs[i] as Signs;
      const span = next.queueSpans[i];
      if (row === this.queueSpans.length) this.queueSpans.push(span ?? null);
      else if (span) this.addQueueSpan(row, span.from, span.to);
    }
  }

  get(agent: string): AgentFigures | undefined {
    const row = this.rollups.find(agent);
    return row === undefined ? undefined : this.#at(row);
  }

  *[Symbol.iterator](): Generator<[string, AgentFigures]> {
    for (const [row, agent] of this.ids.entries()) yield [agent, this.#at(row)];
  }

  /** The figures of some agents together. */
  sum(rows: readonly number[]): Figures {
    const figures = emptyFigures();
    const { rollups } = this;
    figures.tasks = lazyTasks(rollups.sumCounters(rows, taskCounters), (sketch) => rollups.sumSketch(sketch, rows));
    figures.presence.counters = rollups.sumCounters(rows, presenceCounters, FIRST_PRESENCE);
    figures.use = rollups.sumCounters(rows, useCounters, FIRST_USE);
    for (const row of rows) figures.queueSpan = spanOf(figures.queueSpan, this.queueSpans[row] ?? null);
    return figures;
  }

  /** About how much memory it takes. */
  get bytes(): number {
    return this.rollups.bytes + this.size * BYTES_PER_SIGNS;
  }

  #at(row: number): AgentFigures {
    return { figures: this.sum([row]), signs: this.signs[row] as Signs };
  }
}
