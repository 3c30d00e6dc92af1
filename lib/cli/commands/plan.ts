import { type CommandDeclaration, jsonOption } from '../command.ts';
import { asJson, figure, percent } from '../figure.ts';
import { printLine } from '../print-line.ts';
import { printTable } from '../print-table.ts';
import { readCommand } from '../read-command.ts';
import type { Terminal } from '../terminal.ts';

export const planCommand = {
  name: 'plan',
  group: 'What Fleetpulse does about it',
  summary: 'the newest plan for the coming hour: agents by pool, what will be full first, what one more agent is worth',
  options: jsonOption,
  scope: 'read',
  examples: [{ args: '', does: 'made 20 minutes after each hour, and sooner when load or capacity moves' }],
  page: 'docs/planning.md',
} as const satisfies CommandDeclaration;

interface PlanAnswer {
  resource_allocation: {
    agents: Record<string, number>;
    costPerHourUsd: number | null;
    status: string | null;
    explanation: { path: string; message: string }[];
    unserved: { taskType: string; tasksPerMin: number; share: number }[];
    pools: { pool: string; agents: number; utilization: number | null; saturation: number | null }[];
  };
  predicted_bottlenecks: { rank: number; kind: string; id: string; evidence: string[] }[];
  recommendations: { title: string }[];
  duals: { words: string }[];
  madeAt: string | null;
  trigger: string | null;
  for: string | null;
  reason?: string;
}

export async function plan(args: string[], at: Terminal): Promise<void> {
  const { json } = readCommand(planCommand, args).options;
  const answer = await at.service.get<PlanAnswer>('/v1/plan');
  if (json) return at.print(asJson(answer));
  const { resource_allocation: allocation, madeAt, trigger, reason } = answer;
  if (reason !== undefined) return printLine(at, reason);
  const cost = `${figure(allocation.costPerHourUsd, 2)} USD/h for agents and tokens`;
  printLine(at, `${allocation.status}: ${cost}, for the hour from ${answer.for}, made ${madeAt} (${trigger})`);
  printTable(
    at,
    ['pool', 'agents', 'utilization', 'of usable capacity'],
    allocation.pools.map((it) => [it.pool, String(it.agents), figure(it.utilization, 2), percent(it.saturation)]),
  );
  for (const { taskType, tasksPerMin, share } of allocation.unserved) {
    printLine(at, `unserved: ${figure(tasksPerMin, 1)} ${taskType} a minute (${percent(share)})`);
  }
  for (const { path, message } of allocation.explanation) printLine(at, `${path}: ${message}`);
  for (const { rank, kind, id, evidence } of answer.predicted_bottlenecks) {
    printLine(at, `full first, ${rank}: ${kind} ${id}, ${evidence.join('; ')}`);
  }
  for (const { title } of answer.recommendations) printLine(at, `recommended: ${title}`);
  for (const { words } of answer.duals) printLine(at, words);
}
