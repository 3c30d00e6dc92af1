import { errorSignature } from '../cause/error-signature.ts';
import type { TaskEvent } from '../model/event.ts';

/** How often one agent's tasks of one type ended with one error, in one minute. */
export interface ErrorRollup {
  /** '' for tasks rejected before they reached an agent; then `pool` names the pool. */
  agent: string;
  pool: string;
  taskType: string;
  /** As errorSignature gives it; the status alone where no error was told; or {@link OTHER_ERRORS}. */
  signature: string;
  n: number;
}

/** How many signatures of an agent, or of a pool's rejections, are kept apart in a minute. */
export const MAX_SIGNATURES = 20;
/** All signatures beyond that together. */
export const OTHER_ERRORS = 'other';

export function errorRollupKey({ agent, pool, taskType, signature }: Omit<ErrorRollup, 'n'>): string {
  return `${agent}\n${agent === '' ? pool : ''}\n${taskType}\n${signature}`;
}

/** What a task that ended badly is counted as; null for any other. */
export function errorOf({ agent = '', pool = '', taskType, status, error }: TaskEvent): Omit<ErrorRollup, 'n'> | null {
  if (status === 'completed' || status === 'cancelled') return null;
  return { agent, pool: agent === '' ? pool : '', taskType, signature: error ? errorSignature(error) : status };
}

/**
 * The same errors with the most frequent signatures of each agent kept apart, {@link MAX_SIGNATURES} at most, and the rest
 * of each task type together. Of signatures that are as frequent, the first by name are kept, so that the order in which
 * they were counted never matters.
 * @returns in order of their keys
 */
export function boundErrors(errors: Iterable<ErrorRollup>): ErrorRollup[] {
  const bySender = Map.groupBy(errors, ({ agent, pool }) => `${agent}\n${pool}`);
  const kept = [...bySender.values()].flatMap((ofSender) => {
    const frequent = mostFrequent(ofSender);
    return sumsByKey(
      ofSender.map((rollup) => (frequent.has(rollup.signature) ? rollup : { ...rollup, signature: OTHER_ERRORS })),
    );
  });
  return kept.sort((a, b) => (errorRollupKey(a) < errorRollupKey(b) ? -1 : 1));
}

function mostFrequent(errors: readonly ErrorRollup[]): Set<string> {
  const counts = new Map<string, number>();
  for (const { signature, n } of errors) counts.set(signature, (counts.get(signature) ?? 0) + n);
  counts.delete(OTHER_ERRORS);
  const ordered = [...counts].sort(([a, n], [b, m]) => m - n || (a < b ? -1 : 1));
  return new Set(ordered.slice(0, MAX_SIGNATURES).map(([signature]) => signature));
}

function sumsByKey(errors: readonly ErrorRollup[]): ErrorRollup[] {
  const sums = new Map<string, ErrorRollup>();
  for (const rollup of errors) {
    const key = errorRollupKey(rollup);
    const sum = sums.get(key);
    if (sum) sum.n += rollup.n;
    else sums.set(key, { ...rollup });
  }
  return [...sums.values()];
}
