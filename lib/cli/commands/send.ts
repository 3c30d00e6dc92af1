import { readFileSync } from 'node:fs';
import { text } from 'node:stream/consumers';
import { type CommandDeclaration, jsonOption } from '../command.ts';
import { CommandError } from '../command-error.ts';
import { asJson } from '../figure.ts';
import { printLine } from '../print-line.ts';
import { readCommand } from '../read-command.ts';
import type { Terminal } from '../terminal.ts';

export const sendCommand = {
  name: 'send',
  group: 'What comes in',
  summary: 'send a file of events: {"events": [...]}, or one event a line',
  operands: { file: { what: 'file', summary: 'of JSON, or of one JSON object a line; - is standard input' } },
  options: jsonOption,
  scope: 'ingest',
  fails: 'events of it were rejected; the others are stored',
  examples: [
    { args: 'events.json', does: 'how many were accepted, and why others were not' },
    { args: '- < events.ndjson', does: 'one event a line, from standard input' },
  ],
  page: 'docs/events.md',
} as const satisfies CommandDeclaration;

interface SentAnswer {
  accepted: number;
  rejected: { index: number; code: string; message: string }[];
  duplicate: boolean;
  batchId: string;
}

export async function send(args: string[], at: Terminal): Promise<0 | 1> {
  const { operands, options } = readCommand(sendCommand, args);
  const body = operands.file === '-' ? await text(at.input) : readText(operands.file);
  const answer = await at.service.ask<SentAnswer>('POST', '/v1/events', body);
  const { accepted, rejected, duplicate, batchId } = answer;
  if (options.json) at.print(asJson(answer));
  else {
    const again = duplicate ? '; the batch had been received before, and counts once' : '';
    printLine(
      at,
      `${accepted} ${accepted === 1 ? 'event' : 'events'} accepted, ${rejected.length} rejected, batch ${batchId}${again}`,
    );
    for (const { code, message } of rejected) printLine(at, `  ${code}: ${message}`);
  }
  return rejected.length > 0 ? 1 : 0;
}

function readText(file: string): string {
  try {
    return readFileSync(file, 'utf8');
  } catch (error) {
    throw new CommandError(`${file} cannot be read: ${error instanceof Error ? error.message : String(error)}`);
  }
}
