import type { LedgerSummary } from '../../core/ledger/ledger.ts';
import { type CommandDeclaration, jsonOption, periodOptions } from '../command.ts';
import { asJson } from '../figure.ts';
import { printLine } from '../print-line.ts';
import { printTable } from '../print-table.ts';
import { readCommand } from '../read-command.ts';
import type { Terminal } from '../terminal.ts';

export const ledgerCommand = {
  name: 'ledger',
  group: 'What comes in',
  summary: 'what became of the events received: stored, pending, ignored, rejected, duplicate',
  about: ['Received is the sum of all the others: a difference other than 0 says that something was lost.'],
  options: {
    ...periodOptions('the last hour'),
    key: { takes: 'SENDER', summary: 'of this sender alone: the id of a key, the subject of a token' },
    by: { takes: 'PART', summary: 'minute or key: the same for each minute of receipt, or each sender' },
    ...jsonOption,
  },
  scope: 'read',
  examples: [
    { args: '', does: 'the events of the last hour' },
    { args: '--by key --json', does: 'the answer of GET /v1/ledger?by=key' },
  ],
} as const satisfies CommandDeclaration;

interface LedgerAnswer extends LedgerSummary {
  from: string;
  to: string;
  parts?: (LedgerSummary & { minute?: string; key?: string })[];
}

export async function ledger(args: string[], at: Terminal): Promise<void> {
  const { json, ...query } = readCommand(ledgerCommand, args).options;
  const answer = await at.service.get<LedgerAnswer>('/v1/ledger', query);
  if (json) return at.print(asJson(answer));
  printLine(at, `events received from ${answer.from} to ${answer.to}`);
  const parts = (answer.parts ?? []).map((part) => row(part.minute ?? part.key ?? '-', part));
  printTable(
    at,
    ['of', 'received', 'stored', 'pending', 'ignored', 'rejected', 'duplicate', 'lost'],
    [...parts, row('all', answer)],
  );
}

function row(
  of: string,
  { received, stored, pending, ignored, rejected, duplicate, difference }: LedgerSummary,
): string[] {
  return [
    ...[of, String(received), String(stored), String(pending), inWords(ignored), inWords(rejected)],
    ...[String(duplicate), String(difference)],
  ];
}

/** "3 (2 too_old, 1 invalid_field)", or 0. */
function inWords(byReason: Record<string, number>): string {
  const reasons = Object.entries(byReason).filter(([, count]) => count > 0);
  const sum = reasons.reduce((all, [, count]) => all + count, 0);
  return sum === 0 ? '0' : `${sum} (${reasons.map(([reason, count]) => `${count} ${reason}`).join(', ')})`;
}
