import { type CommandDeclaration, jsonOption } from '../command.ts';
import { asJson, figure, type KpiValue, percent } from '../figure.ts';
import { printTable } from '../print-table.ts';
import { readCommand } from '../read-command.ts';
import type { Terminal } from '../terminal.ts';

export const budgetsCommand = {
  name: 'budgets',
  group: 'What the fleet does',
  summary: 'objectives and spending: what is left, how fast it goes, until when it lasts',
  options: jsonOption,
  scope: 'read',
  examples: [{ args: '', does: 'a burn rate of 1 empties a budget exactly at the end of its period' }],
  page: 'docs/api.md',
} as const satisfies CommandDeclaration;

interface Budget {
  name: string;
  kpi: string;
  scope: string;
  objective: number | null;
  limit: number | null;
  period: string;
  remaining: KpiValue;
  burnRate: Record<string, KpiValue>;
  exhaustsAt: string | null;
  exhaustsReason?: string;
}

export async function budgets(args: string[], at: Terminal): Promise<void> {
  const { json } = readCommand(budgetsCommand, args).options;
  const answer = await at.service.all<'budgets', Budget>('/v1/budgets', 'budgets');
  if (json) return at.print(asJson(answer));
  if (answer.budgets.length === 0) return at.print('no budget is set: PUT /v1/budgets/NAME sets one');
  printTable(
    at,
    ['name', 'kpi', 'of', 'objective', 'period', 'remaining', 'burn rate 1h', 'exhausts (UTC)'],
    answer.budgets.map(({ name, kpi, scope, objective, limit, period, remaining, ...it }) => [
      ...[name, kpi, scope, objective === null ? `${limit} ${remaining.unit}` : String(objective), period],
      remaining.unit === 'ratio' ? percent(remaining.value, 1) : `${figure(remaining.value, 2)} ${remaining.unit}`,
      figure(it.burnRate['1h']?.value, 2),
      it.exhaustsAt?.slice(0, 16) ?? `- (${it.exhaustsReason})`,
    ]),
  );
}
