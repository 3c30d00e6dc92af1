import type { Task } from './answers.ts';

/** Where the time of a task went. */
export interface TaskShare {
  label: string;
  ms: number;
  kind: 'waiting' | 'part' | 'own';
}

/**
 * Waiting, the parts (calls of one name together) in order of their first, and what is left for the agent itself. Parts
 * may overlap, and then add up to more than the task took: nothing is left then.
 */
export function taskShares({ queueMs = 0, durationMs = 0, parts = [] }: Task): TaskShare[] {
  const called = new Map<string, { ms: number; times: number }>();
  for (const { kind, name, durationMs: ms = 0 } of parts) {
    const label = `${kind} ${name}`;
    const before = called.get(label) ?? { ms: 0, times: 0 };
    called.set(label, { ms: before.ms + ms, times: before.times + 1 });
  }
  const shares = [...called].map(
    ([label, { ms, times }]): TaskShare => ({ label: times === 1 ? label : `${times} × ${label}`, ms, kind: 'part' }),
  );
  const own = durationMs - shares.reduce((sum, { ms }) => sum + ms, 0);
  return [
    ...(queueMs > 0 ? [{ label: 'waiting', ms: queueMs, kind: 'waiting' } satisfies TaskShare] : []),
    ...shares,
    ...(own > 0
      ? [{ label: parts.length === 0 ? 'at work' : 'itself', ms: own, kind: 'own' } satisfies TaskShare]
      : []),
  ];
}

export function responseMs({ queueMs = 0, durationMs = 0 }: Task): number {
  return queueMs + durationMs;
}
