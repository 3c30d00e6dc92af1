import type { BottleneckReport } from '../../lib/core/bottleneck/bottleneck.ts';
import { observeFleet } from '../../lib/core/bottleneck/observe-fleet.ts';
import { rankBottlenecks } from '../../lib/core/bottleneck/rank-bottlenecks.ts';
import { engineEvents } from './engine-events.ts';
import { type Network, WARM_UP_MINUTES, WINDOW_MINUTES } from './network.ts';
import { stretchOfEvents } from './stretch-of-events.ts';
import { toolEvents } from './tool-events.ts';

/** Has a network run, folds what it reports into minutes as the product does, and analyses those after the warm-up. */
export function analyzeNetwork(network: Network): BottleneckReport {
  const hasTool = network.stations.some(({ kind }) => kind === 'tool');
  const { startMs, events } = hasTool ? toolEvents(network) : engineEvents(network);
  const window = { startMs, warmUpMinutes: WARM_UP_MINUTES, minutes: WINDOW_MINUTES };
  return rankBottlenecks(observeFleet(stretchOfEvents(events, window)));
}
