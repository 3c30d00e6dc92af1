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
  /** How many bins each has. */
  lengths: number[];
  /** Of one sketch after the other: the first bin, and then each one's distance to the one before. */
  bins: number[];
  counts: number[];
}

export function packSketches(sketches: readonly LatencySketch[]): SketchColumns {
  const packed: SketchColumns = { lengths: [], bins: [], counts: [] };
  for (const { bins } of sketches) {
    const sorted = bins.size > 1 ? [...bins].sort(([a], [b]) => a - b) : [...bins];
    packed.lengths.push(sorted.length);
    let before = 0;
    for (const [bin, count] of sorted) {
      packed.bins.push(bin - before);
      packed.counts.push(count);
      before = bin;
    }
  }
  if (sketches.some(({ zeros }) => zeros > 0)) packed.zeros = sketches.map(({ zeros }) => zeros);
  return packed;
}

/** The same without an object for each. */
export function unpackSketchRows({ zeros, lengths, bins, counts }: SketchColumns): SketchRows {
  const rows = new SketchRowsBuilder();
  let at = 0;
  for (const [i, length] of lengths.entries()) {
    let bin = 0;
    for (const end = at + length; at < end; at++) {
      bin += bins[at] ?? 0;
      rows.entry(bin, counts[at] ?? 0);
    }
    rows.endRow(zeros?.[i] ?? 0);
  }
  return rows.finish();
}

export function unpackSketches({ zeros, lengths, bins, counts }: SketchColumns): LatencySketch[] {
  let at = 0;
  return lengths.map((length, i) => {
    const sketch: LatencySketch = { zeros: zeros?.[i] ?? 0, bins: new Map() };
    let bin = 0;
    for (const end = at + length; at < end; at++) {
      bin += bins[at] ?? 0;
      sketch.bins.set(bin, counts[at] ?? 0);
    }
    return sketch;
  });
}
