import type { LogMoments, TaskRow } from '../kpi/closed-tasks.ts';
import { SortedValues } from './sorted-values.ts';
import { studentTail } from './student-tail.ts';

/** Task type → moments of one agent's service times. */
export type ServiceMoments = Map<string, LogMoments>;

export interface Slowness {
  /** Geometric mean of the agent's service times ÷ that of its peers; 1 is as fast as they are. */
  ratio: number;
  /** Standard error of the ratio's natural logarithm. */
  logError: number;
  /** Chance of a ratio at least this large if the agent were like its peers. */
  p: number;
  /** Tasks the agent finished in the judged minute. */
  n: number;
  /** Geometric means, in milliseconds, of the task type that the agent did most. */
  ownMs: number;
  peersMs: number;
  peers: number;
}

/** Fewer finished tasks than this say nothing about an agent's minute: a slow agent finishes few. */
export const MIN_OWN_TASKS = 3;
/** A peer with fewer finished tasks than this is no measure. */
export const MIN_PEER_TASKS = 5;
/** Fewer peers than this are no measure. */
export const MIN_PEERS = 3;

/**
 * How slow one agent was in one minute compared with its pool peers on the same task types, leaving the agent itself
 * out. Works on logarithms, where service times of language-model work are near normal; the peers' centre is the
 * median of their means, and their spread the median absolute deviation, so that a bad peer does not hide the agent. How
 * little is known of the spread from few peers with few tasks counts, too (Student's t, degrees of freedom by Satterthwaite).
 * Task types are combined with inverse-variance weights.
 * @param own the agent's moments of the judged minute
 * @param peers each peer's moments of the same minute
 * @param agents how many agents `own` stands for
 * @returns null when the agent or its peers did too little to compare
 */
export function slownessAmongPeers(own: ServiceMoments, peers: readonly ServiceMoments[], agents = 1): Slowness | null {
  const groups = peerGroups(peers, withinAgents([[own, ...peers]]));
  return slownessIn(own, (taskType) => groups.get(taskType)?.measure(), { agents });
}

/**
 * The same for every agent of a pool, each against all the others. The pool is sorted once, so that all n agents
 * together take n log n steps.
 * @param pool agent → its moments of the judged minute
 * @param given minOwnTasks: with fewer finished tasks an agent is not judged; spreads: how much tasks vary within an agent,
 * where more is known of that than what this minute shows
 */
export function slownessInPool(
  pool: ReadonlyMap<string, ServiceMoments>,
  given: { minOwnTasks?: number; spreads?: TaskSpreads } = {},
): (agent: string) => Slowness | null {
  const { minOwnTasks = MIN_OWN_TASKS, spreads = withinAgents([pool.values()]) } = given;
  const groups = peerGroups(pool.values(), spreads);
  return (agent) => {
    const own: ServiceMoments = pool.get(agent) ?? new Map();
    return slownessIn(own, (taskType, done) => groups.get(taskType)?.measure(done), { minOwnTasks });
  };
}

/** What an agent is compared with: the peers of one task type. */
interface Measure {
  peers: number;
  tasks: number;
  /** Median of the peers' mean logarithms. */
  centre: number;
  /** Standard deviation between peers, and variance within one. */
  between: number;
  within: number;
  /** Degrees of freedom of both. */
  freedom: { between: number; within: number };
}

/**
 * What is taken for granted of how much agents of a pool differ: standard deviation of their mean logarithms, as if so many
 * degrees of freedom had shown it. Three peers happen to be alike.
 */
const USUAL_BETWEEN = 0.15;
const USUAL_FREEDOM = 12;
/** What a median absolute deviation tells of a spread, of what mean squares would: its efficiency. */
const MAD_EFFICIENCY = 0.37;

function slownessIn(
  own: ServiceMoments,
  measureOf: (taskType: string, done: LogMoments) => Measure | null | undefined,
  { minOwnTasks = MIN_OWN_TASKS, agents = 1 }: { minOwnTasks?: number; agents?: number },
): Slowness | null {
  let weights = 0;
  let shifts = 0;
  let tasks = 0;
  // Sum of the squared weights over their degrees of freedom.
  let doubts = 0;
  let main: { n: number; own: number; centre: number; peers: number } | null = null;
  for (const [taskType, done] of own) {
    if (done.n === 0) continue;
    const measure = measureOf(taskType, done);
    if (!measure) continue;
    const { centre, between, within, peers, freedom } = measure;
    const [ofTasks, ofAgents] = [within * (1 / done.n + 1 / measure.tasks), between ** 2 * (1 / agents + 1 / peers)];
    const weight = 1 / (ofTasks + ofAgents);
    weights += weight;
    doubts += weight ** 4 * (ofTasks ** 2 / freedom.within + ofAgents ** 2 / freedom.between);
    shifts += weight * (done.sum / done.n - centre);
    tasks += done.n;
    if (!main || done.n > main.n) main = { n: done.n, own: done.sum / done.n, centre, peers };
  }
  if (!main || tasks < minOwnTasks) return null;
  const shift = shifts / weights;
  return {
    ratio: Math.exp(shift),
    logError: 1 / Math.sqrt(weights),
    p: studentTail(shift * Math.sqrt(weights), weights ** 2 / doubts),
    n: tasks,
    ownMs: Math.exp(main.own) / 1_000,
    peersMs: Math.exp(main.centre) / 1_000,
    peers: main.peers,
  };
}

/** By task type, how much logarithms of service times vary within an agent. */
export type TaskSpreads = ReadonlyMap<string, { variance: number; freedom: number }>;

/** Pooled over agents and minutes: few tasks of few agents show it badly. @param minutes moments of each agent, by minute */
export function withinAgents(minutes: Iterable<Iterable<ServiceMoments>>): TaskSpreads {
  const sums = new Map<string, { squares: number; freedom: number }>();
  for (const agents of minutes) {
    for (const agent of agents) {
      for (const [taskType, { n, sum, squares }] of agent) {
        if (n < 2) continue;
        const of = sums.get(taskType) ?? { squares: 0, freedom: 0 };
        sums.set(taskType, of);
        of.squares += Math.max(0, squares - (sum * sum) / n);
        of.freedom += n - 1;
      }
    }
  }
  return new Map([...sums].map(([type, { squares, freedom }]) => [type, { variance: squares / freedom, freedom }]));
}

function peerGroups(peers: Iterable<ServiceMoments>, spreads: TaskSpreads): Map<string, PeerGroup> {
  const byType = new Map<string, LogMoments[]>();
  for (const peer of peers) {
    for (const [taskType, moments] of peer) {
      if (moments.n < MIN_PEER_TASKS) continue;
      const group = byType.get(taskType);
      if (group) group.push(moments);
      else byType.set(taskType, [moments]);
    }
  }
  return new Map([...byType].map(([taskType, group]) => [taskType, new PeerGroup(group, spreads.get(taskType))]));
}

/** Agents that did enough of one task type to be a measure, of whom any one may be left out. */
class PeerGroup {
  readonly #tasks: number;
  readonly #means: SortedValues;
  readonly #spread: { variance: number; freedom: number };
  /** By the centre they are from: there are three at most, whoever is left out. */
  readonly #deviations = new Map<number, SortedValues>();

  constructor(group: readonly LogMoments[], spread = { variance: 0, freedom: 1 }) {
    this.#tasks = sumOf(group.map(({ n }) => n));
    this.#means = new SortedValues(group.map(mean));
    this.#spread = spread;
  }

  /** @param without moments of one of the group, or of somebody who did too little to be in it */
  measure(without?: LogMoments): Measure | null {
    const left = without && without.n >= MIN_PEER_TASKS ? without : null;
    const peers = this.#means.length - (left ? 1 : 0);
    if (peers < MIN_PEERS) return null;
    const centre = this.#means.median(left && mean(left));
    const deviations = this.#deviations.get(centre) ?? this.#means.map((value) => Math.abs(value - centre));
    this.#deviations.set(centre, deviations);
    // 1.4826 makes the median absolute deviation estimate the standard deviation of a normal distribution.
    const spread = 1.4826 * deviations.median(left && Math.abs(mean(left) - centre));
    const seen = MAD_EFFICIENCY * (peers - 1);
    return {
      peers,
      tasks: this.#tasks - (left?.n ?? 0),
      centre,
      between: Math.sqrt((USUAL_FREEDOM * USUAL_BETWEEN ** 2 + seen * spread ** 2) / (USUAL_FREEDOM + seen)),
      within: this.#spread.variance,
      freedom: {
        between: USUAL_FREEDOM + seen,
        within: this.#spread.freedom,
      },
    };
  }
}

/** Adds the service times of a row to its agent's, in place. */
export function addService(to: ServiceMoments, { taskType, service }: Pick<TaskRow, 'taskType' | 'service'>): void {
  const moments = to.get(taskType);
  if (!moments) {
    to.set(taskType, { ...service });
    return;
  }
  moments.n += service.n;
  moments.sum += service.sum;
  moments.squares += service.squares;
}

function mean({ n, sum }: LogMoments): number {
  return sum / n;
}

function sumOf(values: readonly number[]): number {
  return values.reduce((sum, value) => sum + value, 0);
}
