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

/**
 * How many opening brackets a JSON body may have, those in its texts too: an empty object takes two bytes and a hundred
 * in memory. Real requests have one in about 35 bytes.
 */
export const MAX_JSON_BRACKETS = 1_500_000;
