/** What was to be stored is larger than what the store holds in one piece. */
export class TooLargeError extends Error {
  readonly code = 'too_large';
}
