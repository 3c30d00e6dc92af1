const SECOND_MS = 1_000;
const MINUTE_MS = 60 * SECOND_MS;
const HOUR_MS = 60 * MINUTE_MS;
const DAY_MS = 24 * HOUR_MS;

const months = ['Jan', 'Feb', 'Mar', 'Apr', 'May', 'Jun', 'Jul', 'Aug', 'Sep', 'Oct', 'Nov', 'Dec'];

/** A length of time in its two largest units: `34 s`, `4 min`, `3 h 12 min`, `2 d 4 h`. */
export function lengthText(ms: number): string {
  const length = Math.max(0, ms);
  if (length < MINUTE_MS) return `${Math.floor(length / SECOND_MS)}\u00a0s`;
  if (length < HOUR_MS) return `${Math.floor(length / MINUTE_MS)}\u00a0min`;
  if (length < DAY_MS) return pair(length, HOUR_MS, 'h', MINUTE_MS, 'min');
  return pair(length, DAY_MS, 'd', HOUR_MS, 'h');
}

function pair(length: number, largeMs: number, large: string, smallMs: number, small: string): string {
  const rest = Math.floor((length % largeMs) / smallMs);
  const first = `${Math.floor(length / largeMs)}\u00a0${large}`;
  return rest === 0 ? first : `${first}\u00a0${rest}\u00a0${small}`;
}

/** `10:32`, UTC, with the date in front where it is not that of `nowMs`: `23 Nov 10:32`. */
export function clockText(atMs: number, nowMs: number): string {
  const at = new Date(atMs);
  const time = at.toISOString().slice(11, 16);
  if (Math.floor(atMs / DAY_MS) === Math.floor(nowMs / DAY_MS)) return time;
  return `${at.getUTCDate()} ${months[at.getUTCMonth()]} ${time}`;
}

const instants = /\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(?:\.\d+)?Z/g;

/** A sentence of the service, with its instants as the page has them, to the second: `since 2026-11-24T10:32:08.000Z` is `since 10:32:08 UTC`. */
export function withClockTimes(sentence: string, nowMs: number): string {
  return sentence.replace(instants, (instant) => {
    const atMs = Date.parse(instant);
    if (Number.isNaN(atMs)) return instant;
    const seconds = instant.slice(17, 19);
    return `${clockText(atMs, nowMs)}${seconds === '00' ? '' : `:${seconds}`} UTC`;
  });
}

/** `10:00–10:15 UTC`, with dates where they are not today's. */
export function periodText(fromMs: number, toMs: number, nowMs: number): string {
  return `${clockText(fromMs, nowMs)}–${clockText(toMs, nowMs)} UTC`;
}

/** How long something has lasted, or `just now` within its first minute. */
export function lastedText(sinceMs: number, nowMs: number): string {
  return nowMs - sinceMs < MINUTE_MS ? 'just now' : lengthText(nowMs - sinceMs);
}

/** Minutes of a window such as `15m`, `6h` or `1d`; undefined for anything else. */
export function windowMinutes(window: string): number | undefined {
  const match = /^([1-9]\d{0,4})([mhd])$/.exec(window);
  return match ? Number(match[1]) * { m: 1, h: 60, d: 1_440 }[match[2] as 'm' | 'h' | 'd'] : undefined;
}
