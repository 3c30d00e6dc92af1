import { eventTimeMs } from '../core/model/event.ts';
import { poolRefusal } from '../core/model/pool-access.ts';
import type { Principal } from '../core/model/principal.ts';
import type { ReadBatch } from './read-batch.ts';

/** A batch without the events that its sender may not report, which are refused one by one. */
export function refuseOtherPools<Batch extends Pick<ReadBatch, 'events' | 'refused'>>(
  batch: Batch,
  sender: Pick<Principal, 'pools'>,
): Batch {
  if (sender.pools === undefined) return batch;
  const refused = [...batch.refused];
  const events = batch.events.filter(({ index, event }) => {
    const why = poolRefusal(sender, event);
    if (why === null) return true;
    const path = `events[${index}].pool`;
    refused.push({
      index,
      code: 'pool_not_allowed',
      message: `events[${index}]: ${why}`,
      path,
      atMs: eventTimeMs(event),
    });
    return false;
  });
  return { ...batch, events, refused };
}
