import type { HistoryScope } from '../core/kpi/history-point.ts';
import type { FleetPlan } from '../core/plan/fleet-plan.ts';
import type { WorkMemory } from '../core/plan/work-memory.ts';
import type { WorkloadOutlook } from '../core/plan/workload-outlook.ts';

/** What is expected of a system, and what it should do about it: the newest of each. */
export interface PlanStore {
  /** @returns null before the first plan */
  readPlan(system: string): Promise<FleetPlan | null>;
  /** What is needed to see whether a plan is due and what it says of pools, without the rest; null before the first. */
  readPlanHead(system: string): Promise<PlanHead | null>;
  /** @returns false where a newer plan is stored; then nothing is written */
  savePlan(system: string, plan: FleetPlan): Promise<boolean>;
  readOutlook(system: string, scope: HistoryScope): Promise<WorkloadOutlook | null>;
  /** Each in place of the one before of its scope, unless that is newer. */
  saveOutlooks(system: string, outlooks: readonly WorkloadOutlook[]): Promise<void>;
  /** What agents did, for their efficiency; null before the first time. */
  readWork(system: string): Promise<WorkMemory | null>;
  /** @returns false where what is stored goes further; then nothing is written */
  saveWork(system: string, work: WorkMemory): Promise<boolean>;
}

export type PlanHead = Pick<FleetPlan, 'madeAtMs' | 'trigger' | 'basis' | 'pools' | 'recommendations'>;
