import type { CommandDeclaration } from '../command.ts';
import { directiveOperand, sayingOptions, sayOfDirective } from '../say-of-directive.ts';
import type { Terminal } from '../terminal.ts';

export const rollbackCommand = {
  name: 'rollback',
  group: 'What Fleetpulse does about it',
  summary: 'take a directive in force back, at once; the like is not decided again for 30 minutes',
  operands: directiveOperand,
  options: sayingOptions,
  scope: 'control',
  examples: [{ args: 'DIRECTIVE', does: 'orchestrators are told to undo it' }],
  page: 'docs/directives.md',
} as const satisfies CommandDeclaration;

export function rollback(args: string[], at: Terminal): Promise<void> {
  return sayOfDirective(rollbackCommand, 'rollback', args, at);
}
