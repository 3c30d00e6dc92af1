import { createHash } from 'node:crypto';
import type { FleetEvent } from '../sim/ingest-event.ts';

/** The body of POST /v1/events. @param batchId any text */
export function batchBody(batchId: string, events: readonly FleetEvent[]): string {
  return JSON.stringify({ batchId: batchUuid(batchId), events });
}

/** The API takes UUIDs as ids of batches: one made of any text. */
export function batchUuid(batchId: string): string {
  const hex = createHash('sha256').update(batchId).digest('hex');
  return `${hex.slice(0, 8)}-${hex.slice(8, 12)}-8${hex.slice(13, 16)}-8${hex.slice(17, 20)}-${hex.slice(20, 32)}`;
}
