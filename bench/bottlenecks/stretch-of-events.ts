import type { Stretch } from '../../lib/core/kpi/agent-figures.ts';
import { chunkColumns } from '../../lib/core/kpi/chunk-columns.ts';
import { foldBatch } from '../../lib/core/kpi/folding.ts';
import { emptyRollupChunk, type RollupChunk } from '../../lib/core/kpi/rollup-chunk.ts';
import type { Batch } from '../../lib/core/model/batch.ts';
import type { NativeEvent } from '../../lib/core/model/event.ts';
import { enterBatch, type Roster } from '../../lib/core/model/roster.ts';
import { type EpochMs, type Minute, minuteOf } from '../../lib/core/model/time.ts';

/** Folds what a fleet reports into minutes as the product does, and gives those of a window. */
export function stretchOfEvents(
  events: NativeEvent[],
  { startMs, warmUpMinutes, minutes }: { startMs: EpochMs; warmUpMinutes: number; minutes: number },
): Stretch {
  const from = minuteOf(startMs) + warmUpMinutes;
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
  return { from, to: from + minutes, chunks: [...chunks.values()].map(chunkColumns), entries };
}
