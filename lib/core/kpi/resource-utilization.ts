import type { Kpi } from './kpi.ts';
import type { KpiValue } from './kpi-value.ts';
import type { ScopeFigures } from './scope-figures.ts';

/** An agent may work for a minute or two before it says what it can take. */
export const KNOWN_SHARE = 0.95;

/**
 * The utilization to aim at: high enough to be worth its cost, low enough that queues stay short and that the loss of one
 * agent in four is borne. Waiting grows as utilization ÷ (1 − utilization): 3 at 0.75, 9 at 0.9.
 */
export const TARGET_UTILIZATION = 0.75;

export const resourceUtilization: Kpi = {
  unit: 'ratio',
  better: null,
  formula:
    'slots at work ÷ capacity, over the minutes in which agents were there: mean active of the samples of a minute, the newest of which stands for five minutes; without samples, task run time; parts: cpu, memory, network',
  counts: 'samples',
  minimumSample: 3,
  drives: ['resource_utilization_high'],
  scopes: ['fleet', 'pool', 'agent'],
  of(figures) {
    const { counters } = figures.presence;
    const parts = {
      cpu: mean(counters.cpuPpm, counters.cpuCount, 1e6),
      memory: mean(counters.memoryPpm, counters.memoryCount, 1e6),
      memoryBytes: mean(counters.memoryBytes, counters.memoryBytesCount, 1),
      networkRxBps: mean(counters.networkRxBps, counters.networkCount, 1),
      networkTxBps: mean(counters.networkTxBps, counters.networkCount, 1),
    };
    return { ...slotUtilization(figures), parts };
  },
};

export function slotUtilization({ use, presence, tasks }: ScopeFigures): KpiValue {
  const { thereMinutes, capacityMinutes, capacitySlotUs, busySlotUs } = use;
  const n = presence.counters.utilizationCount || tasks.counters.serviceCount;
  if (thereMinutes === 0) return { value: null, n, unit: 'ratio', reason: 'no agent was there in the window' };
  if (capacityMinutes < thereMinutes * KNOWN_SHARE) {
    const of = ` of ${thereMinutes - capacityMinutes} of ${thereMinutes} agent-minutes`;
    const reason = `capacity is unknown${of}: send it in an agent event or in samples`;
    return { value: null, n, unit: 'ratio', reason };
  }
  if (capacitySlotUs === 0) return { value: null, n, unit: 'ratio', reason: 'no sample of the window is new enough' };
  return { value: busySlotUs / capacitySlotUs, n, unit: 'ratio' };
}

function mean(sum: number, count: number, scale: number): number | null {
  return count > 0 ? sum / count / scale : null;
}
