import { zeroCounters } from '../../core/kpi/counters.ts';
import type { LatencySketch } from '../../core/kpi/latency-sketch.ts';
import { type SketchRows, SketchRowsBuilder } from '../../core/kpi/sketch-rows.ts';

// Values of one kind side by side: they compress to less than rows do, and are parsed faster.

/** Texts that repeat: each once, and for each row which it is. */
export interface TextColumn {
  texts: string[];
  /** Absent where row i has text i. */
  rows?: number[];
}

export function packTexts(values: readonly string[]): TextColumn {
  const places = new Map<string, number>();
  const rows = values.map((value) => {
    const found = places.get(value);
    if (found !== undefined) return found;
    places.set(value, places.size);
    return places.size - 1;
  });
  const texts = [...places.keys()];
  return texts.length === values.length ? { texts } : { texts, rows };
}

/** The text of each row. */
export function unpackTexts({ texts, rows }: TextColumn): string[] {
  return rows ? rows.map((row) => texts[row] ?? '') : texts;
}

/** By counter, in the order of its names: its values, or nothing where all are 0. */
export type CounterColumns = number[][];

export function packCounters<Name extends string>(
  names: readonly Name[],
  rows: readonly Readonly<Record<Name, number>>[],
): CounterColumns {
  const columns = names.map((name) => {
    for (const row of rows) if (row[name] !== 0) return rows.map((of) => of[name]);
    return [];
  });
  while (columns.length > 0 && columns.at(-1)?.length === 0) columns.pop();
  return columns;
}

/** @param count how many rows; counters that were not packed are 0 */
export function unpackCounters<Name extends string>(
  names: readonly Name[],
  columns: CounterColumns,
  count: number,
): Record<Name, number>[] {
  const none = zeroCounters(names);
  const rows = Array.from({ length: count }, () => ({ ...none }));
  for (const [i, name] of names.entries()) {
    const column = columns[i];
    if (!column || column.length === 0) continue;
    for (let row = 0; row < count; row++) (rows[row] as Record<Name, number>)[name] = column[row] ?? 0;
  }
  return rows;
}

export interface SketchColumns {
  /** Of every sketch; absent where all are 0. */
  zeros?: number[];
  /** How many bins each has; where counts are absent, how many values: a bin for each of them. */
  lengths: number[];
  /** Of sketches that have one, the first bin. Absent in what was written before first ones stood apart: they are among the bins. */
  firsts?: number[];
  /** Of one sketch after the other: each bin's distance to the one before. */
  bins: number[];
  /** Absent where bins are repeated instead, which takes less where few have more than one value. */
  counts?: number[];
}

/** Bins are repeated where there are no more than so many values to a bin. */
const MOST_REPEATED = 1.5;

export function packSketches(sketches: readonly LatencySketch[]): SketchColumns {
  const sorted = sketches.map(({ bins }) => (bins.size > 1 ? [...bins].sort(([a], [b]) => a - b) : [...bins]));
  const all = sorted.flat();
  const isRepeated = all.reduce((sum, [, count]) => sum + count, 0) <= MOST_REPEATED * all.length;
  const [lengths, firsts, steps]: [number[], number[], number[]] = [[], [], []];
  for (const bins of sorted) {
    const each = isRepeated
      ? bins.flatMap(([bin, count]) => new Array<number>(count).fill(bin))
      : bins.map(([bin]) => bin);
    lengths.push(each.length);
    for (const [i, bin] of each.entries()) {
      if (i === 0) firsts.push(bin);
      else steps.push(bin - (each[i - 1] as number));
    }
  }
  const zeros = sketches.some((sketch) => sketch.zeros > 0) && { zeros: sketches.map((sketch) => sketch.zeros) };
  return { ...zeros, lengths, firsts, bins: steps, ...(!isRepeated && { counts: all.map(([, count]) => count) }) };
}

/** Tells each bin and its count, and when those of a sketch have ended. A bin may be told several times. */
function readSketches(
  { zeros, lengths, firsts, bins, counts }: SketchColumns,
  onBin: (bin: number, count: number) => void,
  onEnd: (zeros: number) => void,
): void {
  let [at, first, value] = [0, 0, 0];
  for (const [i, length] of lengths.entries()) {
    let bin = 0;
    for (let n = 0; n < length; n++) {
      bin += (firsts && n === 0 ? firsts[first++] : bins[at++]) ?? 0;
      onBin(bin, counts ? (counts[value++] ?? 0) : 1);
    }
    onEnd(zeros?.[i] ?? 0);
  }
}

/** The same without an object for each. */
export function unpackSketchRows(packed: SketchColumns): SketchRows {
  const rows = new SketchRowsBuilder();
  let [last, count] = [0, 0];
  const enter = () => {
    if (count > 0) rows.entry(last, count);
    count = 0;
  };
  readSketches(
    packed,
    (bin, more) => {
      if (bin !== last) enter();
      last = bin;
      count += more;
    },
    (zeros) => {
      enter();
      rows.endRow(zeros);
    },
  );
  return rows.finish();
}

export function unpackSketches(packed: SketchColumns): LatencySketch[] {
  const sketches: LatencySketch[] = [];
  let bins = new Map<number, number>();
  readSketches(
    packed,
    (bin, count) => bins.set(bin, (bins.get(bin) ?? 0) + count),
    (zeros) => {
      sketches.push({ zeros, bins });
      bins = new Map();
    },
  );
  return sketches;
}
