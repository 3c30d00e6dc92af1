import { type CommandDeclaration, jsonOption } from '../command.ts';
import { asJson, figure, percent } from '../figure.ts';
import { printLine } from '../print-line.ts';
import { printTable } from '../print-table.ts';
import { readCommand } from '../read-command.ts';
import type { Terminal } from '../terminal.ts';

export const forecastOfCommand = {
  name: 'forecast of',
  group: 'What Fleetpulse does about it',
  summary: 'what is expected of the fleet, a pool or a task type hour by hour, with intervals',
  about: [
    'The mean, and the ends of the interval that what comes lies in four times of five. `forecast` without `of` continues series of yours, and asks no service.',
  ],
  operands: { scope: { what: 'scope', summary: 'fleet, pool:ID, agent:ID, taskType:ID or metric:NAME' } },
  options: {
    metric: {
      takes: 'METRIC',
      summary: 'tasks, errors, cost_usd or tokens, a minute; tasks without it, metric_value of a metric',
    },
    horizon: { takes: 'LENGTH', summary: 'how far ahead, up to 7d; 24h without it' },
    ...jsonOption,
  },
  scope: 'read',
  examples: [
    { args: 'fleet', does: 'the tasks that come in the next 24 hours' },
    { args: 'pool:writers --metric cost_usd --horizon 2d', does: 'what a pool will cost' },
  ],
  page: 'docs/forecasting.md',
} as const satisfies CommandDeclaration;

interface ForecastAnswer {
  scope: string;
  metric: string;
  unit: string;
  model: string | null;
  madeAt: string | null;
  reason?: string;
  seasonalities: { name: string; strength: number }[];
  points: { at: number; mean: number; q10: number; q90: number }[];
}

export async function forecastOf(args: string[], at: Terminal): Promise<void> {
  const { operands, options } = readCommand(forecastOfCommand, args);
  const { json, ...asked } = options;
  const answer = await at.service.get<ForecastAnswer>('/v1/forecast', { scope: operands.scope, ...asked });
  if (json) return at.print(asJson(answer));
  const { scope, metric, unit, model, madeAt, reason, seasonalities, points } = answer;
  if (points.length === 0) return printLine(at, reason ?? `nothing is known of ${scope} yet`);
  const cycles = seasonalities.map(({ name, strength }) => `${name} ${percent(strength)}`).join(', ');
  printLine(
    at,
    `${metric} of ${scope} in ${unit}, by ${model}, made ${madeAt}${cycles === '' ? '' : `; cycles: ${cycles}`}`,
  );
  printTable(
    at,
    ['hour (UTC)', 'mean', 'low', 'high'],
    points.map(({ at: ms, ...point }) => [
      new Date(ms).toISOString().slice(0, 16),
      ...[point.mean, point.q10, point.q90].map((value) => figure(value, 2)),
    ]),
  );
}
