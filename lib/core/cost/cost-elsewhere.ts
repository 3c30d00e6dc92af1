import type { FleetLoad } from './measured-fleet.ts';
import { type Price, priceList, priceOfQuantity } from './price-list.ts';

/** Time series of an agent that one would keep elsewhere: about what a minute's rollup holds. */
export const SERIES_PER_AGENT = 30;
const MONTH_MINUTES = 43_800;
const LANGFUSE_BASE_USD = 29;

export interface CostElsewhere {
  product: string;
  counted: string;
  usd: number;
  price: Price;
}

/**
 * What a month of the same fleet costs where it is billed by series or by trace. None of them does what Fleetpulse does, nor the other
 * way round: Langfuse keeps traces, the others keep metrics.
 */
export function costElsewhere({ agents, taskTypes, tasksPerMin }: FleetLoad): CostElsewhere[] {
  const series = agents * SERIES_PER_AGENT;
  const units = agents * taskTypes * tasksPerMin * MONTH_MINUTES;
  const { datadogMetrics, langfuseUnits } = priceList.others;
  const { customMetrics } = priceList.aws;
  return [
    {
      product: 'CloudWatch custom metrics',
      counted: `${SERIES_PER_AGENT} metrics an agent`,
      usd: priceOfQuantity(series, customMetrics),
      price: customMetrics,
    },
    {
      product: 'Datadog custom metrics',
      counted: `${SERIES_PER_AGENT} metrics an agent`,
      usd: priceOfQuantity(series, datadogMetrics),
      price: datadogMetrics,
    },
    {
      product: 'Langfuse Cloud',
      counted: 'one unit a task',
      usd: agents === 0 ? 0 : LANGFUSE_BASE_USD + priceOfQuantity(units, langfuseUnits),
      price: langfuseUnits,
    },
  ];
}
