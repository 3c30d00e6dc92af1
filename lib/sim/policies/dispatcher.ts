import { AgentPace } from '../../client/agent-pace.ts';
import type { FleetPolicy } from '../engine/policy.ts';
import { drawTwo } from './power-of-two.ts';

/** Of two agents one a tenth slower is drawn half as often. */
const STEEPNESS = 8;

/**
 * The dispatcher of `examples/dispatcher`: tasks wait for any agent of their pool; of two free ones drawn by weight and pace the
 * faster one, by what it did lately. No control.
 */
export function dispatcher(): FleetPolicy {
  const pace = new AgentPace();
  let lastEndMs = 0;
  return {
    name: 'dispatcher',
    queueing: 'dispatcher',
    place(candidates, weightOf, random) {
      const slowness = candidates.map(({ id }) => pace.slowness(id, lastEndMs));
      const slownessOf = (index: number) => slowness[index] ?? 1;
      const [first, second] = drawTwo(
        candidates.length,
        (index) => weightOf(index) * slownessOf(index) ** -STEEPNESS,
        random,
      );
      const isBetter = slownessOf(second) < slownessOf(first) && weightOf(second) >= weightOf(first);
      return isBetter ? second : first;
    },
    onAnswer({ agent, taskType, tookMs, status, atMs }) {
      lastEndMs = atMs;
      pace.ended({ agent, taskType, tookMs, isDone: status === 'completed', atMs });
    },
  };
}
