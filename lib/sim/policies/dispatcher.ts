import type { FleetPolicy } from '../engine/policy.ts';
import { twoChoices } from './power-of-two.ts';

/**
 * The dispatcher of `examples/dispatcher`: tasks wait for any agent of their pool; of two free ones drawn by weight the one with
 * less in flight per slot and weight. No control.
 */
export const dispatcher: FleetPolicy = {
  name: 'dispatcher',
  queueing: 'dispatcher',
  place: twoChoices(({ outstanding, slots }, weight) => outstanding / (slots * weight)),
};
