import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { gunzipSync } from 'node:zlib';

/** A real series with its anomalies as people labelled them. */
export interface LabelledSeries {
  id: string;
  category: string;
  /** Epoch seconds, in order of time; a few stamps repeat, and some are missing. */
  t: readonly number[];
  /** Values, one for each stamp. */
  v: readonly number[];
  /** First and last index of each anomalous stretch, both included, in order. */
  windows: readonly Stretch[];
}

export type Stretch = readonly [first: number, last: number];

const FILES = { nab: 'nab-public.json.gz', ops: 'ops-public.json.gz' } as const;

export type LabelledSet = keyof typeof FILES;

/**
 * The public halves of the Numenta Anomaly Benchmark and of Microsoft's cloud monitoring data.
 * @returns what is missing, by path, when one of them is not there
 * @see https://github.com/numenta/NAB
 * @see https://github.com/microsoft/cloud-monitoring-dataset
 */
export function readLabelledSets(
  folder: string,
): { status: 'read'; sets: Record<LabelledSet, LabelledSeries[]> } | { status: 'missing'; paths: string[] } {
  const paths = Object.values(FILES).map((name) => join(folder, name));
  const missing = paths.filter((path) => !existsSync(path));
  if (missing.length > 0) return { status: 'missing', paths: missing };
  const read = (name: string): LabelledSeries[] =>
    JSON.parse(gunzipSync(readFileSync(join(folder, name))).toString('utf8')).series;
  return { status: 'read', sets: { nab: read(FILES.nab), ops: read(FILES.ops) } };
}

/** How many points at the beginning of a series are never scored: 15 %, 750 at most. */
export function probationaryLength(points: number): number {
  return Math.min(Math.floor(0.15 * points), 750);
}
