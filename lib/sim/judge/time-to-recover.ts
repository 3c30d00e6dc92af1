import type { FaultWindow } from '../engine/fault-window.ts';
import type { PoolMinuteResult, SimResult } from '../engine/sim-result.ts';
import { MINUTE_US, minutes } from '../engine/sim-time.ts';
import type { Scenario } from '../scenario/scenario.ts';
import { AFTERMATH_MINUTES, type FaultReach } from './fault-reach.ts';
import { judgedMinutes, MITIGATED, MITIGATED_MINUTES, MITIGATION_LIMIT_MINUTES } from './judge-run.ts';

/** One task of eight that is late is chance: a minute is lost where two are at least. */
const LEAST_MISSED = 2;

/**
 * How long a fault hurt, seen by the pools that it concerns: whole minutes from the first in which one attained less than 95 % while
 * it was in force, or shortly after, to the first of three in a row in which it attained as much again. Unlike the time to
 * mitigate it does not begin at the onset, and a pool does not disappear among the others of its fleet.
 * @returns of several pools the longest; 0 where none fell below; null where one was not back within 45 minutes
 */
export function minutesToRecover(
  { from: onset, until }: FaultWindow,
  { pools }: FaultReach,
  result: SimResult,
  scenario: Scenario,
): number | null {
  const { to } = judgedMinutes(scenario);
  const first = Math.floor(onset / MINUTE_US);
  const last = Math.min(to, Math.ceil((until + minutes(AFTERMATH_MINUTES)) / MINUTE_US));
  let longest = 0;
  for (const pool of pools) {
    const isLost = (result.pools.get(pool) ?? []).map(isLostIn);
    const from = isLost.indexOf(true, first);
    if (from < 0 || from >= last) continue;
    const taken = minutesUntilBack(isLost.slice(from, Math.min(to, from + MITIGATION_LIMIT_MINUTES)));
    if (taken === null) return null;
    longest = Math.max(longest, taken);
  }
  return longest;
}

function isLostIn({ arrived, attained }: PoolMinuteResult): boolean {
  return arrived - attained >= LEAST_MISSED && attained < MITIGATED * arrived;
}

function minutesUntilBack(isLost: readonly boolean[]): number | null {
  let inARow = 0;
  for (const [minute, its] of isLost.entries()) {
    inARow = its ? 0 : inARow + 1;
    if (inARow === MITIGATED_MINUTES) return minute - MITIGATED_MINUTES + 1;
  }
  return null;
}
