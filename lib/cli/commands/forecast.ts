import type { CommandDeclaration } from '../command.ts';

export const forecastCommand = {
  name: 'forecast',
  group: 'Asked of no service',
  summary: 'what series will do: a line of JSON in, a line of JSON out',
  about: [
    'In: {"id","periods","h","levels","y"}: seasons in steps, steps to forecast, quantiles, and values, oldest first, null where missing. Out, in the same order: {"id","mean","quantiles","model"}, or {"error"} for a line that cannot be forecast.',
  ],
  input: 'SERIES',
  examples: [{ args: '< SERIES', does: 'one series a line' }],
  page: 'docs/forecasting.md',
} as const satisfies CommandDeclaration;
