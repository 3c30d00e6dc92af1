import { poolOf, type RosterEntry } from '../model/roster.ts';
import type { Minute } from '../model/time.ts';
import { emptyFigures, type Figures, spanOf, useCounters } from './figures.ts';
import { longestTaskByPool } from './longest-task.ts';
import { minuteUse } from './minute-use.ts';
import { mergePresenceRollup, type PresenceRollup } from './presence-rollup.ts';
import type { RollupChunk } from './rollup-chunk.ts';
import { type Signs, signsAfter, signsBefore } from './signs.ts';
import { countTasks, mergeTaskRollup } from './task-rollup.ts';

/** How far before a stretch the signs of its agents are looked for where they are not known. */
export const SIGNS_LOOKBACK_MINUTES = 15;

/** One agent's figures of a stretch of minutes, and its signs by the end of it. */
export interface AgentFigures {
  figures: Figures;
  signs: Signs;
}

/** Minutes of which everything is at hand. */
export interface Stretch {
  from: Minute;
  to: Minute;
  /** Every chunk of the minutes in [from, to), and of minutes before them from which signs are taken. */
  chunks: readonly RollupChunk[];
  /** The agents that were known by the end. */
  entries: ReadonlyMap<string, RosterEntry>;
  /** Signs of agents before the first of the chunks. */
  signs?: ReadonlyMap<string, Signs>;
  /** As longestTaskByPool gives it, of all agents. */
  longest?: ReadonlyMap<string, number>;
}

/**
 * Walks through a stretch minute by minute and adds up what each agent did and how it was there.
 * @param isWanted leaves agents out
 * @param onMinute told of each agent's every minute, in order
 * @returns by agent, those included that are not in `entries`
 */
export function agentFigures(
  { from, to, chunks, entries, signs, longest = longestTaskByPool(entries.values()) }: Stretch,
  isWanted: (agent: string) => boolean = () => true,
  onMinute: (agent: string, minute: Minute, busySlotUs: number, completed: number) => void = () => {},
): Map<string, AgentFigures> {
  const result = new Map<string, AgentFigures>();
  const start = (agent: string): AgentFigures => {
    const known = signs?.get(agent) ?? signsBefore(entries.get(agent), first);
    const made = { figures: emptyFigures(), signs: known };
    result.set(agent, made);
    return made;
  };
  const byMinute = Map.groupBy(chunks, ({ minute }) => minute);
  const first = Math.min(from, ...byMinute.keys());
  for (const agent of entries.keys()) if (isWanted(agent)) start(agent);
  for (let minute = first; minute < to; minute++) {
    const did = didInMinute(byMinute.get(minute) ?? [], isWanted);
    for (const agent of did.keys()) if (!result.has(agent)) start(agent);
    for (const [agent, of] of result) {
      const done = did.get(agent);
      if (done) of.signs = signsAfter(of.signs, minute, done);
      if (minute < from) continue;
      const { figures } = of;
      if (done) add(figures, done);
      const longestTaskUs = longest.get(poolIn(entries, agent)) ?? null;
      const use = minuteUse(entries.get(agent), of.signs, done?.busyUs ?? 0, minute, longestTaskUs);
      if (use === null) continue;
      for (const name of useCounters) figures.use[name] += use[name];
      if (use.queueKnown) figures.queueSpan = spanOf(figures.queueSpan, { from: minute, to: minute + 1 });
      onMinute(agent, minute, use.busySlotUs, done?.completed ?? 0);
    }
  }
  return result;
}

interface Done {
  tasks: RollupChunk['tasks'] extends Map<string, infer Rollup> ? Rollup[] : never;
  presence: PresenceRollup | undefined;
  ended: number;
  completed: number;
  busyUs: number;
}

function didInMinute(chunks: readonly RollupChunk[], isWanted: (agent: string) => boolean): Map<string, Done> {
  const did = new Map<string, Done>();
  const of = (agent: string): Done => {
    const found = did.get(agent) ?? { tasks: [], presence: undefined, ended: 0, completed: 0, busyUs: 0 };
    did.set(agent, found);
    return found;
  };
  for (const { tasks, presence } of chunks) {
    for (const rollup of tasks.values()) {
      if (rollup.agent === '' || !isWanted(rollup.agent)) continue;
      const done = of(rollup.agent);
      done.tasks.push(rollup);
      done.ended += countTasks(rollup.counters) - rollup.counters.rejected;
      done.completed += rollup.counters.completed;
      done.busyUs += rollup.counters.busyUs;
    }
    for (const rollup of presence.values()) if (isWanted(rollup.agent)) of(rollup.agent).presence = rollup;
  }
  return did;
}

function add(figures: Figures, { tasks, presence }: Done): void {
  for (const rollup of tasks) mergeTaskRollup(figures.tasks, rollup);
  if (presence) mergePresenceRollup(figures.presence, presence);
  // The signs have it, and know how old it is.
  figures.presence.beat = null;
}

/** The pool of an agent, whether it is known or not. */
export function poolIn(entries: ReadonlyMap<string, RosterEntry>, agent: string): string {
  return poolOf(entries.get(agent));
}
