import { tableLines } from './table.ts';
import type { Terminal } from './terminal.ts';
import { inItsTone } from './tone-of-word.ts';

/**
 * Prints rows in columns as wide as their widest cells.
 * @param toned numbers of the columns whose words say how something stands, from 0
 */
export function printTable(
  { print, paint }: Pick<Terminal, 'print' | 'paint'>,
  header: readonly string[],
  rows: readonly (readonly string[])[],
  toned: readonly number[] = [],
): void {
  const tone = (cell: string, column: number) => (toned.includes(column) ? inItsTone(cell, paint) : cell);
  for (const line of tableLines(header, rows, () => false, tone)) print(line);
}
