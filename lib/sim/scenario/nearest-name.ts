/**
 * The known name that was most likely meant: the one of least edit distance, where at most four in ten of its letters differ.
 * Case and underscores do not count.
 * @returns undefined where none is near
 */
export function nearestName(given: string, known: readonly string[]): string | undefined {
  const plain = (name: string) => name.toLowerCase().replaceAll('_', '');
  const distances = known.map((name) => ({ name, distance: editDistance(plain(given), plain(name)) }));
  const near = distances.filter(({ name, distance }) => distance <= Math.floor(0.4 * plain(name).length));
  return near.sort((one, other) => one.distance - other.distance)[0]?.name;
}

/** Letters to insert, delete or replace. @see Levenshtein, 1966; by Wagner and Fischer */
function editDistance(one: string, other: string): number {
  let row = Array.from({ length: other.length + 1 }, (_, i) => i);
  for (let i = 1; i <= one.length; i += 1) {
    const next = [i];
    for (let j = 1; j <= other.length; j += 1) {
      const replaced = (row[j - 1] ?? 0) + (one[i - 1] === other[j - 1] ? 0 : 1);
      next.push(Math.min((row[j] ?? 0) + 1, (next[j - 1] ?? 0) + 1, replaced));
    }
    row = next;
  }
  return row[other.length] ?? 0;
}
