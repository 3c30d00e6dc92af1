import { createHash } from 'node:crypto';
import type { FleetEvent } from '../sim/ingest-event.ts';

/** The body of POST /v1/events. @param batchId any text; the API takes UUIDs, so it gets one made of it */
export function batchBody(batchId: string, events: readonly FleetEvent[]): string {
  const hex = createHash('sha256').update(batchId).digest('hex');
  const uuid = `${hex.slice(0, 8)}-${hex.slice(8, 12)}-8${hex.slice(13, 16)}-8${hex.slice(17, 20)}-${hex.slice(20, 32)}`;
  return JSON.stringify({ batchId: uuid, events });
}
