import type { Alert, Severity } from './answers.ts';

/** Worst first; a state that is not listed comes after those that are trouble. */
const states = ['dead', 'hung', 'silent', 'degraded', 'idle', 'paused', 'healthy', 'stopped'];
const troubles = 4;

export const severities: readonly Severity[] = ['critical', 'high', 'medium', 'low'];

/** Names with numbers in the order of these: writer-2 before writer-10. */
export const byText = new Intl.Collator('en', { numeric: true }).compare;

export function isTrouble(state: string): boolean {
  const rank = states.indexOf(state);
  return rank >= 0 && rank < troubles;
}

/** States of a list, each once, worst first, with how often each occurs. */
export function countStates(list: readonly { state: string }[]): { state: string; count: number }[] {
  const counts = new Map<string, number>();
  for (const { state } of list) counts.set(state, (counts.get(state) ?? 0) + 1);
  return [...counts].map(([state, count]) => ({ state, count })).sort((a, b) => rankOf(a.state) - rankOf(b.state));
}

interface Standing {
  state: string;
  since: string;
}

/**
 * What needs someone comes first: by state, and among those in trouble the newest trouble. The others keep the order of
 * their names, so that rows do not move about while nothing happens.
 */
export function troubleFirst<Item extends Standing>(list: readonly Item[], nameOf: (item: Item) => string): Item[] {
  return [...list].sort((a, b) => {
    const byState = rankOf(a.state) - rankOf(b.state);
    if (byState !== 0) return byState;
    const bySince = isTrouble(a.state) ? Date.parse(b.since) - Date.parse(a.since) : 0;
    return bySince || byText(nameOf(a), nameOf(b));
  });
}

/** Firing first, the worst of them first; then the rest; the latest onset first among equals. */
export function firingFirst(alerts: readonly Alert[]): Alert[] {
  const rank = ({ state, severity }: Alert) =>
    state === 'firing' ? severities.indexOf(severity) : severities.length + Number(state === 'resolved');
  return [...alerts].sort((a, b) => rank(a) - rank(b) || Date.parse(b.onsetAt) - Date.parse(a.onsetAt));
}

function rankOf(state: string): number {
  const rank = states.indexOf(state);
  return rank < 0 ? troubles - 0.5 : rank;
}
