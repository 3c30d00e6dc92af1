import type { Arrival, Service } from './arrival.ts';

const HEADER = 'TIMESTAMP,ContextTokens,GeneratedTokens';
/** 2023-11-16 18:17:03.9799600: no zone (it is UTC), up to seven digits after the second. */
const TIMESTAMP = /^(\d{4}-\d\d-\d\d) (\d\d:\d\d:\d\d)(?:\.(\d{1,7}))?$/;
const TOKENS = /^\d{1,9}$/;

/** A recording that cannot be read as one; the message names the file, the line where there is one, and the reason. */
export class RecordingError extends Error {
  override readonly name = 'RecordingError';
  readonly code = 'recording-invalid';
}

/**
 * Reads the text of a recording in the columns of the Azure LLM inference dataset 2023.
 * @param place name of the file, for messages
 * @returns the requests in the order of arrival
 * @throws RecordingError when it is not such a recording, or one of its lines is malformed
 * @see https://github.com/Azure/AzurePublicDataset/blob/master/AzureLLMInferenceDataset2023.md
 */
export function parseRecording(text: string, service: Service, place: string): Arrival[] {
  const [header, ...lines] = text.trimEnd().split(/\r?\n/);
  if (header !== HEADER) throw new RecordingError(`${place}, line 1: expected "${HEADER}", found "${header}"`);
  if (lines.length === 0) throw new RecordingError(`${place}: there is no request below the header`);
  const arrivals = lines.map((line, index) => arrivalOf(line, service, `${place}, line ${index + 2}`));
  return arrivals.sort((one, other) => one.atMs - other.atMs);
}

function arrivalOf(line: string, service: Service, place: string): Arrival {
  const columns = line.split(',');
  const [timestamp, input, output] = columns;
  if (columns.length !== 3 || timestamp === undefined || input === undefined || output === undefined) {
    throw new RecordingError(`${place}: expected 3 columns, found ${columns.length} in "${line}"`);
  }
  return {
    atMs: epochMs(timestamp, place),
    service,
    inputTokens: tokens(input, 'ContextTokens', place),
    outputTokens: tokens(output, 'GeneratedTokens', place),
  };
}

function epochMs(timestamp: string, place: string): number {
  const [, day, time, fraction = ''] = TIMESTAMP.exec(timestamp) ?? [];
  const secondMs = Date.parse(`${day}T${time}Z`);
  if (Number.isNaN(secondMs)) throw new RecordingError(`${place}: TIMESTAMP "${timestamp}" is not a date and time`);
  return secondMs + Number(fraction.padEnd(7, '0')) / 10_000;
}

function tokens(text: string, column: string, place: string): number {
  if (!TOKENS.test(text)) throw new RecordingError(`${place}: ${column} "${text}" is not a whole number of tokens`);
  return Number(text);
}
