/** What an input of a moment holds, `2026-11-24T10:00`, as epoch ms in UTC; undefined where that is none. */
export function readUtc(text: string): number | undefined {
  const ms = /^\d{4}-\d\d-\d\dT\d\d:\d\d(:\d\d)?$/.test(text) ? Date.parse(`${text}Z`) : Number.NaN;
  return Number.isNaN(ms) ? undefined : ms;
}

/** The value of such an input, to the minute. */
export function writeUtc(ms: number): string {
  return new Date(ms).toISOString().slice(0, 16);
}
