import type { CommandDeclaration } from '../command.ts';
import { directiveOperand, sayingOptions, sayOfDirective } from '../say-of-directive.ts';
import type { Terminal } from '../terminal.ts';

export const rejectCommand = {
  name: 'reject',
  group: 'What Fleetpulse does about it',
  summary: 'turn a proposed directive down; the like is not proposed again for 30 minutes',
  operands: directiveOperand,
  options: sayingOptions,
  scope: 'control',
  examples: [{ args: 'DIRECTIVE --note "a deployment is under way"', does: 'it stays undone, and the note says why' }],
  page: 'docs/directives.md',
} as const satisfies CommandDeclaration;

export function reject(args: string[], at: Terminal): Promise<void> {
  return sayOfDirective(rejectCommand, 'reject', args, at);
}
