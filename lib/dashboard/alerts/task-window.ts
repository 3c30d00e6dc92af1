import type { Alert } from '../answers.ts';

const MINUTE_MS = 60_000;
/** The API looks through no more at once. */
const MOST_MINUTES = 60;
/** What was noticed went on for a while. */
const AFTER_MS = 5 * MINUTE_MS;

/** From the onset until some minutes after it was noticed, as far as the alert lasted and an answer reaches. */
export function taskWindow({ onsetAt, detectedAt, resolvedAt }: Alert, nowMs: number) {
  const endMs = resolvedAt === undefined ? nowMs : Date.parse(resolvedAt);
  const toMs = Math.ceil(Math.min(endMs, Date.parse(detectedAt) + AFTER_MS) / MINUTE_MS) * MINUTE_MS;
  const minutes = Math.ceil((toMs - Date.parse(onsetAt)) / MINUTE_MS);
  return { atMs: toMs, windowMinutes: Math.min(MOST_MINUTES, Math.max(1, minutes)) };
}
