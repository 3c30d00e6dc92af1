import { type Page, pageOf } from '../api/page.ts';
import { cursorField } from '../api/query-parameters.ts';
import { MOST_ROWS } from './answer-schemas.ts';

/**
 * A page of what an endpoint answers all at once.
 * @param keyOf different for each item, in the order of the items
 * @param cursor the `next` of the page before
 */
export function rowsOfAll<Item>(
  items: readonly Item[],
  keyOf: (item: Item, place: number) => string,
  { limit = String(MOST_ROWS), cursor }: { limit?: string; cursor?: string },
): Page<Item> {
  const keyed = items.map((item, place) => ({ item, key: keyOf(item, place) }));
  const after = cursor === undefined ? undefined : cursorField.read(cursor, 'cursor');
  const { items: page, next } = pageOf(keyed, ({ key }) => key, { after, limit: Number(limit) });
  return { items: page.map(({ item }) => item), next };
}

/** The key of a place in a list whose order says something. */
export function placeKey(place: number): string {
  return String(place).padStart(6, '0');
}
