import type { Minute } from '../model/time.ts';
import type { Signs } from './signs.ts';

/** Whether an agent has work and got nothing done for too long. */
export function isStuck(_signs: Signs, _minute: Minute): boolean {
  return false;
}
