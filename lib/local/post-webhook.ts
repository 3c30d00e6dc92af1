import { setTimeout as delay } from 'node:timers/promises';

const PAUSES_BEFORE_RETRY_MS = [100, 400];
const TIMEOUT_MS = 5_000;

/** Delivers a message as SNS does, with two retries; gives the reason when it was not taken. */
export async function postWebhook(
  endpoint: string,
  body: string,
  headers: Record<string, string>,
): Promise<string | undefined> {
  let failure = '';
  for (let attempt = 0; ; attempt += 1) {
    try {
      const signal = AbortSignal.timeout(TIMEOUT_MS);
      const response = await fetch(endpoint, { method: 'POST', body, headers, signal, redirect: 'manual' });
      await response.body?.cancel();
      if (response.ok) return undefined;
      failure = `it answered ${response.status}`;
      // A client error will not go away by asking again.
      if (response.status < 500 && response.status !== 429) return failure;
    } catch (error) {
      failure = reason(error);
    }
    const pauseMs = PAUSES_BEFORE_RETRY_MS[attempt];
    if (pauseMs === undefined) return `${failure} (${attempt + 1} tries)`;
    await delay(pauseMs);
  }
}

function reason(error: unknown): string {
  if (!(error instanceof Error)) return String(error);
  return error.cause instanceof Error ? error.cause.message : error.message;
}
