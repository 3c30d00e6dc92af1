/** Readings of stretches of time of equal length, oldest first; null for one of which nothing is known. */
export type RowOfReadings = readonly (number | null)[];

/**
 * The row with one more reading.
 * @param missed stretches between the last reading and this one, of which nothing is known
 * @param most readings that are kept, the newest
 */
export function withNext(row: RowOfReadings, missed: number, reading: number, most: number): (number | null)[] {
  const unknown = Array.from({ length: Math.max(0, missed) }, () => null);
  return [...row, ...unknown, reading].slice(-most);
}
