const ISO =
  /^(\d{4})-(\d{2})-(\d{2})(?:[T ](\d{2}):(\d{2})(?::(\d{2})(\.\d+)?)?)?\s?(?:(Z|UTC)|([+-])(\d{2}):?(\d{2}))?$/i;
const EPOCH = /^\d{9,13}(\.\d+)?$/;
/** The year 5138 in seconds, 1973 in milliseconds. */
const FIRST_MS = 100_000_000_000;

/**
 * A moment as files have it: ISO 8601 (a date alone is its midnight, a space may take the place of the T, and without a
 * zone it is UTC), or epoch seconds or milliseconds.
 * @returns epoch ms, or undefined when it is none of these, or no such day or hour exists
 */
export function parseTime(text: string): number | undefined {
  if (EPOCH.test(text)) {
    const epoch = Number(text);
    return epoch < FIRST_MS ? epoch * 1_000 : epoch;
  }
  const match = ISO.exec(text);
  if (!match) return undefined;
  const [year = 0, month = 0, day = 0, hour = 0, minute = 0, second = 0] = match
    .slice(1, 7)
    .map((it) => Number(it ?? 0));
  const [, , , , , , , fraction = '0', , sign, zoneHours = '0', zoneMinutes = '0'] = match;
  const wholeMs = Date.UTC(year, month - 1, day, hour, minute, second);
  const shown = `${match.slice(1, 4).join('-')}T${[hour, minute, second].map((it) => String(it).padStart(2, '0')).join(':')}`;
  // Date.UTC counts on where a month or a day ends.
  if (Number.isNaN(wholeMs) || new Date(wholeMs).toISOString().slice(0, 19) !== shown) return undefined;
  const zoneMs = (Number(zoneHours) * 60 + Number(zoneMinutes)) * 60_000;
  return wholeMs + Number(fraction) * 1_000 - (sign === '-' ? -zoneMs : zoneMs);
}
