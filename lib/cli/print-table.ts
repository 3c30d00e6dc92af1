import { tableLines } from './table.ts';
import type { Terminal } from './terminal.ts';
import { inItsTone } from './tone-of-word.ts';

/** The last cells are not cut shorter than this. */
const LEAST_LAST = 24;

/**
 * Prints rows in columns as wide as their widest cells.
 * @param toned numbers of the columns whose words say how something stands, from 0
 * @param fitsLast whether the last cells, where they are long, are cut so that rows do not wrap on a terminal
 */
export function printTable(
  { print, paint, columns }: Pick<Terminal, 'print' | 'paint' | 'columns'>,
  header: readonly string[],
  rows: readonly (readonly string[])[],
  toned: readonly number[] = [],
  { fitsLast = false }: { fitsLast?: boolean } = {},
): void {
  const tone = (cell: string, column: number) => (toned.includes(column) ? inItsTone(cell, paint) : cell);
  const shown = fitsLast && columns !== undefined ? fitted(header, rows, columns) : rows;
  for (const line of tableLines(header, shown, () => false, tone)) print(line);
}

function fitted(
  header: readonly string[],
  rows: readonly (readonly string[])[],
  columns: number,
): readonly (readonly string[])[] {
  const last = header.length - 1;
  const others = header
    .slice(0, last)
    .map((name, i) => Math.max(name.length, ...rows.map((row) => row[i]?.length ?? 0)));
  const room = Math.max(LEAST_LAST, columns - others.reduce((sum, width) => sum + width + 2, 0));
  return rows.map((row) => [...row.slice(0, last), cut(row[last] ?? '', room)]);
}

function cut(text: string, length: number): string {
  return text.length <= length ? text : `${text.slice(0, length - 1).trimEnd()}…`;
}
