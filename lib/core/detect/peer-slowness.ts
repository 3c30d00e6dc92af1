import { binValueUs } from '../kpi/latency-sketch.ts';
import type { TaskRollup } from '../kpi/task-rollup.ts';
import { normalTail } from './normal-tail.ts';

/** Count, sum and sum of squares of the natural logarithms of service times in microseconds. */
interface LogMoments {
  n: number;
  sum: number;
  squares: number;
}

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
  let weights = 0;
  let shifts = 0;
  let tasks = 0;
  let main: { n: number; own: number; centre: number; peers: number } | null = null;
  for (const [taskType, done] of own) {
    if (done.n === 0) continue;
    const peerMoments = peers
      .map((peer) => peer.get(taskType))
      .filter((moments): moments is LogMoments => moments !== undefined && moments.n >= MIN_PEER_TASKS);
    if (peerMoments.length < MIN_PEERS) continue;
    const means = peerMoments.map((moments) => moments.sum / moments.n);
    const centre = median(means);
    // 1.4826 makes the median absolute deviation estimate the standard deviation of a normal distribution.
    const between = 1.4826 * median(means.map((mean) => Math.abs(mean - centre)));
    const within = median(peerMoments.map(variance));
    const uncertainty = within / done.n + between ** 2 + within / sumOf(peerMoments.map((moments) => moments.n));
    const weight = 1 / Math.max(uncertainty, 1e-6);
    weights += weight;
    shifts += weight * (done.sum / done.n - centre);
    tasks += done.n;
    if (!main || done.n > main.n) main = { n: done.n, own: done.sum / done.n, centre, peers: peerMoments.length };
  }
  if (!main || tasks < MIN_OWN_TASKS) return null;
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

/** Sums an agent's service times by task type. */
export function serviceMoments(rollups: readonly TaskRollup[]): ServiceMoments {
  const byType: ServiceMoments = new Map();
  for (const { taskType, service } of rollups) {
    const moments = byType.get(taskType) ?? { n: 0, sum: 0, squares: 0 };
    byType.set(taskType, moments);
    for (const [bin, count] of service.bins) {
      const log = Math.log(binValueUs(bin));
      moments.n += count;
      moments.sum += count * log;
      moments.squares += count * log * log;
    }
  }
  return byType;
}

function variance({ n, sum, squares }: LogMoments): number {
  return n < 2 ? 0 : Math.max(0, (squares - (sum * sum) / n) / (n - 1));
}

function median(values: readonly number[]): number {
  const sorted = [...values].sort((a, b) => a - b);
  const middle = sorted.length >> 1;
  const upper = sorted[middle] ?? Number.NaN;
  return sorted.length % 2 === 1 ? upper : ((sorted[middle - 1] ?? Number.NaN) + upper) / 2;
}

function sumOf(values: readonly number[]): number {
  return values.reduce((sum, value) => sum + value, 0);
}
