import { costPerTask } from './cost-per-task.ts';
import type { Kpi } from './kpi.ts';
import type { KpiValue } from './kpi-value.ts';
import { qualityScore } from './quality-score.ts';
import { slotUtilization } from './resource-utilization.ts';
import type { ScopeFigures } from './scope-figures.ts';

export const efficiencyScore: Kpi = {
  unit: 'points',
  better: 'higher',
  formula:
    "100 × the product of the parts that are known, each 0 to 1 but speed: work in slots per slot paid for, by utilization (slots at work ÷ capacity, 1 at most) × inSlo (tasks completed within their limit, if they have one, ÷ tasks that ended, cancelled ones left out; tasks without a limit are taken to complete as all do) × speed (of an agent, mean service time of its pool ÷ its own, 1 ÷ utilization at most: work counts at the pool's service time), weighted with quality (quality_score) and cost (of an agent, cost per task of its pool ÷ its own, 1 at most); null where utilization is unknown",
  counts: 'tasks',
  minimumSample: 20,
  drives: ['performance_degradation'],
  comparesWithPool: true,
  scopes: ['fleet', 'pool', 'agent'],
  of(figures): KpiValue {
    const { completed, failed, timeout, rejected } = figures.tasks.counters;
    const n = completed + failed + timeout + rejected;
    const unknown = (reason: string): KpiValue => ({ value: null, n, unit: 'points', reason });
    const used = slotUtilization(figures);
    if (used.value === null) return unknown(used.reason ?? 'utilization is unknown');
    if (n === 0) return unknown('no task ended in the window');
    const utilization = Math.min(1, used.value);
    const parts = {
      utilization,
      inSlo: shareInSlo(figures, n),
      speed: speedInPool(figures, utilization),
      quality: qualityScore.of(figures).value,
      cost: costInPool(figures),
    };
    const product = Object.values(parts).reduce<number>((total, part) => total * (part ?? 1), 1);
    return { value: 100 * product, n, unit: 'points', parts };
  },
};

function shareInSlo({ tasks: { counters } }: ScopeFigures, judged: number): number {
  const withoutLimit = judged - counters.slaTotal;
  return (counters.slaMet + (withoutLimit * counters.completed) / judged) / judged;
}

function speedInPool({ tasks, pool }: ScopeFigures, utilization: number): number | null {
  if (!pool || tasks.counters.serviceUs === 0 || utilization === 0) return null;
  const mean = ({ serviceUs, serviceCount }: typeof tasks.counters) => serviceUs / serviceCount;
  return Math.min(mean(pool.tasks.counters) / mean(tasks.counters), 1 / utilization);
}

function costInPool(figures: ScopeFigures): number | null {
  const own = costPerTask.of(figures).value;
  const ofPool = figures.pool && costPerTask.of(figures.pool).value;
  if (own === null || own === 0 || ofPool === null) return null;
  return Math.min(1, ofPool / own);
}
