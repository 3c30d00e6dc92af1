import type { FleetEvent } from '../core/model/event.ts';
import { isReadOfSpans } from './conventions.ts';
import { countLogRecords } from './decode-logs.ts';
import { decodeMetrics } from './decode-metrics.ts';
import { decodeTraces } from './decode-traces.ts';
import { mapPoints } from './map-points.ts';
import { mapSpans } from './map-spans.ts';
import type { OtlpSignal } from './otlp-answer.ts';
import type { OtlpEncoding } from './otlp-encoding.ts';
import type { Refusal } from './refusal.ts';

/** What a request says. */
export interface OtlpContent {
  events: readonly FleetEvent[];
  /** Items that are invalid. */
  refused: readonly Refusal[];
  /** Valid items that there is no use for, by reason. */
  ignored: Readonly<Record<string, number>>;
}

/**
 * Reads a request of one signal.
 * @throws OtlpError when it is not OTLP
 */
export const readSignal: Readonly<Record<OtlpSignal, (body: Buffer, encoding: OtlpEncoding) => OtlpContent>> = {
  traces: (body, encoding) => mapSpans(decodeTraces(body, encoding, isReadOfSpans)),
  metrics: (body, encoding) => mapPoints(decodeMetrics(body, encoding)),
  // Many senders switch on all signals with one setting; the content of logs is none of our business.
  logs: (body, encoding) => {
    const records = countLogRecords(body, encoding);
    return { events: [], refused: [], ignored: records > 0 ? { log: records } : {} };
  },
};
