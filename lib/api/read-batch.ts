import type { FleetEvent } from '../core/model/event.ts';
import type { EpochMs } from '../core/model/time.ts';
import { readEvent } from './event-schema.ts';
import { InvalidField, isRecord, uuidField } from './field.ts';
import { Problem } from './problem.ts';

export const MAX_EVENTS = 10_000;

export interface ReadBatch {
  batchId: string | undefined;
  events: { index: number; event: FleetEvent }[];
  /** Events that cannot be read, with the path of the field that is wrong, and those that can but may not be reported, with their time. */
  refused: { index: number; code: string; message: string; path: string; atMs?: EpochMs | null }[];
}

/**
 * Reads the body of POST /v1/events: {"batchId"?, "events": [...]}, or one event a line (NDJSON).
 * @param idempotencyKey the header that gives NDJSON its batch id
 * @throws Problem 400 when it is neither, or the batch id is not a UUID; 413 above 10,000 events
 */
export function readBatch(
  body: Buffer,
  contentType: string | undefined,
  idempotencyKey: string | undefined,
): ReadBatch {
  const text = decodeUtf8(body);
  if (text.trim() === '') throw new Problem(400, 'the body is empty: send {"events": [...]}');
  const isLines = /json-?l|ndjson|jsonlines/i.test(contentType ?? '') || isSeveralLines(text);
  const raw = isLines ? linesOf(text) : envelopeOf(text);
  const given = raw.batchId ?? idempotencyKey;
  const path = raw.batchId === undefined ? 'Idempotency-Key' : 'batchId';
  const batchId = given === undefined ? undefined : uuidField.read(given, path);
  if (given !== undefined && batchId === undefined) {
    throw new Problem(400, `${path} must be ${uuidField.expects}`, {
      errors: [{ path, code: 'invalid_field', message: `must be ${uuidField.expects}` }],
    });
  }
  if (raw.events.length > MAX_EVENTS) {
    throw new Problem(413, `the batch has ${raw.events.length} events; at most ${MAX_EVENTS}: send smaller batches`);
  }
  if (raw.events.length === 0) throw new Problem(400, 'the batch has no events');
  return { batchId, ...readEvents(raw.events) };
}

/** Reads each event of a batch; what is no event is refused, and takes no other with it. */
export function readEvents(candidates: readonly unknown[]): Pick<ReadBatch, 'events' | 'refused'> {
  const batch: ReturnType<typeof readEvents> = { events: [], refused: [] };
  candidates.forEach((candidate, index) => {
    try {
      if (candidate instanceof InvalidField) throw candidate;
      batch.events.push({ index, event: readEvent(candidate) });
    } catch (error) {
      if (!(error instanceof InvalidField)) throw error;
      const path = error.path === '' ? `events[${index}]` : `events[${index}].${error.path}`;
      batch.refused.push({ index, code: error.code, message: `events[${index}]: ${error.message}`, path });
    }
  });
  return batch;
}

function decodeUtf8(body: Buffer): string {
  try {
    return new TextDecoder('utf-8', { fatal: true }).decode(body);
  } catch {
    throw new Problem(400, 'the body is not UTF-8 text');
  }
}

/** A body without a telling content type, such as application/octet-stream: does its first line stand for itself? */
function isSeveralLines(text: string): boolean {
  const end = text.indexOf('\n');
  if (end < 0 || text.slice(end).trim() === '') return false;
  try {
    return isRecord(JSON.parse(text.slice(0, end)));
  } catch {
    return false;
  }
}

interface RawBatch {
  batchId: unknown;
  events: unknown[];
}

function envelopeOf(text: string): RawBatch {
  let body: unknown;
  try {
    body = JSON.parse(text);
  } catch (error) {
    throw new Problem(400, `the body is not JSON: ${error instanceof Error ? error.message : String(error)}`);
  }
  if (!isRecord(body) || !Array.isArray(body['events'])) {
    throw new Problem(400, 'the body must be {"batchId"?: uuid, "events": [...]}', {
      errors: [{ path: 'events', code: 'missing_field', message: 'must be an array of events' }],
    });
  }
  return { batchId: body['batchId'] ?? undefined, events: body['events'] };
}

/** One event a line. A single line may also be a whole envelope, as gzip bodies under an NDJSON type often are. */
function linesOf(text: string): RawBatch {
  const lines = text.split('\n').filter((line) => line.trim() !== '');
  const events = lines.map((line): unknown => {
    try {
      return JSON.parse(line);
    } catch {
      return new InvalidField('invalid_field', '', 'the line is not JSON');
    }
  });
  const [only] = events;
  if (events.length === 1 && isRecord(only) && Array.isArray(only['events']) && !('type' in only)) {
    return { batchId: only['batchId'] ?? undefined, events: only['events'] };
  }
  if (events.every((event) => event instanceof InvalidField)) {
    throw new Problem(400, 'no line of the body is JSON: send one event a line');
  }
  return { batchId: undefined, events };
}
