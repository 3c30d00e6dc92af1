import type { OtlpEncoding } from './otlp-encoding.ts';

export type OtlpSignal = 'traces' | 'metrics' | 'logs';

const rejectedKeys = {
  traces: 'rejectedSpans',
  metrics: 'rejectedDataPoints',
  logs: 'rejectedLogRecords',
} as const satisfies Record<OtlpSignal, string>;

/**
 * The body of a 200: an Export*ServiceResponse. With nothing rejected and nothing to say it is the full success, which
 * must have no partial success in it: no bytes at all, or `{}`. Some senders report any message as an error.
 * @param rejected spans, data points or log records that were not taken, an integer from 0
 */
export function encodePartialSuccess(
  signal: OtlpSignal,
  encoding: OtlpEncoding,
  rejected: number,
  message: string,
): Buffer {
  const full = rejected === 0 && message === '';
  if (encoding === 'json') {
    const partialSuccess = { [rejectedKeys[signal]]: String(rejected), errorMessage: message };
    return Buffer.from(JSON.stringify(full ? {} : { partialSuccess }));
  }
  return full ? Buffer.alloc(0) : bytesField(1, Buffer.concat([integerField(1, rejected), textField(2, message)]));
}

/**
 * The body of an error: a google.rpc.Status.
 * @param code a google.rpc.Code, 0..16
 * @see https://github.com/googleapis/googleapis/blob/master/google/rpc/status.proto
 */
export function encodeStatus(encoding: OtlpEncoding, code: number, message: string): Buffer {
  if (encoding === 'json') return Buffer.from(JSON.stringify({ code, message }));
  return Buffer.concat([integerField(1, code), textField(2, message)]);
}

/** Nothing for 0, which is what an absent field means. */
function integerField(field: number, value: number): Buffer {
  return value === 0 ? Buffer.alloc(0) : Buffer.from([field * 8, ...varint(value)]);
}

function textField(field: number, text: string): Buffer {
  return text === '' ? Buffer.alloc(0) : bytesField(field, Buffer.from(text));
}

function bytesField(field: number, bytes: Buffer): Buffer {
  return Buffer.concat([Buffer.from([field * 8 + 2, ...varint(bytes.length)]), bytes]);
}

function varint(value: number): number[] {
  const bytes: number[] = [];
  let rest = value;
  for (; rest >= 0x80; rest = Math.floor(rest / 0x80)) bytes.push((rest % 0x80) + 0x80);
  return [...bytes, rest];
}
