import { MINUTE_MS } from '../../model/time.ts';
import type { Guardrail } from './guardrail.ts';

/** New directives of a whole system, of every kind and mode, in so long. */
export const BUCKET_TOKENS = 30;
export const BUCKET_MS = 10 * MINUTE_MS;

/** However many reasons there seem to be, a loop that runs wild does not go on for ever. */
export const tokenBucket: Guardrail = {
  name: 'token bucket',
  takesBack: false,
  refuse(_proposal, { recent, current, nowMs }) {
    if (current) return null;
    const issued = recent.filter(({ directive }) => nowMs - directive.issuedMs < BUCKET_MS).length;
    return issued < BUCKET_TOKENS
      ? null
      : `${issued} directives were issued within ${BUCKET_MS / MINUTE_MS} min, ${BUCKET_TOKENS} at most`;
  },
};
