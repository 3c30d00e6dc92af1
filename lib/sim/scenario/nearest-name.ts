import { editDistance } from '../../core/model/edit-distance.ts';

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
