import { atOption, type CommandDeclaration, jsonOption, windowOption } from '../command.ts';
import { asJson, figure, type KpiValue, second } from '../figure.ts';
import { printTable } from '../print-table.ts';
import { readCommand } from '../read-command.ts';
import type { Terminal } from '../terminal.ts';

export const poolsCommand = {
  name: 'pools',
  group: 'What the fleet does',
  summary: 'every pool with its agents, state and main figures',
  options: { ...windowOption('90d', '15m'), ...atOption, ...jsonOption },
  scope: 'read',
  examples: [{ args: '--window 1h', does: 'over the newest hour' }],
} as const satisfies CommandDeclaration;

interface PoolRow {
  pool: string;
  agents: number;
  state: string;
  since: string;
  kpis: Record<string, KpiValue>;
}

export async function pools(args: string[], at: Terminal): Promise<void> {
  const { json, ...query } = readCommand(poolsCommand, args).options;
  const answer = await at.service.all<'pools', PoolRow>('/v1/pools', 'pools', query);
  if (json) return at.print(asJson(answer));
  if (answer.pools.length === 0) return at.print('no pool yet: one appears with its first agent');
  printTable(
    at,
    ['pool', 'agents', 'state', 'since (UTC)', 'done/min', 'error ratio', 'p95 ms', 'utilization', 'waiting'],
    answer.pools.map(({ pool, agents, state, since, kpis }) => [
      ...[pool, String(agents), state, second(since), figure(kpis['overall_throughput']?.value, 1)],
      ...[figure(kpis['error_ratio']?.value, 3), figure(kpis['average_response_time']?.p95, 0)],
      ...[figure(kpis['resource_utilization']?.value, 2), figure(kpis['queue_depth']?.value, 0)],
    ]),
    [2],
  );
}
