import { badTasks } from '../kpi/bad-tasks.ts';
import { countTasks, type TaskCounter } from '../kpi/task-rollup.ts';

/** What can be forecast of the tasks of a scope: amounts that add up. */
export interface ForecastMetric {
  /** Of what is forecast. */
  unit: string;
  amountOf: (counters: Readonly<Record<TaskCounter, number>>) => number;
}

export const forecastMetrics = {
  tasks: { unit: '1/min', amountOf: countTasks },
  errors: { unit: '1/min', amountOf: badTasks },
  cost_usd: { unit: 'usd/min', amountOf: ({ costNanoUsd }) => costNanoUsd / 1e9 },
  tokens: {
    unit: 'tokens/min',
    amountOf: ({ inputTokens, cachedInputTokens, cacheWriteTokens, outputTokens, reasoningTokens }) =>
      inputTokens + cachedInputTokens + cacheWriteTokens + outputTokens + reasoningTokens,
  },
} as const satisfies Record<string, ForecastMetric>;

export type ForecastMetricId = keyof typeof forecastMetrics;

export const forecastMetricIds = Object.keys(forecastMetrics) as ForecastMetricId[];
