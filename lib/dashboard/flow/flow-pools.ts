import type { Pool, Window } from '../answers.ts';
import type { BottlenecksAnswer, CapacityAnswer, HandOff, WorkflowsAnswer } from './flow-answers.ts';
import type { Link } from './flow-layout.ts';

/** A pool as work passes it. Rates are tasks per minute; what is not known is null. */
export interface FlowPool {
  pool: string;
  agents: number;
  state: string;
  utilization: number | null;
  queue: number | null;
  completedPerMin: number | null;
  /** From outside: where workflows begin, or all that came where no task tells what caused it. */
  arrivalsPerMin: number | null;
  /** Rank among pools that limit the throughput; null where it is none of those. */
  rank: number | null;
  /** Of what the dispatcher is told: accept, defer or shed. */
  level: string | null;
  why: readonly string[];
}

export interface Flow {
  pools: FlowPool[];
  links: Link[];
  /** What pools hand on within themselves is no link. */
  entries: ReadonlySet<string>;
}

/** Puts together what is known of pools, of who hands work to whom, and of what limits. */
export function flowOf(
  pools: readonly Pool[],
  bottlenecks: BottlenecksAnswer | undefined,
  workflows: WorkflowsAnswer | undefined,
  capacity: CapacityAnswer | undefined,
): Flow {
  const handOffs = workflows?.handOffs ?? [];
  const minutes = workflows ? minutesOf(workflows.window) : 0;
  const perMin = (tasks: number) => (minutes > 0 ? tasks / minutes : 0);
  const links = handOffs.flatMap(({ from, to, tasks }) =>
    from === null || from === to ? [] : [{ from, to, perMin: perMin(tasks) }],
  );
  const begun = new Map(
    handOffs.flatMap(({ from, to, tasks }) => (from === null ? [[to, perMin(tasks)] as const] : [])),
  );
  const ranks = new Map(
    (bottlenecks?.bottlenecks ?? []).filter(({ kind }) => kind === 'pool').map(({ id }, i) => [id, i + 1] as const),
  );
  const all = pools.map(({ pool, agents, state, kpis }): FlowPool => {
    const completedPerMin = kpis['overall_throughput']?.value ?? null;
    const imbalance = bottlenecks?.flows.find((flow) => flow.pool === pool)?.imbalance ?? null;
    const isTold = handOffs.some(({ to }) => to === pool);
    const arrived = completedPerMin === null || imbalance === null ? null : completedPerMin * (1 + imbalance);
    const admission = capacity?.pools.find((its) => its.pool === pool);
    return {
      ...{ pool, agents, state, completedPerMin },
      utilization: kpis['resource_utilization']?.value ?? null,
      queue: kpis['queue_depth']?.value ?? null,
      arrivalsPerMin: isTold ? (begun.get(pool) ?? null) : arrived,
      rank: ranks.get(pool) ?? null,
      level: admission?.level ?? null,
      why: admission?.why ?? [],
    };
  });
  return { pools: all, links, entries: new Set(begun.keys()) };
}

/** Where the time of workflows of a type goes, by pool, the largest share first; time of no pool is left out. */
export function sharesByPool(path: WorkflowsAnswer['types'][number]['path']): { pool: string; share: number }[] {
  const shares = new Map<string, number>();
  for (const { pool, share } of path) {
    if (pool !== null) shares.set(pool, (shares.get(pool) ?? 0) + share);
  }
  return [...shares].map(([pool, share]) => ({ pool, share })).sort((a, b) => b.share - a.share);
}

export function handedOn(handOffs: readonly HandOff[]): boolean {
  return handOffs.some(({ from, to }) => from !== null && from !== to);
}

function minutesOf({ from, to }: Window): number {
  return (Date.parse(to) - Date.parse(from)) / 60_000;
}
