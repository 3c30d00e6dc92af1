import { eventTimeMs } from '../core/model/event.ts';
import { type Placement, poolRefusal } from '../core/model/pool-access.ts';
import type { Principal } from '../core/model/principal.ts';
import type { ReadBatch } from './read-batch.ts';

/**
 * A batch without the events that its sender may not report, which are refused one by one.
 * @param placement is asked for where it matters only
 */
export async function refuseOtherPools<Batch extends Pick<ReadBatch, 'events' | 'refused'>>(
  batch: Batch,
  sender: Pick<Principal, 'pools'>,
  placement: () => Promise<Placement>,
): Promise<Batch> {
  if (sender.pools === undefined) return batch;
  const describes = batch.events.some(({ event }) => event.type === 'agent');
  const placed = describes ? await placement() : undefined;
  const refused = [...batch.refused];
  const events = batch.events.filter(({ index, event }) => {
    const refusal = poolRefusal(sender, event, placed);
    if (refusal === null) return true;
    const { field, why } = refusal;
    const path = `events[${index}].${field}`;
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
