import type { PoolSeen } from './pool-seen.ts';

/** Who fails at this part of its newest tasks is not well; beyond what its peers fail at, it stands out. */
export const FAILS = 0.15;
/** Who works at this pace is not slow, whatever single tasks took. */
export const KEEPS_PACE = 0.6;
/** Who takes this many times as long as its peers is not well yet. */
export const STILL_SLOW = 1.7;

/** Whether what an agent did in the newest minutes tells that it is as good as its peers. */
export function looksWell(seen: PoolSeen, agent: string): boolean {
  const failed = seen.newestFailed(agent);
  const look = seen.looks[1];
  if (failed === null || !look || failed > FAILS) return false;
  const [progress, slowness] = [look.progress(agent), look.slowness(agent)];
  if (progress && progress.pace < KEEPS_PACE) return false;
  return slowness !== null && slowness.ratio < STILL_SLOW;
}
