import type { AgentFigures } from './agent-figures.ts';
import type { Kpi } from './kpi.ts';
import type { KpiValue } from './kpi-value.ts';

export const resourceUtilization: Kpi = {
  unit: 'ratio',
  better: null,
  formula:
    'mean of active ÷ capacity over samples; without samples, task run time in the window ÷ (capacity × window); parts: cpu, memory, network',
  counts: 'samples',
  minimumSample: 3,
  drives: ['resource_utilization_high'],
  ofAgent(figures) {
    const { counters } = figures.presence;
    const parts = {
      cpu: mean(counters.cpuPpm, counters.cpuCount, 1e6),
      memory: mean(counters.memoryPpm, counters.memoryCount, 1e6),
      memoryBytes: mean(counters.memoryBytes, counters.memoryBytesCount, 1),
      networkRxBps: mean(counters.networkRxBps, counters.networkCount, 1),
      networkTxBps: mean(counters.networkTxBps, counters.networkCount, 1),
    };
    const slots = slotUtilization(figures);
    return { ...slots, parts };
  },
};

function slotUtilization({ presence, tasks, capacity, fromMs, toMs }: AgentFigures): KpiValue {
  const { utilizationCount, utilizationPpm } = presence.counters;
  if (utilizationCount > 0) {
    return { value: utilizationPpm / utilizationCount / 1e6, n: utilizationCount, unit: 'ratio' };
  }
  if (capacity === null || capacity <= 0) {
    return { value: null, n: 0, unit: 'ratio', reason: 'capacity is unknown: send it in an agent event or in samples' };
  }
  const value = tasks.counters.busyUs / 1_000 / (capacity * (toMs - fromMs));
  return { value, n: tasks.counters.serviceCount, unit: 'ratio' };
}

function mean(sum: number, count: number, scale: number): number | null {
  return count > 0 ? sum / count / scale : null;
}
