import { fingerprint } from '../model/fingerprint.ts';
import { minuteOf } from '../model/time.ts';
import type { Workflow } from './assemble-workflows.ts';

/**
 * At most so many workflows of each minute in which they ended, chosen by their ids alone: the same ones however often
 * it is done, and whichever of their figures one looks at.
 * @param perMinute 1 or more
 */
export function sampleWorkflows<Ended extends Pick<Workflow, 'workflow' | 'endUs'>>(
  workflows: readonly Ended[],
  perMinute: number,
): Ended[] {
  const minutes = Map.groupBy(workflows, ({ endUs }) => minuteOf(endUs / 1_000));
  return [...minutes.values()].flatMap((ended) => {
    if (ended.length <= perMinute) return ended;
    return ended
      .map((workflow) => ({ workflow, rank: fingerprint(workflow.workflow) }))
      .sort((a, b) => (a.rank < b.rank ? -1 : a.rank > b.rank ? 1 : 0))
      .slice(0, perMinute)
      .map(({ workflow }) => workflow);
  });
}
