import { withoutControls } from '../core/model/without-controls.ts';

/** Prints rows in columns as wide as their widest cells. */
export function table(header: string[], rows: string[][]): void {
  for (const line of tableLines(header, rows)) console.log(line);
}

/**
 * Rows as lines, in columns as wide as their widest cells. What a terminal would take for a command is left out of them.
 * @param right whether a column's cells stand at its right
 * @param tone what becomes of a cell below the header, once it is as wide as its column
 */
export function tableLines(
  header: readonly string[],
  rows: readonly (readonly string[])[],
  right: (column: number) => boolean = () => false,
  tone: (cell: string, column: number) => string = (cell) => cell,
): string[] {
  const shown = rows.map((row) => row.map(withoutControls));
  const widths = header.map((name, i) => Math.max(name.length, ...shown.map((row) => row[i]?.length ?? 0)));
  const last = header.length - 1;
  const padded = (cell: string, i: number) => {
    if (right(i)) return cell.padStart(widths[i] ?? 0);
    return i === last ? cell : cell.padEnd(widths[i] ?? 0);
  };
  return [
    header.map(padded).join('  ').trimEnd(),
    ...shown.map((row) =>
      row
        .map((cell, i) => tone(padded(cell, i), i))
        .join('  ')
        .trimEnd(),
    ),
  ];
}
