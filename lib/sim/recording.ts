import { existsSync, readFileSync } from 'node:fs';
import { basename, join } from 'node:path';
import { gunzipSync } from 'node:zlib';
import { type Arrival, type Service, services } from './arrival.ts';
import { parseRecording, RecordingError } from './parse-recording.ts';

const FOLDER = join('..', 'shared', 'data');
const NAME = /azure-llm-inference-2023-(code|conv)\.csv(\.gz)?$/;

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
  return parseRecording(textOf(path), service, path);
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
