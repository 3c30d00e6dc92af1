import type { Minute } from '../model/time.ts';

/** Response times that ended in one minute: how many, their sum and their sum of squares, in ms and ms². */
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
