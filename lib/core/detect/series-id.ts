import type { SeriesKindName } from './series-kind.ts';

/** What a series is of. */
export type SeriesScope =
  | { kind: 'fleet' }
  | { kind: 'pool' | 'taskType' | 'tool' | 'model' | 'wait'; id: string }
  /** A custom metric, of a pool or of the system (''); a version of a pool's agents, compared with the others. */
  | { kind: 'metric' | 'version'; id: string; pool: string };

export function seriesId(kind: SeriesKindName, scope: SeriesScope): string {
  const { kind: of, id = '', pool = '' } = { id: '', pool: '', ...scope };
  return [kind, of, id, pool].join('|');
}
