import { binValueUs } from '../kpi/latency-sketch.ts';
import type { RollupChunk } from '../kpi/rollup-chunk.ts';
import type { Minute } from '../model/time.ts';

/** Response times that ended in some time: how many, their sum and their sum of squares, in ms and ms². */
export interface ResponseMoments {
  n: number;
  sumMs: number;
  squaresMs2: number;
}

/** What each agent of one pool finished in one minute. */
export interface PoolMinute {
  minute: Minute;
  agents: ReadonlyMap<string, ResponseMoments>;
}

/**
 * Response times of one pool by minute and agent, oldest first; a minute without any is absent.
 * @param chunks every chunk of the minutes wanted
 */
export function poolMinutes(
  chunks: Iterable<RollupChunk>,
  pool: string,
  poolOfAgent: (agent: string) => string,
): PoolMinute[] {
  const minutes = new Map<Minute, Map<string, ResponseMoments>>();
  for (const { minute, tasks } of chunks) {
    for (const { agent, counters, response } of tasks.values()) {
      if (agent === '' || counters.responseCount === 0 || poolOfAgent(agent) !== pool) continue;
      const agents = minutes.get(minute) ?? new Map<string, ResponseMoments>();
      minutes.set(minute, agents);
      const moments = agents.get(agent) ?? { n: 0, sumMs: 0, squaresMs2: 0 };
      agents.set(agent, moments);
      moments.n += counters.responseCount;
      moments.sumMs += counters.responseUs / 1_000;
      for (const [bin, count] of response.bins) moments.squaresMs2 += count * (binValueUs(bin) / 1_000) ** 2;
    }
  }
  return [...minutes].sort(([a], [b]) => a - b).map(([minute, agents]) => ({ minute, agents }));
}

export function sumMoments(moments: Iterable<ResponseMoments>): ResponseMoments {
  const sum = { n: 0, sumMs: 0, squaresMs2: 0 };
  for (const { n, sumMs, squaresMs2 } of moments) {
    sum.n += n;
    sum.sumMs += sumMs;
    sum.squaresMs2 += squaresMs2;
  }
  return sum;
}

/** Mean in ms; NaN of nothing. */
export function meanMs({ n, sumMs }: ResponseMoments): number {
  return sumMs / n;
}

/** Sample variance in ms²; 0 below two values. */
export function varianceMs2({ n, sumMs, squaresMs2 }: ResponseMoments): number {
  return n < 2 ? 0 : Math.max(0, (squaresMs2 - sumMs ** 2 / n) / (n - 1));
}
