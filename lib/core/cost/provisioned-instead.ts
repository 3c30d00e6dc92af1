import { fitUse } from './fit-use.ts';
import { type CostInput, type MonthlyCost, monthlyCost, type TableName, type TableUse } from './monthly-cost.ts';
import { type CapacityRange, capacityFor, type TableCapacity, USUAL_TARGET_UTILIZATION } from './table-capacity.ts';

type Ranges = Record<keyof TableUse, CapacityRange>;

/** What the same environment would cost with capacity of its own. */
export interface ProvisionedInstead {
  /** As infra/config/<env>.ts takes it. */
  tableCapacity: { state: Ranges; rollups: Ranges };
  totalUsd: number;
  toPayUsd: number;
  /** With the same capacity and no fleet: what is provisioned is billed all the same. */
  idle: Pick<MonthlyCost, 'totalUsd' | 'toPayUsd'>;
}

/**
 * For a load that is there around the clock: what it would cost on tables with provisioned capacity, at a utilization of 0.7 and enough
 * for what scheduled jobs ask for at once, with the alarms of auto scaling.
 * @returns undefined where that is no cheaper at list prices, or where a table has capacity of its own already
 */
export function provisionedInstead(
  input: CostInput,
  fitted = fitUse(input.measured.fleets),
): ProvisionedInstead | undefined {
  if (Object.keys(input.resources.provisionedTables).length > 0) return undefined;
  const { tableUse, totalUsd: onDemandUsd } = monthlyCost(input, fitted);
  const rangesOf = ({ write, read }: TableUse): Ranges => ({ write: capacityFor(write), read: capacityFor(read) });
  const tableCapacity = { state: rangesOf(tableUse.State), rollups: rangesOf(tableUse.Rollups) };
  const targetUtilization = USUAL_TARGET_UTILIZATION;
  const provisionedTables: Record<TableName, TableCapacity> = {
    State: { ...tableCapacity.state, targetUtilization },
    Rollups: { ...tableCapacity.rollups, targetUtilization },
  };
  const of = (agents: number) => {
    const resources = { ...input.resources, provisionedTables };
    const { totalUsd, toPayUsd } = monthlyCost({ ...input, load: { ...input.load, agents }, resources }, fitted);
    return { totalUsd, toPayUsd };
  };
  const provisioned = of(input.load.agents);
  return provisioned.totalUsd < onDemandUsd ? { tableCapacity, ...provisioned, idle: of(0) } : undefined;
}
