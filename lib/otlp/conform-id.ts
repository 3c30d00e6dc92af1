import { fingerprint } from '../core/model/fingerprint.ts';

const MAX_LENGTH = 128;
const CONFORMS = /^[A-Za-z0-9._:/@-]{1,128}$/;
const FOREIGN = /[^A-Za-z0-9._:/@-]/gu;
const SUFFIX_DIGITS = 6;

/**
 * Turns any text into an id (1 to 128 characters of A-Z a-z 0-9 . _ : / @ -); the same text always gives the same id.
 * White space becomes "-". Where anything else had to be replaced, or the text was too long, the id ends in six digits
 * of the text's fingerprint, because "größe" and "grüße" are not the same agent.
 * @example conformId('Research Analyst') // "Research-Analyst"
 */
export function conformId(text: string): string {
  if (CONFORMS.test(text)) return text;
  const spaced = text.replace(/\s+/g, '-');
  const plain = spaced.replace(FOREIGN, '-');
  if (plain === spaced && plain.length > 0 && plain.length <= MAX_LENGTH) return plain;
  const suffix = `-${fingerprint(text).slice(0, SUFFIX_DIGITS)}`;
  return plain.slice(0, MAX_LENGTH - suffix.length) + suffix;
}
