import type { LogMoments, TaskRow } from '../kpi/closed-tasks.ts';
import { normalTail } from './normal-tail.ts';
import { SortedValues } from './sorted-values.ts';

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
 * median of their means, and their spread the median absolute deviation, so that a bad peer does not hide the agent.
 * Task types are combined with inverse-variance weights.
 * @param own the agent's moments of the judged minute
 * @param peers each peer's moments of the same minute
 * @returns null when the agent or its peers did too little to compare
 */
export function slownessAmongPeers(own: ServiceMoments, peers: readonly ServiceMoments[]): Slowness | null {
  const groups = peerGroups(peers);
  return slownessIn(own, (taskType) => groups.get(taskType)?.measure());
}

/**
 * The same for every agent of a pool, each against all the others. The pool is sorted once, so that all n agents
 * together take n log n steps.
 * @param pool agent → its moments of the judged minute
 * @param minOwnTasks with fewer finished tasks an agent is not judged
 */
export function slownessInPool(
  pool: ReadonlyMap<string, ServiceMoments>,
  minOwnTasks = MIN_OWN_TASKS,
): (agent: string) => Slowness | null {
  const groups = peerGroups(pool.values());
  return (agent) => {
    const own: ServiceMoments = pool.get(agent) ?? new Map();
    return slownessIn(own, (taskType, done) => groups.get(taskType)?.measure(done), minOwnTasks);
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
}

function slownessIn(
  own: ServiceMoments,
  measureOf: (taskType: string, done: LogMoments) => Measure | null | undefined,
  minOwnTasks = MIN_OWN_TASKS,
): Slowness | null {
  let weights = 0;
  let shifts = 0;
  let tasks = 0;
  let main: { n: number; own: number; centre: number; peers: number } | null = null;
  for (const [taskType, done] of own) {
    if (done.n === 0) continue;
    const measure = measureOf(taskType, done);
    if (!measure) continue;
    const { centre, between, within, peers } = measure;
    const uncertainty = within / done.n + between ** 2 + within / measure.tasks;
    const weight = 1 / Math.max(uncertainty, 1e-6);
    weights += weight;
    shifts += weight * (done.sum / done.n - centre);
    tasks += done.n;
    if (!main || done.n > main.n) main = { n: done.n, own: done.sum / done.n, centre, peers };
  }
  if (!main || tasks < minOwnTasks) return null;
  const shift = shifts / weights;
  return {
    ratio: Math.exp(shift),
    logError: 1 / Math.sqrt(weights),
    p: normalTail(shift * Math.sqrt(weights)),
    n: tasks,
    ownMs: Math.exp(main.own) / 1_000,
    peersMs: Math.exp(main.centre) / 1_000,
    peers: main.peers,
  };
}

function peerGroups(peers: Iterable<ServiceMoments>): Map<string, PeerGroup> {
  const byType = new Map<string, LogMoments[]>();
  for (const peer of peers) {
    for (const [taskType, moments] of peer) {
      if (moments.n < MIN_PEER_TASKS) continue;
      const group = byType.get(taskType);
      if (group) group.push(moments);
      else byType.set(taskType, [moments]);
    }
  }
  return new Map([...byType].map(([taskType, group]) => [taskType, new PeerGroup(group)]));
}

/** Agents that did enough of one task type to be a measure, of whom any one may be left out. */
class PeerGroup {
  readonly #tasks: number;
  readonly #means: SortedValues;
  readonly #variances: SortedValues;
  /** By the centre they are from: there are three at most, whoever is left out. */
  readonly #deviations = new Map<number, SortedValues>();

  constructor(group: readonly LogMoments[]) {
    this.#tasks = sumOf(group.map(({ n }) => n));
    this.#means = new SortedValues(group.map(mean));
    this.#variances = new SortedValues(group.map(variance));
  }

  /** @param without moments of one of the group, or of somebody who did too little to be in it */
  measure(without?: LogMoments): Measure | null {
    const left = without && without.n >= MIN_PEER_TASKS ? without : null;
    const peers = this.#means.length - (left ? 1 : 0);
    if (peers < MIN_PEERS) return null;
    const centre = this.#means.median(left && mean(left));
    const deviations = this.#deviations.get(centre) ?? this.#means.map((value) => Math.abs(value - centre));
    this.#deviations.set(centre, deviations);
    return {
      peers,
      tasks: this.#tasks - (left?.n ?? 0),
      centre,
      // 1.4826 makes the median absolute deviation estimate the standard deviation of a normal distribution.
      between: 1.4826 * deviations.median(left && Math.abs(mean(left) - centre)),
      within: this.#variances.median(left && variance(left)),
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

function variance({ n, sum, squares }: LogMoments): number {
  return n < 2 ? 0 : Math.max(0, (squares - (sum * sum) / n) / (n - 1));
}

function sumOf(values: readonly number[]): number {
  return values.reduce((sum, value) => sum + value, 0);
}
