import type { CommandDeclaration } from '../command.ts';

export const detectCommand = {
  name: 'detect',
  group: 'Asked of no service',
  summary: 'anomalies in series, online: a line of JSON in, a line of JSON out',
  about: [
    'In: {"series","t","v"}, t in epoch seconds. Out, in the same order, after each burst: {"score","alarm"}, both 0 to 1, or {"error"} for a line that cannot be read, which changes no series. An alarm of 0.5 and more is where something unusual for the series begins.',
  ],
  input: 'POINTS',
  examples: [{ args: '< POINTS', does: 'many series, their lines interleaved' }],
  page: 'docs/decisions/series-detector.md',
} as const satisfies CommandDeclaration;
