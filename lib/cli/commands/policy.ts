import { type CommandDeclaration, jsonOption } from '../command.ts';
import { asJson } from '../figure.ts';
import { printLine } from '../print-line.ts';
import { printTable } from '../print-table.ts';
import { readCommand } from '../read-command.ts';
import type { Terminal } from '../terminal.ts';

export const policyCommand = {
  name: 'policy',
  group: 'What Fleetpulse does about it',
  summary: 'what Fleetpulse may do by itself, and where each setting comes from',
  options: jsonOption,
  scope: 'read',
  examples: [
    { args: '', does: 'the mode of each class of action, and what was held back lately' },
    { args: '--json', does: 'the answer of GET /v1/policy, with all limits' },
  ],
  page: 'docs/directives.md',
} as const satisfies CommandDeclaration;

interface PolicyAnswer {
  modes: Record<string, string>;
  killSwitch: boolean;
  maintenance: { from: string; to: string; pool?: string }[];
  promoteUpTo: string;
  holdOutShare: number;
  demoted: { action: string; of?: 'more' | 'fewer'; mode: string; since: string; until: string; why: string }[];
  held: { kind: string; subject: string; summary: string; guardrail: string; why: string; at: string }[];
  origin: { modes: Record<string, string>; killSwitch: string; promoteUpTo: string; holdOutShare: string };
}

export async function policy(args: string[], at: Terminal): Promise<void> {
  const { json } = readCommand(policyCommand, args).options;
  const answer = await at.service.get<PolicyAnswer>('/v1/policy');
  if (json) return at.print(asJson(answer));
  const { modes, killSwitch, maintenance, promoteUpTo, holdOutShare, demoted, held, origin } = answer;
  const isOn = killSwitch ? at.paint('red', 'on: nothing is done') : 'off';
  at.print(`kill switch ${isOn}`);
  printTable(
    at,
    ['action', 'mode', 'set by'],
    Object.entries(modes).map(([action, mode]) => [action, mode, origin.modes[action] ?? '-']),
  );
  printLine(at, `promoted by itself up to ${promoteUpTo}, hold-out share ${holdOutShare} of 1`);
  for (const { from, to, pool } of maintenance) printLine(at, `maintenance ${from} to ${to}, pool ${pool ?? 'all'}`);
  for (const { action, of, mode, until, why } of demoted)
    printLine(at, `${action}${of ? ` (${of} agents)` : ''} acts as ${mode} until ${until}: ${why}`);
  for (const it of held) printLine(at, `${it.at}  held back by ${it.guardrail}: ${it.summary} (${it.why})`);
}
