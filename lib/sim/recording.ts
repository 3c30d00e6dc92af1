import { existsSync, readFileSync } from 'node:fs';
import { basename, join } from 'node:path';
import { gunzipSync } from 'node:zlib';
import { type Arrival, type Service, services } from './arrival.ts';

const HEADER = 'TIMESTAMP,ContextTokens,GeneratedTokens';
const FOLDER = join('..', 'shared', 'data');
const NAME = /azure-llm-inference-2023-(code|conv)\.csv(\.gz)?$/;
/** 2023-11-16 18:17:03.9799600: no zone (it is UTC), up to seven digits after the second. */
const TIMESTAMP = /^(\d{4}-\d\d-\d\d) (\d\d:\d\d:\d\d)(?:\.(\d{1,7}))?$/;
const TOKENS = /^\d{1,9}$/;

/** A recording that cannot be read as one; the message names the file, the line where there is one, and the reason. */
export class RecordingError extends Error {
  override readonly name = 'RecordingError';
  readonly code = 'recording-invalid';
}

/** One recorded service each; both are needed for the whole workload. */
export type RecordingPaths = Record<Service, string>;

/**
 * Where the recordings lie: `../shared/data` next to the project, compressed or not.
 * @returns null unless both services are there
 */
export function findRecordings(projectRoot: string): RecordingPaths | null {
  const find = (service: Service) =>
    ['.csv.gz', '.csv']
      .map((extension) => join(projectRoot, FOLDER, `azure-llm-inference-2023-${service}${extension}`))
      .find((path) => existsSync(path));
  const [code, conv] = [find('code'), find('conv')];
  return code !== undefined && conv !== undefined ? { code, conv } : null;
}

/** Both services as one workload, in the order of arrival. */
export function readRecordings(paths: RecordingPaths): Arrival[] {
  return services
    .flatMap((service) => readRecording(paths[service], service))
    .sort((one, other) => one.atMs - other.atMs);
}

/**
 * Reads one file of the Azure LLM inference dataset 2023, plain or gzip.
 * @param service taken from the name of the file when it is one of the dataset's own names
 * @returns the requests in the order of arrival
 * @throws RecordingError when the file is missing, is not such a recording, or one of its lines is malformed
 * @see https://github.com/Azure/AzurePublicDataset/blob/master/AzureLLMInferenceDataset2023.md
 */
export function readRecording(path: string, service: Service = serviceOf(path)): Arrival[] {
  const [header, ...lines] = textOf(path).trimEnd().split(/\r?\n/);
  if (header !== HEADER) throw new RecordingError(`${path}, line 1: expected "${HEADER}", found "${header}"`);
  if (lines.length === 0) throw new RecordingError(`${path}: there is no request below the header`);
  const arrivals = lines.map((line, index) => arrivalOf(line, service, `${path}, line ${index + 2}`));
  return arrivals.sort((one, other) => one.atMs - other.atMs);
}

function serviceOf(path: string): Service {
  const service = services.find((name) => name === NAME.exec(basename(path))?.[1]);
  if (service !== undefined) return service;
  throw new RecordingError(
    `${path}: the name does not say which service was recorded; expected one like ${NAME.source}`,
  );
}

function textOf(path: string): string {
  try {
    const bytes = readFileSync(path);
    return (path.endsWith('.gz') ? gunzipSync(bytes) : bytes).toString('utf8');
  } catch (cause) {
    const reason = cause instanceof Error ? cause.message : String(cause);
    throw new RecordingError(`${path}: cannot be read (${reason})`, { cause });
  }
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
