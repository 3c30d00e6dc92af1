import {
  type PackedChunk,
  type PackedMarks,
  packChunk,
  packMarks,
  unpackChunk,
  unpackColumns,
  unpackMarks,
  unpackTasks,
} from '../aws/dynamodb/packed-chunk.ts';
import { closedChunks, type RollupChunk } from '../core/kpi/rollup-chunk.ts';
import { DAY_MINUTES, type Minute, minuteOf } from '../core/model/time.ts';
import type { RollupStore } from '../ports/rollup-store.ts';

interface Kept {
  minute: Minute;
  index: number;
  chunks: number;
  isLate: boolean;
  packed: PackedChunk;
  marks: PackedMarks;
  fence: number;
}

/**
 * Minute rollups in the memory of this process: in the columns that the tables have them in, so that they are the same when
 * they are read, but neither written as JSON nor compressed.
 */
export function memoryRollupStore(keepDays: number, nowMs: () => number): RollupStore {
  /** By system and minute, by index and lateness. */
  const minutes = new Map<string, Map<string, Kept>>();
  const keyOf = (system: string, minute: Minute) => `${system}#${minute}`;

  function keptAt(system: string, minute: Minute): Kept[] {
    if (minute < minuteOf(nowMs()) - keepDays * DAY_MINUTES) return [];
    const its = [...(minutes.get(keyOf(system, minute))?.values() ?? [])];
    return its.sort((one, other) => one.index - other.index || Number(one.isLate) - Number(other.isLate));
  }

  function keptIn(system: string, from: Minute, through: Minute): Kept[] {
    const minutes = Array.from({ length: Math.max(0, through - from + 1) }, (_, i) => from + i);
    return minutes.flatMap((minute) => keptAt(system, minute));
  }

  return {
    async read(system, from, through) {
      return keptIn(system, from, through).map(chunkOf);
    },

    async readClosed(system, minute) {
      const { late = [], marked = [] } = Object.groupBy(keptAt(system, minute), ({ isLate }) =>
        isLate ? 'late' : 'marked',
      );
      return closedChunks(
        marked.map(({ marks, packed: _, fence: __, ...name }) => ({ ...name, ...unpackMarks(marks) })),
        late.map(chunkOf),
      );
    },

    async readColumns(system, from, through) {
      return keptIn(system, from, through).map((kept) => unpackColumns(kept.packed, kept));
    },

    async readTasks(system, from, through) {
      return keptIn(system, from, through).map((kept) => unpackTasks(kept.packed, kept));
    },

    async readChunkColumns(system, minute, index) {
      const its = keptAt(system, minute).filter((kept) => kept.index === index);
      return its.map((kept) => unpackColumns(kept.packed, kept));
    },

    async save(system, chunk, fence) {
      const { minute, index, chunks, isLate } = chunk;
      const key = keyOf(system, minute);
      const its = minutes.get(key) ?? new Map<string, Kept>();
      minutes.set(key, its);
      const name = `${index}#${isLate}`;
      if ((its.get(name)?.fence ?? fence) > fence) return false;
      const packed = withOwnMetrics(packChunk(chunk));
      its.set(name, { minute, index, chunks, isLate, packed, marks: packMarks(chunk), fence });
      return true;
    },
  };
}

function chunkOf({ packed, marks, ...name }: Kept): RollupChunk {
  return { ...unpackChunk(withOwnMetrics(packed), name), ...unpackMarks(marks) };
}

/** All else is made anew when it is packed, and again when it is unpacked. */
function withOwnMetrics(packed: PackedChunk): PackedChunk {
  return packed.metrics.length === 0 ? packed : { ...packed, metrics: structuredClone(packed.metrics) };
}
