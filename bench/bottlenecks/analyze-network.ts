import type { BottleneckReport } from '../../lib/core/bottleneck/bottleneck.ts';
import { observeFleet } from '../../lib/core/bottleneck/observe-fleet.ts';
import { rankBottlenecks } from '../../lib/core/bottleneck/rank-bottlenecks.ts';
import { chunkColumns } from '../../lib/core/kpi/chunk-columns.ts';
import { foldBatch } from '../../lib/core/kpi/folding.ts';
import { emptyRollupChunk, type RollupChunk } from '../../lib/core/kpi/rollup-chunk.ts';
import type { Batch } from '../../lib/core/model/batch.ts';
import { enterBatch, type Roster } from '../../lib/core/model/roster.ts';
import { type Minute, minuteOf } from '../../lib/core/model/time.ts';
import { engineEvents } from './engine-events.ts';
import { type Network, WARM_UP_MINUTES, WINDOW_MINUTES } from './network.ts';
import { toolEvents } from './tool-events.ts';

/** Has a network run, folds what it reports into minutes as the product does, and analyses those after the warm-up. */
export function analyzeNetwork(network: Network): BottleneckReport {
  const hasTool = network.stations.some(({ kind }) => kind === 'tool');
  const { startMs, events } = hasTool ? toolEvents(network) : engineEvents(network);
  const from = minuteOf(startMs) + WARM_UP_MINUTES;
  const batch: Batch = {
    ...{ system: 'default', id: 'batch', contentHash: 'hash', sender: 'key_1', requestId: 'request' },
    ...{ bucket: from, receivedAtMs: startMs, received: events.length, ignored: {}, rejected: {}, events },
  };
  const chunks = new Map<Minute, RollupChunk>();
  foldBatch(
    batch,
    (minute) => {
      const chunk = chunks.get(minute) ?? emptyRollupChunk(minute, 0, 1);
      chunks.set(minute, chunk);
      return chunk;
    },
    () => true,
  );
  const entries: Roster = new Map();
  enterBatch(entries, batch);
  const stretch = { from, to: from + WINDOW_MINUTES, chunks: [...chunks.values()].map(chunkColumns), entries };
  return rankBottlenecks(observeFleet(stretch));
}
