import type { DetectionContext } from './detection-context.ts';
import { type SeriesScope, seriesId } from './series-id.ts';
import type { SeriesKindName } from './series-kind.ts';
import type { SeriesReading } from './watch.ts';

export type SubjectKind = Exclude<SeriesScope['kind'], 'fleet' | 'metric' | 'version'>;

/** The minute's readings of one kind of series, by subject: by pool, say. */
export function readingsOf(
  { readings }: Pick<DetectionContext, 'readings'>,
  series: SeriesKindName,
  of: SubjectKind,
): ReadonlyMap<string, SeriesReading> {
  const known = ofMinutes.get(readings) ?? bySeriesAndSubject(readings);
  ofMinutes.set(readings, known);
  return known.get(`${series}|${of}`) ?? none;
}

export function readingOf(
  { readings }: Pick<DetectionContext, 'readings'>,
  series: SeriesKindName,
  of: SubjectKind,
  id: string,
): SeriesReading | undefined {
  return readings.get(seriesId(series, { kind: of, id }));
}

const none: ReadonlyMap<string, SeriesReading> = new Map();
type Grouped = ReadonlyMap<string, ReadonlyMap<string, SeriesReading>>;
/** Many rules read the readings of one minute. */
const ofMinutes = new WeakMap<DetectionContext['readings'], Grouped>();

function bySeriesAndSubject(readings: DetectionContext['readings']): Grouped {
  const grouped = new Map<string, Map<string, SeriesReading>>();
  for (const reading of readings.values()) {
    const { kind, scope } = reading;
    if (scope.kind === 'fleet' || 'pool' in scope) continue;
    const key = `${kind}|${scope.kind}`;
    const group = grouped.get(key) ?? new Map<string, SeriesReading>();
    grouped.set(key, group);
    group.set(scope.id, reading);
  }
  return grouped;
}
