import { meanMs } from '../../effect/pool-minute.ts';
import type { ClosedTasks, TaskRow } from '../../kpi/closed-tasks.ts';
import { type EpochMs, minuteOf } from '../../model/time.ts';
import type { DecisionContext } from '../directive-kind.ts';

/** Tasks that some agents ended: those whose response time is known, its sum in ms, and how all of them ended. */
export interface Ended {
  n: number;
  sumMs: number;
  all: number;
  bad: number;
}

/** What the ill and the other members of a pool ended in the minutes since the onset that are at hand. */
export function endedSince(
  onsetMs: EpochMs,
  ill: ReadonlySet<string>,
  members: ReadonlySet<string>,
  { minutes }: Pick<DecisionContext, 'minutes'>,
): { own: Ended; rest: Ended } {
  const rows = [...minutes]
    .filter(([minute]) => minute >= minuteOf(onsetMs))
    .flatMap(([, { tasks }]) => rowsOfAgents(tasks, members));
  return {
    own: sumOf(rows.filter(({ agent }) => ill.has(agent))),
    rest: sumOf(rows.filter(({ agent }) => !ill.has(agent))),
  };
}

export function rowsOfAgents(tables: readonly ClosedTasks[], agents: ReadonlySet<string>): TaskRow[] {
  return tables.flatMap((table) => [...table.values()].filter(({ agent }) => agents.has(agent)));
}

/** By how much the share of a pool's tasks that end badly falls when nothing goes to the ill ones; above 0. */
export function errorsSpared(own: Ended, rest: Ended): number {
  const spared = own.bad - (rest.all === 0 ? 0 : (own.all * rest.bad) / rest.all);
  return Math.max(LEAST_SPARED, spared / Math.max(1, own.all + rest.all));
}

/** By how much the mean response time of a pool falls when nothing goes to the ill ones, in ms; above 0. */
export function msSpared(own: Ended, rest: Ended): number {
  if (own.n === 0 || rest.n === 0) return 1;
  return Math.max(1, (own.n / (own.n + rest.n)) * (meanMs(own) - meanMs(rest)));
}

const LEAST_SPARED = 0.001;

function sumOf(rows: readonly TaskRow[]): Ended {
  const sum = { n: 0, sumMs: 0, all: 0, bad: 0 };
  for (const { counters } of rows) {
    const bad = counters.failed + counters.timeout;
    sum.n += counters.responseCount;
    sum.sumMs += counters.responseUs / 1_000;
    sum.all += counters.completed + bad;
    sum.bad += bad;
  }
  return sum;
}
