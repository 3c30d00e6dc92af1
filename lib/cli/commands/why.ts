import { alertInWords, type ToldAlert } from '../alert-in-words.ts';
import { type CommandDeclaration, jsonOption, windowOption } from '../command.ts';
import { asJson, figure } from '../figure.ts';
import { printLine } from '../print-line.ts';
import { readCommand } from '../read-command.ts';
import { segment } from '../service.ts';
import type { Terminal } from '../terminal.ts';
import { allAlerts } from './alerts.ts';
import type { AgentRow } from './fleet.ts';

export const whyCommand = {
  name: 'why',
  group: 'What the fleet does',
  summary: 'what is known of one agent, its alerts and those of its pool',
  operands: { agent: { what: 'agent', summary: 'its id, as `fleet` shows it' } },
  options: { ...windowOption('90d', '15m'), ...jsonOption },
  scope: 'read',
  examples: [
    { args: 'writer-1', does: 'its state and why, every KPI with unit and n, then alerts' },
    { args: 'writer-1 --json', does: 'the answer of GET /v1/agents/writer-1 with "alerts" beside it' },
  ],
} as const satisfies CommandDeclaration;

export async function why(args: string[], at: Terminal): Promise<void> {
  const { operands, options } = readCommand(whyCommand, args);
  const found = await at.service.get<AgentRow>(`/v1/agents/${segment(operands.agent)}`, { window: options.window });
  const all = (await allAlerts(at.service)).alerts;
  const isOfPool = ({ scope, state }: ToldAlert) =>
    scope.agent === undefined && scope.pool === found.pool && state === 'firing';
  const alerts = all.filter((alert) => alert.scope.agent === operands.agent || isOfPool(alert));
  if (options.json) return at.print(asJson({ ...found, alerts }));
  printLine(at, `${found.agent} (pool ${found.pool}) is ${found.state} since ${found.since}: ${found.why}`);
  for (const [id, { value, n, unit, reason }] of Object.entries(found.kpis)) {
    at.print(`  ${id.padEnd(36)} ${value === null ? `- (${reason})` : `${figure(value, 4)} ${unit} (n ${n})`}`);
  }
  for (const alert of alerts) at.print(`\n${alertInWords(alert, all)}`);
}
