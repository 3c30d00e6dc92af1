import { atOption, type CommandDeclaration, jsonOption, windowOption } from '../command.ts';
import { asJson, figure, percent } from '../figure.ts';
import { printLine } from '../print-line.ts';
import { printTable } from '../print-table.ts';
import { readCommand } from '../read-command.ts';
import type { Terminal } from '../terminal.ts';

export const bottlenecksCommand = {
  name: 'bottlenecks',
  group: 'What the fleet does',
  summary: 'what limits the throughput, why, and what relieving it would bring',
  options: { ...windowOption('1h', '15m'), ...atOption, ...jsonOption },
  scope: 'read',
  examples: [
    { args: '', does: 'pools, agents, tools and resources, those that limit most first' },
    { args: '--at 2026-03-02T10:30:00Z', does: 'what limited it then' },
  ],
} as const satisfies CommandDeclaration;

interface BottlenecksAnswer {
  bottlenecks: {
    rank: number;
    kind: string;
    id: string;
    utilization: number;
    demandMs: number;
    waitShare: number | null;
    confidence: number | null;
    evidence: string[];
    expectedGain: { oneMoreAgent: { gain: number } | null; demandHalved: { gain: number } } | null;
  }[];
  system: { jobs: string; throughputPerMin: number; boundPerMin: number | null; balanced: boolean };
}

export async function bottlenecks(args: string[], at: Terminal): Promise<void> {
  const { json, ...query } = readCommand(bottlenecksCommand, args).options;
  const answer = await at.service.get<BottlenecksAnswer>('/v1/workflows/bottlenecks', query);
  if (json) return at.print(asJson(answer));
  const { bottlenecks: found, system } = answer;
  if (found.length === 0) return at.print(`nobody was at work within the last ${query.window}`);
  const more = (gain: number | undefined) => (gain === undefined ? '-' : `+${percent(gain)}`);
  printTable(
    at,
    ['rank', 'what', 'utilization', 'ms a job', 'waiting', 'surer than next', 'one agent more', 'demand halved', 'why'],
    found.map(({ expectedGain, ...it }) => [
      ...[String(it.rank), `${it.kind} ${it.id}`, figure(it.utilization, 2), figure(it.demandMs, 0)],
      ...[figure(it.waitShare, 2), figure(it.confidence, 2)],
      ...[more(expectedGain?.oneMoreAgent?.gain), more(expectedGain?.demandHalved.gain), it.evidence.join('; ')],
    ]),
  );
  const atMost = system.boundPerMin === null ? '' : `, at most ${figure(system.boundPerMin, 1)}`;
  const unless = system.balanced ? '' : ' (backlogs grow or shrink)';
  printLine(at, `${figure(system.throughputPerMin, 1)} ${system.jobs} a minute${atMost}${unless}`);
}
