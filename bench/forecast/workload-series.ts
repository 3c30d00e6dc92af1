import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { gunzipSync } from 'node:zlib';

/** Real series of one kind, with the origins at which they are to be forecast from what came before. */
export interface WorkloadGroup {
  name: string;
  /** Seconds. */
  step: number;
  /** Steps to forecast. */
  h: number;
  /** Season of the scale that errors are told in, steps. */
  m: number;
  /** Seasons worth knowing, steps. */
  periods: number[];
  series: { id: string; y: number[]; origins: number[] }[];
}

const FILE = 'workload-public.json.gz';

/** The public half of the forecasting set. @returns null where it is not there */
export function readWorkloads(folder: string): WorkloadGroup[] | null {
  const path = join(folder, FILE);
  if (!existsSync(path)) return null;
  return JSON.parse(gunzipSync(readFileSync(path)).toString('utf8')).groups;
}
