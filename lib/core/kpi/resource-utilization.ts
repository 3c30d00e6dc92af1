import type { Kpi } from './kpi.ts';
import type { KpiValue } from './kpi-value.ts';
import type { ScopeFigures } from './scope-figures.ts';

export const resourceUtilization: Kpi = {
  unit: 'ratio',
  better: null,
  formula:
    'mean of active ÷ capacity over samples; without samples, task run time in the window ÷ (capacity × window); of a pool or the fleet, the mean of its agents weighted with their capacity; parts: cpu, memory, network',
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

function slotUtilization({ slots: { busy, capacity, n, known, agents } }: ScopeFigures): KpiValue {
  if (agents === 0) return { value: null, n, unit: 'ratio', reason: 'no agent was there in the window' };
  if (known < agents) {
    const of = agents === 1 ? '' : ` of ${agents - known} of ${agents} agents`;
    const reason = `capacity is unknown${of}: send it in an agent event or in samples`;
    return { value: null, n, unit: 'ratio', reason };
  }
  return { value: busy / capacity, n, unit: 'ratio' };
}

function mean(sum: number, count: number, scale: number): number | null {
  return count > 0 ? sum / count / scale : null;
}
