import { nearestName } from '../../core/model/nearest-name.ts';
import { actionClassNames, modes } from '../../core/remediate/action-class.ts';
import { type CommandDeclaration, jsonOption } from '../command.ts';
import { CommandError } from '../command-error.ts';
import { asJson } from '../figure.ts';
import { printLine } from '../print-line.ts';
import { readCommand } from '../read-command.ts';
import type { Terminal } from '../terminal.ts';

export const modeCommand = {
  name: 'mode',
  group: 'What Fleetpulse does about it',
  summary: 'set how far Fleetpulse goes by itself with one class of action, at once',
  about: [
    'observe decides nothing and ends what there is; recommend proposes; approve asks for 15 minutes, then anew; auto acts. To set a mode again forgives what the class was demoted for.',
  ],
  operands: {
    class: { what: 'class', summary: `${actionClassNames.join(', ')}: what \`policy\` shows as action` },
    mode: { what: 'mode', summary: modes.join(', ') },
  },
  options: jsonOption,
  scope: 'admin',
  examples: [{ args: 'scale approve', does: 'levels of agents wait for a person from now on' }],
  page: 'docs/directives.md',
} as const satisfies CommandDeclaration;

interface Modes {
  modes: Record<string, string>;
  origin: { modes: Record<string, string> };
}

export async function mode(args: string[], at: Terminal): Promise<void> {
  const { operands, options } = readCommand(modeCommand, args);
  const [action, wanted] = [known('class', operands.class, actionClassNames), known('mode', operands.mode, modes)];
  const before = await at.service.get<Modes>('/v1/policy');
  const after = await at.service.ask<Modes>('PUT', '/v1/policy', JSON.stringify({ modes: { [action]: wanted } }));
  if (options.json) return at.print(asJson(after));
  const said = ({ modes: of, origin }: Modes) => `${of[action]} (${origin.modes[action]})`;
  printLine(at, `${action} was ${said(before)}`);
  printLine(at, `${action} is ${said(after)}`);
}

function known(what: string, given: string, names: readonly string[]): string {
  if (names.includes(given)) return given;
  const nearest = nearestName(given, names);
  const meant = nearest === null ? `it is one of ${names.join(', ')}` : `did you mean ${nearest}?`;
  throw new CommandError(`there is no ${what} ${given}: ${meant}`);
}
