import type { CommandDeclaration } from '../command.ts';
import { asJson } from '../figure.ts';
import { printLine } from '../print-line.ts';
import { readCommand } from '../read-command.ts';
import { sayingOptions } from '../say-of-directive.ts';
import { segment } from '../service.ts';
import type { Terminal } from '../terminal.ts';

export const acknowledgeCommand = {
  name: 'acknowledge',
  group: 'What Fleetpulse does about it',
  summary: 'take care of an alert: it is neither repeated nor raised any more; who says so first stays',
  operands: { alert: { what: 'alert', summary: 'its id, as `alerts` shows it' } },
  options: sayingOptions,
  scope: 'control',
  examples: [{ args: 'ALERT --note "looking into it"', does: 'the others see who has it' }],
  page: 'docs/alerts.md',
} as const satisfies CommandDeclaration;

interface AcknowledgedAlert {
  title: string;
  acknowledged: { by: string; at: string; note: string | null } | null;
}

export async function acknowledge(args: string[], at: Terminal): Promise<void> {
  const { operands, options } = readCommand(acknowledgeCommand, args);
  const { json, ...said } = options;
  const path = `/v1/alerts/${segment(operands.alert)}/ack`;
  const answer = await at.service.ask<AcknowledgedAlert>('POST', path, JSON.stringify(said));
  if (json) return at.print(asJson(answer));
  const { title, acknowledged } = answer;
  const note = acknowledged?.note ? `: ${acknowledged.note}` : '';
  printLine(at, `${title}: acknowledged by ${acknowledged?.by} at ${acknowledged?.at}${note}`);
}
