import type { Controls, MinuteView } from '../engine/policy.ts';
import type { Controller } from './controller.ts';
import { RecentExports, type RecentWork } from './recent-exports.ts';

const LOOKBACK_MINUTES = 3;
const FEWEST_TASKS = 5;
const ERROR_MARGIN = 0.15;
const SLOW_FACTOR = 4;
const SLOW_SWEEPS = 2;
/** Quantile of the normal distribution for a one-sided bound of 99 %. */
const Z99 = 2.326;
const MOST_EJECTED_MINUTES = 5;
/** Shares of its work that an agent gets in the minutes after it came back. */
const SLOW_START = [0.1, 0.4, 0.7];

/** Why an agent is out of line. */
type Reason = 'errors' | 'slow' | 'stuck' | 'silent';

interface Ejection {
  /** First minute in which it gets work again. */
  until: number;
  times: number;
  /** Place in the slow start; null while it is out. */
  back: number | null;
}

/**
 * Takes agents out of dispatch that fail, are slow, are stuck or are not heard of, each for a minute the first time, a minute
 * longer with every further one, and lets them come back slowly.
 * @param mostShare of the pool's agents that may be out at once, 0..1; one always may
 */
export function outlierEjection(mostShare: number): Controller & { isOut: (agent: string) => boolean } {
  const recent = new RecentExports(LOOKBACK_MINUTES);
  const ejections = new Map<string, Ejection>();
  const slowFor = new Map<string, number>();
  const isOut = (agent: string) => ejections.get(agent)?.back === null;

  function comeBack({ minute, pools }: MinuteView, controls: Controls): void {
    const there = new Set(pools.flatMap(({ agents }) => agents));
    for (const [agent, ejection] of ejections) {
      if (!there.has(agent)) {
        ejections.delete(agent);
        continue;
      }
      if (ejection.back === null && minute + 1 >= ejection.until) ejection.back = 0;
      else if (ejection.back !== null) ejection.back += 1;
      if (ejection.back === null) continue;
      const share = SLOW_START[ejection.back];
      if (share !== undefined) controls.eject(agent, share);
      else controls.readmit(agent);
      // Ten minutes of good behaviour are forgotten one time.
      if (ejection.back % 10 === 9) ejection.times -= 1;
      if (ejection.times <= 0) ejections.delete(agent);
    }
  }

  return {
    isOut,
    atMinute(view, controls) {
      recent.take(view);
      comeBack(view, controls);
      for (const { pool, agents } of view.pools) {
        const works = recent.of(pool).filter(({ agent }) => agents.includes(agent));
        const most = Math.max(1, Math.floor(mostShare * agents.length));
        for (const { agent, reason } of outliers(agents, works, view, slowFor)) {
          const before = ejections.get(agent);
          if (before?.back === null) continue;
          if (agents.filter(isOut).length >= most) break;
          const times = Math.min(MOST_EJECTED_MINUTES, (before?.times ?? 0) + 1);
          ejections.set(agent, { until: view.minute + 1 + times, times, back: null });
          controls.eject(agent, reason === 'silent' ? 0 : 0.01);
        }
      }
    },
  };
}

function outliers(
  agents: readonly string[],
  works: readonly RecentWork[],
  { minute }: MinuteView,
  slowFor: Map<string, number>,
): { agent: string; reason: Reason }[] {
  const found: { agent: string; reason: Reason }[] = [];
  for (const work of works) {
    const others = works.filter(({ agent }) => agent !== work.agent);
    const isSlow = work.serviceMs !== null && work.serviceMs > SLOW_FACTOR * medianService(others);
    slowFor.set(work.agent, isSlow ? (slowFor.get(work.agent) ?? 0) + 1 : 0);
    if (failsMore(work, others)) found.push({ agent: work.agent, reason: 'errors' });
    else if ((slowFor.get(work.agent) ?? 0) >= SLOW_SWEEPS) found.push({ agent: work.agent, reason: 'slow' });
    else if (isStuck(work)) found.push({ agent: work.agent, reason: 'stuck' });
    else if (!work.newest.isHeard) found.push({ agent: work.agent, reason: 'silent' });
  }
  const known = new Set(works.map(({ agent }) => agent));
  // Exports are late: who is not heard of in all of the look-back is silent. Of the first minutes nothing may be known yet.
  if (minute >= LOOKBACK_MINUTES && works.length > 0) {
    for (const agent of agents) if (!known.has(agent)) found.push({ agent, reason: 'silent' });
  }
  return found;
}

function failsMore({ completed, failed, timedOut }: RecentWork, others: readonly RecentWork[]): boolean {
  const n = completed + failed + timedOut;
  if (n < FEWEST_TASKS) return false;
  const rest = others.reduce(
    (sum, work) => ({
      bad: sum.bad + work.failed + work.timedOut,
      n: sum.n + work.completed + work.failed + work.timedOut,
    }),
    { bad: 0, n: 0 },
  );
  return wilsonLower(failed + timedOut, n) > (rest.n > 0 ? rest.bad / rest.n : 0) + ERROR_MARGIN;
}

function isStuck({ newest }: RecentWork): boolean {
  return newest.completed === 0 && newest.busySlots >= newest.slots * 0.99 && newest.queued >= 2;
}

function medianService(works: readonly RecentWork[]): number {
  const sorted = works.flatMap(({ serviceMs }) => serviceMs ?? []).sort((a, b) => a - b);
  return sorted[sorted.length >> 1] ?? Number.POSITIVE_INFINITY;
}

/** Lower end of Wilson's interval for a share. @see Wilson: Probable inference, JASA 22, 1927 */
function wilsonLower(bad: number, n: number): number {
  const share = bad / n;
  const spread = Z99 * Math.sqrt((share * (1 - share)) / n + Z99 ** 2 / (4 * n ** 2));
  return Math.max(0, (share + Z99 ** 2 / (2 * n) - spread) / (1 + Z99 ** 2 / n));
}
