import type { Scenario } from '../scenario/scenario.ts';
import type { AgentPool } from './agent-pool.ts';
import type { Tuning } from './policy.ts';

/** @throws RangeError where the pool cannot be tuned in this way */
export function checkTuning(
  { concurrency, timeoutMs, model }: Tuning,
  { name, spec }: AgentPool,
  { taskTypes }: Scenario,
  isOneAgent: boolean,
): void {
  if (concurrency !== undefined && concurrency !== null) {
    if (!spec.contention) throw new RangeError(`the agents of "${name}" take so many tasks at once as they have slots`);
    if (!Number.isInteger(concurrency) || concurrency < 1 || concurrency > 64) {
      throw new RangeError(`a concurrency must be a whole number within 1..64; got ${concurrency}`);
    }
  }
  if (timeoutMs !== undefined && timeoutMs !== null && !(timeoutMs >= 1)) {
    throw new RangeError(`a time limit must be at least 1 ms; got ${timeoutMs}`);
  }
  if (timeoutMs !== undefined && isOneAgent) throw new RangeError('a time limit is of a pool, not of one agent');
  if (model === undefined || model === null) return;
  if (!taskTypes.some(({ pool, models }) => pool === name && models?.some((it) => it.model === model))) {
    throw new RangeError(`no task type of "${name}" has a model "${model}"`);
  }
}
