import { type EpochMs, MINUTE_MS } from '../model/time.ts';
import type { DirectiveKindName } from './directive.ts';

/** Something that was called for and not done, and why. */
export interface Held {
  kind: DirectiveKindName;
  subject: string;
  /** What would have been done. */
  summary: string;
  /** The guardrail that refused it, and in words. */
  guardrail: string;
  why: string;
  atMs: EpochMs;
}

/** What a kind does not propose although it is called for, as the same was refused lately. */
export type HeldBack = Pick<Held, 'subject' | 'summary' | 'why'>;

/** People see what was refused for so long, and so many at most. */
export const HELD_SHOWN_MS = 60 * MINUTE_MS;
const MAX_HELD = 30;

/** The newest refusal of each kind and subject, newest first. */
export function heldAfter(before: readonly Held[], newer: readonly Held[], nowMs: EpochMs): Held[] {
  const bySubject = new Map([...before, ...newer].map((held) => [`${held.kind}\n${held.subject}`, held] as const));
  return [...bySubject.values()]
    .filter(({ atMs }) => nowMs - atMs < HELD_SHOWN_MS)
    .sort((a, b) => b.atMs - a.atMs || (a.subject < b.subject ? -1 : 1))
    .slice(0, MAX_HELD);
}
