import { bootstrap, type Interval, seedsOf } from './bootstrap.ts';
import { mean } from './mean.ts';

/** Figures of one group (scenario), of the same seeds in the same order, in this group as in all others. */
export interface Paired {
  own: readonly number[];
  /** Of what is compared with. */
  low: readonly number[];
  /** Of the best that could be. */
  high: readonly number[];
}

const at = (values: readonly number[], members: readonly number[]) => mean(members.map((i) => values[i] ?? Number.NaN));
const sizeOf = (groups: readonly Paired[]) => seedsOf(groups.map(({ own }) => own));

/** How much more than another, each group counting the same. */
export function gain(groups: readonly Paired[]): Interval {
  return bootstrap(sizeOf(groups), (members) =>
    mean(groups.map(({ own, low }) => at(own, members) - at(low, members))),
  );
}

/** How much of the distance between two others is covered, in %, of the means over the groups. */
export function shareOfGap(groups: readonly Paired[]): Interval {
  return bootstrap(sizeOf(groups), (members) => {
    const meanOf = (figure: 'own' | 'low' | 'high') => mean(groups.map((group) => at(group[figure], members)));
    return (100 * (meanOf('own') - meanOf('low'))) / (meanOf('high') - meanOf('low'));
  });
}
