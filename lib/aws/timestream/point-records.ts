import type { MeasureValue, _Record as TimestreamRecord } from '@aws-sdk/client-timestream-write';
import { useCounters } from '../../core/kpi/figures.ts';
import type { HistoryPoint } from '../../core/kpi/history-point.ts';
import { type MetricRollup, metricSum } from '../../core/kpi/metric-rollup.ts';
import { type PackedFigures, packFigures, unpackFigures } from '../../core/kpi/packed-figures.ts';
import { presenceCounters } from '../../core/kpi/presence-rollup.ts';
import { taskCounters } from '../../core/kpi/task-rollup.ts';
import { workflowCounters } from '../../core/kpi/workflow-rollup.ts';
import { startOfMinute } from '../../core/model/time.ts';

/** Names and values of a record may have 2,048 bytes; a few stay free in case the service counts more than it says. */
const MOST_BYTES = 2_000;

/** A record as it is read. */
export interface ReadRecord {
  measureName: string;
  packed: string;
  parts: number;
  revision: number;
}

/**
 * The records of one point. The first has the measure name `point`, every counter that is not 0 by its name, and
 * `packed`, from which the point is read back: JSON in ASCII. What of it does not fit follows in `point.1`, `point.2` and
 * so on: a few for a fleet's sketches, and never more than 70, which are three sketches with every bin there is.
 * @param system only for its size: it is among the attributes that the records of a request have in common
 * @param revision in every record, so that parts of different writings are not put together; also the record version
 */
export function pointRecords(system: string, point: HistoryPoint, revision: number): TimestreamRecord[] {
  const { scope, at, figures, metric } = point;
  const text = ascii(JSON.stringify([figures && packFigures(figures), metric]));
  const measures = readableMeasures(point);
  const empty = [bigint('parts', 0), bigint('revision', 0), { Name: 'packed', Type: 'VARCHAR' as const, Value: '' }];
  const dimensions = `system${system}scope${scope}`.length;
  const firstRoom = MOST_BYTES - dimensions - sizeOf('point', [...empty, ...measures]);
  const nextRoom = MOST_BYTES - dimensions - sizeOf('point.00', empty);

  const texts = [text.slice(0, firstRoom)];
  for (let begin = firstRoom; begin < text.length; begin += nextRoom) texts.push(text.slice(begin, begin + nextRoom));
  return texts.map((packed, part) => ({
    Dimensions: [{ Name: 'scope', Value: scope }],
    MeasureName: part === 0 ? 'point' : `point.${part}`,
    MeasureValues: [
      ...(part === 0 ? measures : []),
      { Name: 'packed', Type: 'VARCHAR', Value: packed },
      bigint('parts', texts.length),
      bigint('revision', revision),
    ],
    Time: String(startOfMinute(at)),
    Version: revision,
  }));
}

/** @returns what a point was written with; null while parts of it are missing, or are of another revision */
export function pointOfRecords(records: readonly ReadRecord[]): Pick<HistoryPoint, 'figures' | 'metric'> | null {
  const named = new Map(records.map((record) => [record.measureName, record]));
  const first = named.get('point');
  if (!first) return null;
  let text = first.packed;
  for (let part = 1; part < first.parts; part++) {
    const next = named.get(`point.${part}`);
    if (next?.revision !== first.revision) return null;
    text += next.packed;
  }
  const [figures, metric] = JSON.parse(text) as [PackedFigures | null, MetricRollup | null];
  return { figures: figures && unpackFigures(figures), metric };
}

/** What people query with SQL; nothing is read back from it. */
function readableMeasures({ figures, metric }: HistoryPoint): MeasureValue[] {
  return [
    ...(figures
      ? [
          ...taskCounters.map((name) => bigint(snakeCase(name), figures.tasks.counters[name])),
          ...presenceCounters.map((name) => bigint(snakeCase(name), figures.presence.counters[name])),
          ...useCounters.map((name) => bigint(snakeCase(name), figures.use[name])),
          ...workflowCounters.map((name) => bigint(`workflow_${snakeCase(name)}`, figures.workflows.counters[name])),
        ].filter(({ Value }) => Value !== '0')
      : []),
    ...(metric
      ? [
          bigint('metric_count', metric.count),
          ...double('metric_sum', metricSum(metric)),
          ...double('metric_min', metric.min),
          ...double('metric_max', metric.max),
          ...double('metric_last', metric.last?.value ?? null),
        ]
      : []),
  ];
}

function bigint(Name: string, value: number): { Name: string; Type: 'BIGINT'; Value: string } {
  // Beyond this a sum is no longer exact, and its text may have an exponent.
  return { Name, Type: 'BIGINT', Value: Number.isSafeInteger(value) ? String(value) : '0' };
}

function double(Name: string, value: number | null): { Name: string; Type: 'DOUBLE'; Value: string }[] {
  return value !== null && Number.isFinite(value) ? [{ Name, Type: 'DOUBLE', Value: String(value) }] : [];
}

/** Bytes that count towards the size of a record without its dimensions. */
function sizeOf(measureName: string, measures: readonly MeasureValue[]): number {
  const time = 8;
  const values = measures.map(
    ({ Name = '', Type, Value = '' }) => Name.length + (Type === 'VARCHAR' ? Value.length : 8),
  );
  return time + measureName.length + values.reduce((sum, bytes) => sum + bytes, 0);
}

/** The same JSON with a byte for each character. */
function ascii(json: string): string {
  return json.replace(/[^\x20-\x7e]/g, (unit) => `\\u${unit.charCodeAt(0).toString(16).padStart(4, '0')}`);
}

function snakeCase(name: string): string {
  return name.replace(/[A-Z]/g, (letter) => `_${letter.toLowerCase()}`);
}
