import type { Slowness } from '../../detect/peer-slowness.ts';
import { completedOf, givenUpOf } from './given-up.ts';
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

/**
 * Whether what an agent did in the newest minutes tells that it is not as good as its peers yet. Where few of them do what it does,
 * or it did little, nothing tells so: that is no sign against it.
 */
export function looksDoubtful(seen: PoolSeen, agent: string): boolean {
  if (failsStill(seen, agent)) return true;
  const looks = seen.looks.slice(1);
  const progress = looks[0]?.progress(agent);
  if (progress && progress.pace < KEEPS_PACE) return true;
  // Who did too little to be compared in three minutes may have done enough in five.
  const slowness = looks.reduce<Slowness | null>((known, look) => known ?? look.slowness(agent), null);
  return slowness !== null && slowness.ratio >= STILL_SLOW;
}

/** Whether its newest tasks end badly, or most of them are given up. */
export function failsStill(seen: PoolSeen, agent: string): boolean {
  const failed = seen.newestFailed(agent);
  if (failed !== null) return failed > FAILS;
  const outcomes = seen.outcomesFrom(agent, seen.looks.at(-1)?.from ?? seen.context.minute);
  return givenUpOf(outcomes) > completedOf(outcomes);
}
