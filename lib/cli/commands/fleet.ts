import { atOption, type CommandDeclaration, jsonOption, windowOption } from '../command.ts';
import { asJson, figure, type KpiValue, second } from '../figure.ts';
import { printTable } from '../print-table.ts';
import { readCommand } from '../read-command.ts';
import type { Terminal } from '../terminal.ts';

export const fleetCommand = {
  name: 'fleet',
  group: 'What the fleet does',
  summary: 'every agent with its state and main figures',
  options: {
    ...windowOption('90d', '15m'),
    ...atOption,
    pool: { takes: 'POOL', summary: 'of this pool alone' },
    state: { takes: 'STATE', summary: 'in this state alone, such as degraded (docs/states.md)' },
    ...jsonOption,
  },
  scope: 'read',
  examples: [
    { args: '', does: 'all agents over the newest 15 minutes' },
    { args: '--state degraded --window 1h', does: 'those that are slower or fail more than their peers' },
    { args: '--json', does: 'the answer of GET /v1/agents, all its pages in one' },
  ],
} as const satisfies CommandDeclaration;

export interface AgentRow {
  agent: string;
  pool: string;
  state: string;
  since: string;
  why: string;
  kpis: Record<string, KpiValue>;
}

export async function fleet(args: string[], at: Terminal): Promise<void> {
  const { json, ...query } = readCommand(fleetCommand, args).options;
  const answer = await at.service.all<'agents', AgentRow>('/v1/agents', 'agents', query);
  if (json) return at.print(asJson(answer));
  const { agents } = answer;
  if (agents.length === 0) {
    const isAll = query.pool === undefined && query.state === undefined;
    at.print(isAll ? 'no agent yet: one appears when the minute of its first event has ended' : 'no such agent');
    return;
  }
  printTable(
    at,
    ['agent', 'pool', 'state', 'since (UTC)', 'done/min', 'error ratio', 'p95 ms', 'utilization'],
    agents.map(({ agent, pool, state, since, kpis }) => [
      ...[agent, pool, state, second(since), figure(kpis['overall_throughput']?.value, 1)],
      ...[figure(kpis['error_ratio']?.value, 3), figure(kpis['average_response_time']?.p95, 0)],
      figure(kpis['resource_utilization']?.value, 2),
    ]),
    [2],
  );
}
