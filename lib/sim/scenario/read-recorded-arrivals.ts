import type { RecordedArrival } from '../engine/arrivals.ts';
import { parseRecording } from '../parse-recording.ts';

/**
 * A recorded workload for a scenario: rows in the order of arrival, the first at its start.
 * @param csv with the columns TIMESTAMP,ContextTokens,GeneratedTokens (UTC)
 * @param name of the file, for messages
 * @throws RecordingError when it is not such a recording, or one of its lines is malformed
 */
export function readRecordedArrivals(csv: string, name: string): RecordedArrival[] {
  // The service is not told in the text, and nothing here depends on it.
  const arrivals = parseRecording(csv, 'conv', name);
  const firstMs = arrivals[0]?.atMs ?? 0;
  return arrivals.map(({ atMs, inputTokens, outputTokens }) => ({ atMs: atMs - firstMs, inputTokens, outputTokens }));
}
