import { createHash } from 'node:crypto';
import type { HttpAnswer } from './problem.ts';

/**
 * Gives an answer a tag of what it says, and puts 304 without a body in its place where the client has it already.
 * Answers that have a tag of their own, and those that must not be kept, stay as they are.
 *
 * The tag is weak: fields that only say how much time has passed are not part of it, so that it lasts until there is
 * something new to see.
 * @param passing names of such fields of a JSON body, at its top
 * @see https://www.rfc-editor.org/rfc/rfc9110#name-etag
 */
export function tagged(
  answer: HttpAnswer,
  ifNoneMatch: string | undefined,
  passing: readonly string[] = [],
): HttpAnswer {
  const { statusCode, headers, body } = answer;
  if (statusCode !== 200 || headers['etag'] !== undefined || headers['cache-control'] !== undefined) return answer;
  const etag = `W/"${digestOf(passing.length === 0 ? body : without(body, passing))}"`;
  // Shared caches would hand one key's figures to another.
  const kept = { ...headers, etag, 'cache-control': 'private, no-cache' };
  if (!matches(ifNoneMatch, etag)) return { ...answer, headers: kept };
  const named = Object.entries(kept).filter(([name]) => name !== 'content-type');
  return { statusCode: 304, headers: Object.fromEntries(named), body: '' };
}

/** Whether a list of tags, or `*`, names the tag; weak and strong ones of the same text are the same here. */
function matches(ifNoneMatch: string | undefined, etag: string): boolean {
  if (ifNoneMatch === undefined) return false;
  if (ifNoneMatch.trim() === '*') return true;
  const named = ifNoneMatch.match(/"[^"]*"/g) ?? [];
  return named.some((opaque) => opaque === etag.replace('W/', ''));
}

function without(body: string, names: readonly string[]): string {
  const read = JSON.parse(body) as Record<string, unknown>;
  return JSON.stringify(Object.fromEntries(Object.entries(read).filter(([name]) => !names.includes(name))));
}

function digestOf(text: string): string {
  return createHash('sha256').update(text).digest('base64url').slice(0, 27);
}
