import type { Batch } from './batch.ts';
import type { ChangeEvent } from './event.ts';

/** A change someone reported, with an id that stays the same however often its batch is read. */
export interface FleetChange {
  id: string;
  event: ChangeEvent;
}

export function changesIn(batch: Batch): FleetChange[] {
  return batch.events.flatMap((event, index) =>
    event.type === 'change' ? [{ id: `${batch.id}#${index}`, event }] : [],
  );
}
