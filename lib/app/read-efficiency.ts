import { type RightSize, rightSize, sizedResources } from '../core/capacity/right-size.ts';
import { useReadings } from '../core/capacity/use-readings.ts';
import type { Efficiency } from '../core/efficiency/agent-efficiency.ts';
import type { Figures } from '../core/kpi/figures.ts';
import { poolOf, type RosterEntry } from '../core/model/roster.ts';
import { DAY_MINUTES, type EpochMs, MINUTE_MS, type Minute, minuteOf, startOfMinute } from '../core/model/time.ts';
import { poolEfficiency } from '../core/plan/pool-efficiency.ts';
import type { FleetStore } from '../ports/fleet-store.ts';
import type { MetricStore } from '../ports/metric-store.ts';
import type { PlanStore } from '../ports/plan-store.ts';

export interface EfficiencyDeps {
  fleet: FleetStore;
  plans: Pick<PlanStore, 'readWork'>;
  metrics: MetricStore;
}

export interface EfficiencyReport {
  /** End of the newest minute whose work is counted; null before the first hourly run. */
  throughMs: EpochMs | null;
  rows: Efficiency[];
}

/** How good the agents of a pool are at their task types, from all that is remembered of their work. */
export async function readEfficiency(deps: EfficiencyDeps, system: string, pool: string): Promise<EfficiencyReport> {
  const [roster, memory] = await Promise.all([deps.fleet.roster(system), deps.plans.readWork(system)]);
  if (!memory) return { throughMs: null, rows: [] };
  const members = [...roster.values()].filter((entry) => poolOf(entry) === pool);
  return { throughMs: startOfMinute(memory.through + 1), rows: poolEfficiency(members, memory) };
}

/** Use of this many days tells how large an agent should be. */
const SIZING_DAYS = 2;

/** How large an agent should be: CPU and memory in parts of what it has, slots as they are declared. */
export async function readSizing(
  { metrics }: Pick<EfficiencyDeps, 'metrics'>,
  system: string,
  { agent, description }: RosterEntry,
  nowMs: EpochMs,
): Promise<RightSize[]> {
  const to: Minute = minuteOf(nowMs);
  const points = await metrics.read(system, `agent:${agent}`, 'minute', to - SIZING_DAYS * DAY_MINUTES, to);
  const [first] = points;
  const hours = first ? ((to - first.at) * MINUTE_MS) / 3_600_000 : 0;
  const figures: Figures[] = points.flatMap((point) => point.figures ?? []);
  return sizedResources.map((resource): RightSize => {
    const readings = useReadings(figures, resource);
    if (resource === 'memory' && readings.some((reading) => reading > 1)) {
      return {
        status: 'unknown',
        resource,
        because: 'it tells bytes in use, not the share of what it has: send memory 0..1 in samples',
      };
    }
    const allocated = resource === 'slots' ? description?.capacity : 1;
    if (!allocated)
      return { status: 'unknown', resource, because: 'it declares no capacity: send it in an agent event' };
    return rightSize(resource, { readings }, { allocated, hours, unit: resource === 'slots' ? 'slots' : '' });
  });
}
