import { serviceTimeMs } from '../service-time.ts';
import type { TaskTypeDocument } from './scenario-document.ts';

/** Mean time at work that is to be expected of a task type: as it says, or by the sizes that are drawn for it. */
export function expectedServiceS({ service, tokens }: Pick<TaskTypeDocument, 'service' | 'tokens'>): number {
  if (service.kind !== 'by_size') return service.meanS;
  // The mean of a log-normal quantity is its median × e^(σ² / 2).
  const meanOfMedian = Math.exp(tokens.sigma ** 2 / 2);
  const size = { inputTokens: tokens.inputMedian * meanOfMedian, outputTokens: tokens.outputMedian * meanOfMedian };
  return service.meanS ?? serviceTimeMs(service, size) / 1_000;
}
