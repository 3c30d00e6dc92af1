/**
 * How many resources, scopes, spans, events, links, metrics, points, arrays and maps a request may hold together. An
 * empty one takes two bytes on the wire and hundreds in memory; in real requests they take a hundred bytes and more, so
 * that 20 MB stay below this.
 */
export const MAX_ITEMS = 250_000;

/** How deep arrays and maps in attribute values may be nested. */
export const MAX_DEPTH = 16;

/** Of one sign of an exponential histogram; SDKs keep 160. */
export const MAX_EXPONENTIAL_BUCKETS = 16_384;
