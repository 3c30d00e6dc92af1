import { normalTail } from '../../core/detect/normal-tail.ts';
import type { FaultSpec, ServiceSpec, TaskTypeSpec } from '../scenario/scenario.ts';
import { logNormalOf } from './luck.ts';
import { RETRY_SHARE } from './retry-budget.ts';

/**
 * Expected seconds that a task of a type keeps slots of agents of speed 1, under the faults of its pool and of its type in
 * force: until it completes, fails halfway on average, or is given up, with the retries that follow. As if none waited.
 * What a rate limit refuses counts as if it were done. Of models it is the first that is called.
 * @param inForce specs of faults in force
 */
export function expectedWorkS(type: TaskTypeSpec, inForce: readonly FaultSpec[]): number {
  const [model] = type.models ?? [];
  let factor = model?.serviceFactor ?? 1;
  let succeeds = (1 - type.failureShare) * (1 - (model?.failureShare ?? 0));
  /** Shares of the tasks, each with its own factor. */
  let parts = [{ share: 1, factor: 1 }];
  for (const spec of inForce) {
    if (spec.kind === 'dependency_slow' && spec.pools.includes(type.pool)) factor *= spec.factor;
    else if (spec.kind === 'dependency_errors' && spec.pools.includes(type.pool)) succeeds *= 1 - spec.share;
    else if (spec.kind === 'model_errors' && spec.model === model?.model) succeeds *= 1 - spec.share;
    else if (spec.kind === 'tool_slow') factor *= 1 + shareOfTool(type, spec.tool) * (spec.factor - 1);
    else if (spec.kind === 'deploy' && spec.pool === type.pool && spec.agents === undefined) {
      factor *= spec.factor;
      succeeds *= 1 - spec.failureShare;
    } else if (spec.kind === 'poison_type' && spec.taskType === type.taskType) {
      parts = parts.flatMap((part) => [
        { share: part.share * (1 - spec.share), factor: part.factor },
        { share: part.share * spec.share, factor: part.factor * spec.factor },
      ]);
    }
  }
  return parts.reduce((sum, part) => {
    const { meanS, beyond } = limited(type.service, type.timeoutS / (factor * part.factor));
    const attemptS = meanS * factor * part.factor * (succeeds + (1 - succeeds) / 2);
    const isRepeated = 1 - succeeds * (1 - beyond);
    // Of a first attempt; the retry budget is the pool's.
    const retries = Array.from({ length: type.retries }, (_, i) => isRepeated ** (i + 1)).reduce((a, b) => a + b, 0);
    return sum + part.share * attemptS * (1 + Math.min(RETRY_SHARE, retries));
  }, 0);
}

/** Of the time at work on a task of the type, without any fault. */
function shareOfTool({ tools = [] }: TaskTypeSpec, tool: string): number {
  return tools.find((it) => it.tool === tool)?.share ?? 0;
}

/** Of a time at work that is cut at a limit: its mean, and the share that would have gone beyond. */
function limited(service: ServiceSpec, limitS: number): { meanS: number; beyond: number } {
  const { meanS } = service;
  if (service.kind === 'deterministic') return { meanS: Math.min(meanS, limitS), beyond: meanS > limitS ? 1 : 0 };
  if (service.kind === 'exponential') {
    const beyond = Math.exp(-limitS / meanS);
    return { meanS: meanS * (1 - beyond), beyond };
  }
  const { median, sigma } = logNormalOf(service);
  if (sigma === 0) return { meanS: Math.min(median, limitS), beyond: median > limitS ? 1 : 0 };
  const z = Math.log(limitS / median) / sigma;
  const beyond = normalTail(z);
  return { meanS: meanS * (1 - normalTail(z - sigma)) + limitS * beyond, beyond };
}
