import type { CarriedOver } from '../../core/kpi/folded-input.ts';
import { type KnownPoint, pointKey } from '../../core/metric/point-index.ts';
import type { PointEvent, SpanEvent } from '../../core/model/event.ts';
import type { KnownSpan } from '../../core/trace/span-index.ts';
import { spanKey } from '../../core/trace/span-index.ts';
import type { CarryStore } from '../../ports/carry-store.ts';
import { type Columns, fromColumns, toColumns } from './event-columns.ts';
import type { ItemTable } from './item-table.ts';
import { readGeneration, saveGeneration } from './packed-generation.ts';
import { packGroups } from './packed-groups.ts';

const ENTRIES_PER_ITEM = 1_500;

/** Batch ids stand once; each event names its own by position. */
interface PackedGroup {
  batchIds: string[];
  spans: Columns[];
  spanBatches: number[];
  /** Positions of spans that are context. */
  contextSpans: number[];
  points: Columns[];
  pointBatches: number[];
  pointMinutes: number[];
}

/**
 * What the minute job carries over, in the Rollups table: some items in all. It is replaced as a whole: half of a trace
 * without the other would be taken for calls whose run never came.
 */
export function dynamoCarryStore(table: ItemTable): CarryStore {
  return {
    async read(system) {
      const spans = new Map<string, KnownSpan>();
      const points = new Map<string, KnownPoint>();
      for (const group of await readGeneration<PackedGroup>(table, carryKey(system))) {
        const unpacked = unpack(group);
        for (const known of unpacked.spans) spans.set(spanKey(known.span), known);
        for (const known of unpacked.points) points.set(pointKey(known.point), known);
      }
      return { spans: [...spans.values()], points: [...points.values()] };
    },

    async save(system, { spans, points }, fence) {
      const entries = [...spans, ...points];
      if (entries.length === 0) return saveGeneration(table, carryKey(system), [], fence);
      const groups = packGroups<KnownSpan | KnownPoint, PackedGroup>(
        entries,
        // By the span, not by its trace: a trace may be larger than an item.
        (known) => ('span' in known ? spanKey(known.span) : known.point.series),
        ENTRIES_PER_ITEM,
        (known) => pack({ spans: known.filter((it) => 'span' in it), points: known.filter((it) => 'point' in it) }),
      );
      return saveGeneration(table, carryKey(system), groups, fence);
    },
  };
}

function carryKey(system: string): string {
  return `CARRY#${system}`;
}

function pack({ spans, points }: CarriedOver): PackedGroup {
  const positions = new Map<string, number>();
  const position = ({ batchId }: { batchId: string }) => {
    const found = positions.get(batchId);
    if (found !== undefined) return found;
    positions.set(batchId, positions.size);
    return positions.size - 1;
  };
  const spanBatches = spans.map(position);
  const pointBatches = points.map(position);
  return {
    batchIds: [...positions.keys()],
    spans: toColumns(spans.map(({ span }) => span)),
    spanBatches,
    contextSpans: spans.flatMap(({ isContext }, i) => (isContext ? i : [])),
    points: toColumns(points.map(({ point }) => point)),
    pointBatches,
    pointMinutes: points.map(({ minute }) => minute),
  };
}

function unpack(group: PackedGroup): CarriedOver {
  const batchOf = (position: number | undefined) => group.batchIds[position ?? 0] ?? '';
  const contexts = new Set(group.contextSpans);
  return {
    spans: (fromColumns(group.spans) as SpanEvent[]).map((span, i) => ({
      span,
      batchId: batchOf(group.spanBatches[i]),
      ...(contexts.has(i) ? { isContext: true as const } : {}),
    })),
    points: (fromColumns(group.points) as PointEvent[]).map((point, i) => ({
      point,
      batchId: batchOf(group.pointBatches[i]),
      minute: group.pointMinutes[i] ?? 0,
    })),
  };
}
