import { AgentPace, drawFactor } from '../../client/agent-pace.ts';
import type { FleetPolicy } from '../engine/policy.ts';
import { drawTwo } from './power-of-two.ts';

/**
 * The dispatcher of `examples/dispatcher`: tasks wait by priority for any agent of their pool; of two free ones drawn by weight and pace the
 * faster one, by what it did lately. No control.
 */
export function dispatcher(): FleetPolicy {
  const pace = new AgentPace();
  return {
    name: 'dispatcher',
    queueing: 'dispatcher',
    takes: 'most-important',
    place(candidates, weightOf, random) {
      const slowness = candidates.map(({ id }) => pace.slowness(id));
      const drawn = slowness.map((its, index) => weightOf(index) * drawFactor(its));
      const [first, second] = drawTwo(candidates.length, (index) => drawn[index] ?? 1, random);
      const isFaster = (slowness[second] ?? 1) < (slowness[first] ?? 1);
      return isFaster && weightOf(second) >= weightOf(first) ? second : first;
    },
    onAnswer({ agent, taskType, tookMs, status, atMs }) {
      pace.ended({ agent, taskType, tookMs, isDone: status === 'completed', atMs });
    },
  };
}
