/** A table of Timestream: how long it keeps records, and what it asks of them. */
export interface TimestreamTable {
  database: string;
  table: string;
  /** Records that are newer go to the memory store. */
  memoryHours: number;
  /** Records that are older are deleted. */
  magneticDays: number;
  /** Whether records older than the memory store are taken. */
  magneticWrites: boolean;
  /** Dimensions without which a record is rejected: the enforced keys of a customer-defined partition. */
  requiredDimensions?: readonly string[];
}

const HOUR_MS = 3_600_000;
const DAY_MS = 86_400_000;
const FUTURE_MS = 15 * 60_000;

/** Where a record of this time is stored, or why it is not. */
export function storeFor(
  table: TimestreamTable,
  timeMs: number,
  nowMs: number,
): { store: 'memory' | 'magnetic' } | { rejected: string } {
  const endMs = nowMs + FUTURE_MS;
  const memoryStartMs = nowMs - table.memoryHours * HOUR_MS;
  const keptFromMs = expiryMs(table, nowMs);
  if (timeMs >= memoryStartMs && timeMs < endMs) return { store: 'memory' };
  if (!table.magneticWrites) return { rejected: outside(memoryStartMs, endMs, 'memory store') };
  if (timeMs >= keptFromMs && timeMs < memoryStartMs) return { store: 'magnetic' };
  return { rejected: outside(Math.min(keptFromMs, memoryStartMs), endMs, 'data ingestion window') };
}

/** Records before this time are deleted. */
export function expiryMs(table: TimestreamTable, nowMs: number): number {
  return nowMs - table.magneticDays * DAY_MS;
}

function outside(startMs: number, endMs: number, what: string): string {
  const range = `[${new Date(startMs).toISOString()}, ${new Date(endMs).toISOString()})`;
  return `The record timestamp is outside the time range ${range} of the ${what}.`;
}
