import { editDistance } from './edit-distance.ts';

/**
 * The name that somebody most likely meant: the one that the fewest edits lead to, at most one in three characters, or else the
 * only one that begins with what was given.
 * @returns null where none is near
 */
export function nearestName(given: string, names: readonly string[]): string | null {
  const near = names
    .map((name) => ({ name, edits: editDistance(given, name) }))
    .filter(({ name, edits }) => edits <= Math.max(1, Math.floor(Math.max(given.length, name.length) / 3)))
    .sort((a, b) => a.edits - b.edits);
  if (near[0]) return near[0].name;
  const [only, ...others] = given === '' ? [] : names.filter((name) => name.startsWith(given));
  return only !== undefined && others.length === 0 ? only : null;
}
