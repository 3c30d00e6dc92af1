import type { CommandDeclaration } from '../command.ts';
import { directiveOperand, sayingOptions, sayOfDirective } from '../say-of-directive.ts';
import type { Terminal } from '../terminal.ts';

export const approveCommand = {
  name: 'approve',
  group: 'What Fleetpulse does about it',
  summary: 'put a proposed directive in force, at once',
  operands: directiveOperand,
  options: sayingOptions,
  scope: 'control',
  examples: [
    {
      args: 'DIRECTIVE --note "the pool can bear it"',
      does: 'what directives --status proposed lists is waiting for this',
    },
  ],
  page: 'docs/directives.md',
} as const satisfies CommandDeclaration;

export function approve(args: string[], at: Terminal): Promise<void> {
  return sayOfDirective(approveCommand, 'approve', args, at);
}
