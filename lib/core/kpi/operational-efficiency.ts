import { agentHoursUsd } from './cost-per-task.ts';
import type { Kpi } from './kpi.ts';
import type { KpiValue } from './kpi-value.ts';
import { slotUtilization, TARGET_UTILIZATION } from './resource-utilization.ts';
import type { ScopeFigures } from './scope-figures.ts';
import { HUMAN_WAIT } from './task-rollup.ts';

export const operationalEfficiency: Kpi = {
  unit: 'ratio',
  better: 'higher',
  formula: `geometric mean of the parts that are known, of two at least: utilizationToTarget, min(u ÷ ${TARGET_UTILIZATION}, (1 − u) ÷ ${1 - TARGET_UTILIZATION}) of the utilization u; firstPassYield, tasks completed at the first attempt ÷ first attempts, cancelled tasks left out; costEfficiency, (cost of tasks + utilization × hours that agents were there × their cost per hour) ÷ the same without the utilization: the share of the cost that was not paid for idle slots; automationRatio, 1 − time in parts of kind wait named ${HUMAN_WAIT} ÷ run time, of task events with parts`,
  counts: 'tasks',
  minimumSample: 20,
  drives: [],
  scopes: ['fleet', 'pool', 'agent', 'taskType'],
  of(figures): KpiValue {
    const parts = {
      utilizationToTarget: utilizationToTarget(figures),
      firstPassYield: firstPassYield(figures),
      costEfficiency: costEfficiency(figures),
      automationRatio: automationRatio(figures),
    };
    const { completed, failed, timeout, rejected } = figures.tasks.counters;
    const n = completed + failed + timeout + rejected;
    const known = Object.values(parts).filter((part) => part !== null);
    if (known.length < 2) {
      const reason = `${known.length} of four parts known, two are needed: send capacity, task events, costPerHourUsd or parts`;
      return { value: null, n, unit: 'ratio', reason, parts };
    }
    return { value: known.reduce((product, part) => product * part, 1) ** (1 / known.length), n, unit: 'ratio', parts };
  },
};

function utilizationToTarget(figures: ScopeFigures): number | null {
  const { value } = slotUtilization(figures);
  if (value === null) return null;
  return Math.max(0, Math.min(value / TARGET_UTILIZATION, (1 - value) / (1 - TARGET_UTILIZATION)));
}

function firstPassYield({ tasks: { counters } }: ScopeFigures): number | null {
  const { completed, failed, timeout, rejected, completedFirst, retries } = counters;
  // Retries may have been cancelled, which are not among those that are judged.
  const firstAttempts = Math.max(completedFirst, completed + failed + timeout + rejected - retries);
  return firstAttempts > 0 ? completedFirst / firstAttempts : null;
}

function costEfficiency(figures: ScopeFigures): number | null {
  const { value } = slotUtilization(figures);
  const agentUsd = agentHoursUsd(figures.use);
  if (value === null || agentUsd === null || agentUsd === 0) return null;
  const taskUsd = figures.tasks.counters.costNanoUsd / 1e9;
  return (taskUsd + Math.min(1, value) * agentUsd) / (taskUsd + agentUsd);
}

function automationRatio({ tasks: { counters } }: ScopeFigures): number | null {
  return counters.partedUs > 0 ? 1 - counters.humanWaitUs / counters.partedUs : null;
}
