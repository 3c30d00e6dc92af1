/** Stands for what was taken out. */
export const REDACTED = '[redacted]';
/** Longer texts are cut before they are searched: the time it takes stays small whatever a sender sends. */
const MAX_SEARCHED = 1_024;

/**
 * Shapes of credentials that turn up in error messages; each keeps what stands before the secret. Repetitions in front
 * of a fixed part are bounded, so that no text takes quadratic time.
 */
const patterns: readonly { shape: RegExp; replacement: string }[] = [
  {
    shape: /\b(authorization|proxy-authorization)(["']?\s*[:=]\s*["']?)(?:(?:bearer|basic)\s+)?[^\s"',;]+/gi,
    replacement: `$1$2${REDACTED}`,
  },
  { shape: /\b(bearer|basic)\s+[A-Za-z0-9._~+/=-]{8,}/gi, replacement: `$1 ${REDACTED}` },
  {
    shape:
      /((?:api[_-]?key|secret|token|password|passwd|pwd|access[_-]?key|credential)[\w-]{0,30})(["']?\s{0,3}[:=]\s{0,3}["']?)[^\s"',;&]{4,}/gi,
    replacement: `$1$2${REDACTED}`,
  },
  { shape: /\b(?:sk|pk|rk|fp)[-_](?:[A-Za-z0-9]{1,20}[-_]){0,4}[A-Za-z0-9_-]{16,}/g, replacement: REDACTED },
  { shape: /\b(?:AKIA|ASIA)[A-Z0-9]{16}\b/g, replacement: REDACTED },
  { shape: /\bgh[pousr]_[A-Za-z0-9]{20,}\b/g, replacement: REDACTED },
  { shape: /\bxox[abprs]-[A-Za-z0-9-]{10,}/g, replacement: REDACTED },
  { shape: /\beyJ[A-Za-z0-9_-]{8,}\.[A-Za-z0-9_-]{8,}\.[A-Za-z0-9_-]*/g, replacement: REDACTED },
  { shape: /-----BEGIN [A-Z ]*PRIVATE KEY-----[\s\S]*?(?:-----END [A-Z ]*PRIVATE KEY-----|$)/g, replacement: REDACTED },
  { shape: /\b([a-z][a-z0-9+.-]{0,20}:\/\/[^\s:/@]{0,64}:)[^\s@/]{1,256}@/gi, replacement: `$1${REDACTED}@` },
];

/**
 * Replaces what looks like a credential by "[redacted]": keys of common issuers, bearer tokens, JSON web tokens,
 * private keys, passwords in URLs, and values after names such as password, token or api_key. What lies beyond the
 * first 1,024 characters is dropped.
 */
export function redactSecrets(text: string): string {
  return patterns.reduce(
    (redacted, { shape, replacement }) => redacted.replace(shape, replacement),
    text.slice(0, MAX_SEARCHED),
  );
}
