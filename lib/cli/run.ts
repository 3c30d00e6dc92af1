import { nearestName } from '../core/model/nearest-name.ts';
import { CommandError } from './command-error.ts';
import { PROGRAM } from './command-usage.ts';
import { helpOf, helpOfAll } from './help.ts';
import { refusalOfAws } from './refusal-of-aws.ts';
import { type Command, commands } from './registry.ts';
import type { Terminal } from './terminal.ts';

/**
 * Runs the command that is named, or helps.
 * @returns the exit code, as lib/cli/help.ts has them
 */
export async function run(words: readonly string[], at: Terminal): Promise<number> {
  try {
    const asked = words[0] === 'help' ? [...words.slice(1), '--help'] : [...words];
    return await runNamed(asked, at);
  } catch (error) {
    const refusal = error instanceof CommandError ? error.message : refusalOfAws(error);
    if (refusal !== null) {
      at.tell(refusal);
      return 2;
    }
    at.tell(error instanceof Error ? (error.stack ?? error.message) : String(error));
    return 3;
  }
}

async function runNamed(words: string[], at: Terminal): Promise<number> {
  const isHelp = asksForHelp(words);
  const [first = ''] = words;
  if (first === '' || first.startsWith('-')) {
    if (!isHelp) throw new CommandError(helpOfAll(commands.map(({ declaration }) => declaration)));
    at.print(helpOfAll(commands.map(({ declaration }) => declaration)));
    return 0;
  }
  const own = commands.find(({ declaration }) => isCalled(declaration.name, words));
  if (!own) return helpWithGroup(words, isHelp, at);
  if (isHelp) {
    at.print(helpOf(own.declaration));
    return 0;
  }
  return own.run(words.slice(own.declaration.name.split(' ').length), at);
}

/** Of commands of two words, where the second is missing, unknown, or help is asked for. @throws CommandError */
function helpWithGroup(words: readonly string[], isHelp: boolean, at: Terminal): number {
  const [first = '', second = ''] = words;
  const group = commands.filter(({ declaration }) => declaration.name.startsWith(`${first} `));
  if (group.length === 0) throw unknownCommand(first, [...new Set(commands.map(firstWord))]);
  if (isHelp && (second === '' || second.startsWith('-'))) {
    at.print(group.map(({ declaration }) => helpOf(declaration)).join('\n\n\n'));
    return 0;
  }
  const names = group.map(({ declaration }) => declaration.name.slice(first.length + 1));
  const meant = nearestName(second, names);
  const hint = meant === null ? '' : `; did you mean ${first} ${meant}?`;
  const got = second === '' ? '' : `; got ${second}`;
  throw new CommandError(`${first} takes ${names.join(', ')}${got}${hint} (${PROGRAM} ${first} --help)`);
}

function unknownCommand(given: string, known: readonly string[]): CommandError {
  const meant = nearestName(given, known);
  const hint = meant === null ? `it has ${known.join(', ')}` : `did you mean ${meant}?`;
  return new CommandError(`there is no command ${given}: ${hint} (${PROGRAM} --help)`);
}

function isCalled(name: string, words: readonly string[]): boolean {
  return name.split(' ').every((word, i) => words[i] === word);
}

function firstWord({ declaration }: Command): string {
  return declaration.name.split(' ')[0] ?? '';
}

/** What stands behind -- is no option. */
function asksForHelp(words: readonly string[]): boolean {
  const end = words.indexOf('--');
  return (end < 0 ? words : words.slice(0, end)).some((word) => word === '--help' || word === '-h');
}
