import { binValueUs } from '../kpi/latency-sketch.ts';
import type { RollupChunk } from '../kpi/rollup-chunk.ts';
import type { Minute } from '../model/time.ts';

/**
 * Response times of tasks that ended in some time: how many, their sum in ms and their sum of squares in ms²; and how
 * much of it was waiting and how much work, where that is known.
 */
export interface ResponseMoments {
  n: number;
  sumMs: number;
  squaresMs2: number;
  waits: { n: number; sumMs: number };
  services: { n: number; sumMs: number };
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
      let squaresMs2 = 0;
      for (const [bin, count] of response.bins) squaresMs2 += count * (binValueUs(bin) / 1_000) ** 2;
      const moments: ResponseMoments = {
        n: counters.responseCount,
        sumMs: counters.responseUs / 1_000,
        squaresMs2,
        waits: { n: counters.waitCount, sumMs: counters.waitUs / 1_000 },
        services: { n: counters.serviceCount, sumMs: counters.serviceUs / 1_000 },
      };
      agents.set(agent, sumMoments([agents.get(agent) ?? nothing, moments]));
    }
  }
  return [...minutes].sort(([a], [b]) => a - b).map(([minute, agents]) => ({ minute, agents }));
}

const nothing: ResponseMoments = {
  n: 0,
  sumMs: 0,
  squaresMs2: 0,
  waits: { n: 0, sumMs: 0 },
  services: { n: 0, sumMs: 0 },
};

export function sumMoments(moments: Iterable<ResponseMoments>): ResponseMoments {
  return [...moments].reduce(
    (sum, { n, sumMs, squaresMs2, waits, services }) => ({
      n: sum.n + n,
      sumMs: sum.sumMs + sumMs,
      squaresMs2: sum.squaresMs2 + squaresMs2,
      waits: { n: sum.waits.n + waits.n, sumMs: sum.waits.sumMs + waits.sumMs },
      services: { n: sum.services.n + services.n, sumMs: sum.services.sumMs + services.sumMs },
    }),
    nothing,
  );
}

/** Mean in ms; NaN of nothing. */
export function meanMs({ n, sumMs }: { n: number; sumMs: number }): number {
  return sumMs / n;
}

/** Sample variance in ms²; 0 below two values. */
export function varianceMs2({ n, sumMs, squaresMs2 }: ResponseMoments): number {
  return n < 2 ? 0 : Math.max(0, (squaresMs2 - sumMs ** 2 / n) / (n - 1));
}
