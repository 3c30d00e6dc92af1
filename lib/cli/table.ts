/** Prints rows in columns as wide as their widest cells. */
export function table(header: string[], rows: string[][]): void {
  for (const line of tableLines(header, rows)) console.log(line);
}

/** Rows as lines, in columns as wide as their widest cells. @param right whether a column's cells stand at its right */
export function tableLines(
  header: readonly string[],
  rows: readonly (readonly string[])[],
  right: (column: number) => boolean = () => false,
): string[] {
  const widths = header.map((name, i) => Math.max(name.length, ...rows.map((row) => row[i]?.length ?? 0)));
  return [header, ...rows].map((row) =>
    row
      .map((cell, i) => (right(i) ? cell.padStart(widths[i] ?? 0) : cell.padEnd(widths[i] ?? 0)))
      .join('  ')
      .trimEnd(),
  );
}
