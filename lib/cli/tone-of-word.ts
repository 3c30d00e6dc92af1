import type { Terminal, Tone } from './terminal.ts';

/** Words of answers that say how something stands; each says it without its colour, too. */
const words: Readonly<Record<Tone, readonly string[]>> = {
  red: ['critical', 'dead', 'hung', 'failed', 'timeout', 'harmed', 'shed', 'infeasible', 'revoked', 'refused', 'no'],
  yellow: ['high', 'silent', 'degraded', 'warning', 'rejected', 'defer', 'proposed', 'unknown'],
  green: ['healthy', 'ok', 'helped', 'optimal', 'completed'],
  dim: ['resolved', 'idle', 'stopped', 'paused', 'expired', 'rolled_back', 'skipped'],
};

const tones = new Map(Object.entries(words).flatMap(([tone, of]) => of.map((word) => [word, tone as Tone] as const)));

/** A word, blanks around it included, in the colour of what it says. */
export function inItsTone(text: string, paint: Terminal['paint']): string {
  const tone = tones.get(text.trim());
  return tone === undefined ? text : paint(tone, text);
}
