import type { AgentMinuteExport } from '../engine/policy.ts';
import type { Controller } from './controller.ts';
import { RecentExports } from './recent-exports.ts';

const CONSECUTIVE_ERRORS = 5;
const FEWEST_AGENTS = 5;
const FEWEST_REQUESTS = 100;
const DEVIATIONS = 1.9;
const MOST_SHARE = 0.1;
const BASE_MINUTES = 0.5;
const MOST_MINUTES = 5;

/**
 * Outlier ejection with Envoy's defaults, on figures by the minute instead of every ten seconds: an agent is out after five errors
 * without a success between them (here: five and nothing completed in the minute), or when its rate of success lies 1.9 standard
 * deviations below the mean of five or more agents with 100 requests each; for half a minute times the number of ejections, five
 * at most, rounded up to whole minutes; at most a tenth of the agents, but one always.
 * @see envoyproxy.io: Outlier detection
 */
export function envoyEjection(): Controller {
  const recent = new RecentExports(1);
  /** By agent: the first minute in which it is back, and how often it was out; less by one with each good minute. */
  const ejections = new Map<string, { back: number; times: number }>();
  return {
    atMinute(view, controls) {
      recent.take(view);
      for (const { pool, agents } of view.pools) {
        const exports = recent.at(pool, view.minute).filter(({ agent }) => agents.includes(agent));
        const threshold = successThreshold(exports.filter((own) => requestsOf(own) >= FEWEST_REQUESTS).map(successOf));
        for (const agent of agents) {
          const ejection = ejections.get(agent);
          if (ejection && view.minute + 1 === ejection.back) controls.readmit(agent);
        }
        const isOut = (agent: string) => (ejections.get(agent)?.back ?? 0) > view.minute + 1;
        for (const own of exports) {
          if (isOut(own.agent)) continue;
          const errors = own.failed + own.timedOut;
          const fails = own.completed === 0 && errors >= CONSECUTIVE_ERRORS;
          const isBelow = threshold !== null && requestsOf(own) >= FEWEST_REQUESTS && successOf(own) < threshold;
          const times = ejections.get(own.agent)?.times ?? 0;
          if (!fails && !isBelow) {
            if (times > 0) ejections.set(own.agent, { back: 0, times: times - 1 });
            continue;
          }
          const most = Math.max(1, Math.floor(MOST_SHARE * agents.length));
          if (agents.filter(isOut).length >= most) break;
          const minutes = Math.ceil(Math.min(MOST_MINUTES, BASE_MINUTES * (times + 1)));
          ejections.set(own.agent, { back: view.minute + 1 + minutes, times: times + 1 });
          controls.eject(own.agent, 0);
        }
      }
    },
  };
}

/**
 * Rates of success below it are outliers: the mean less 1.9 standard deviations (of the population).
 * @param rates each 0..1 (or in percent)
 * @returns null for fewer than five agents
 * @example successThreshold([50, 100, 100, 100, 100]) // 52
 */
export function successThreshold(rates: readonly number[]): number | null {
  if (rates.length < FEWEST_AGENTS) return null;
  const mean = rates.reduce((sum, rate) => sum + rate, 0) / rates.length;
  const variance = rates.reduce((sum, rate) => sum + (rate - mean) ** 2, 0) / rates.length;
  return mean - DEVIATIONS * Math.sqrt(variance);
}

function requestsOf({ completed, failed, timedOut }: AgentMinuteExport): number {
  return completed + failed + timedOut;
}

function successOf(own: AgentMinuteExport): number {
  return own.completed / requestsOf(own);
}
