import { withoutControls } from '../core/model/without-controls.ts';

/** Prints rows in columns as wide as their widest cells. */
export function table(header: string[], rows: string[][]): void {
  for (const line of tableLines(header, rows)) console.log(line);
}

/**
 * Rows as lines, in columns as wide as their widest cells. What a terminal would take for a command is left out of them.
 * @param right whether a column's cells stand at its right
 */
export function tableLines(
  header: readonly string[],
  rows: readonly (readonly string[])[],
  right: (column: number) => boolean = () => false,
): string[] {
  const shown = rows.map((row) => row.map(withoutControls));
  const widths = header.map((name, i) => Math.max(name.length, ...shown.map((row) => row[i]?.length ?? 0)));
  return [header, ...shown].map((row) =>
    row
      .map((cell, i) => (right(i) ? cell.padStart(widths[i] ?? 0) : cell.padEnd(widths[i] ?? 0)))
      .join('  ')
      .trimEnd(),
  );
}
