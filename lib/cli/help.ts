import { type CommandDeclaration, commandGroups, type Option } from './command.ts';
import { capitals, optionUsage, PROGRAM, usageOf } from './command-usage.ts';

const WIDTH = 110;

/** What the exit codes of every command say; those of 1 are each command's own. */
export const exitCodes = {
  0: 'done',
  1: 'done, and something failed or was found: what, the help of each command says',
  2: 'not done: it was called wrongly, or the service or AWS refuses or does not answer; why is on standard error',
  3: 'the program itself failed, which is a mistake in it: where, is on standard error',
} as const;

/** What each command reads of its surroundings. */
export const variables = {
  FLEETPULSE_URL: 'where the service is, local or deployed; http://127.0.0.1:8787 without it',
  FLEETPULSE_KEY: 'an API key of it; the first start of npm start prints one, `keys create` makes more',
  NO_COLOR: 'set to anything, nothing is in colour; elsewhere only at a terminal, and no colour says what words do not',
} as const;

/** Every command in a line, by its group. */
export function helpOfAll(declarations: readonly CommandDeclaration[]): string {
  const width = Math.max(...declarations.map(({ name }) => name.length));
  const groups = commandGroups.flatMap((group) => {
    const own = declarations.filter((declaration) => declaration.group === group);
    return [
      '',
      group,
      ...rows(
        own.map(({ name, summary }) => [name, summary]),
        width,
      ),
    ];
  });
  return [
    `${PROGRAM} COMMAND`,
    ...groups,
    '',
    `${PROGRAM} COMMAND --help says what a command takes, with examples; docs/cli.md has all of them.`,
    '',
    ...rows(Object.entries(variables)),
    '',
    'Exit codes',
    ...rows(Object.entries(exitCodes)),
  ].join('\n');
}

/** What one command takes, does and ends with. */
export function helpOf(declaration: CommandDeclaration): string {
  const { name, summary, about = [], operands = {}, options = {}, fails, examples, page } = declaration;
  const taken: [string, string][] = [
    ...Object.entries(operands).map(([operand, of]): [string, string] => [capitals(operand), of.summary]),
    ...Object.entries(options).map(([option, of]): [string, string] => [optionUsage(option, of), told(of)]),
  ];
  return [
    ...wrappedUsage(`${PROGRAM} ${usageOf(declaration)}`),
    '',
    ...wrapped(`${summary[0]?.toUpperCase()}${summary.slice(1)}.`),
    ...about.flatMap((paragraph) => ['', ...wrapped(paragraph)]),
    ...(taken.length === 0 ? [] : ['', ...rows(taken)]),
    '',
    'Examples',
    ...examples.flatMap(({ args, does }) => [`  ${[PROGRAM, name, args].join(' ').trimEnd()}`, `      ${does}`]),
    '',
    'Exit codes',
    ...rows([
      ['0', exitCodes[0]],
      ...(fails === undefined ? [] : [['1', fails] as [string, string]]),
      ['2', exitCodes[2]],
    ]),
    ...[askedOf(declaration), page === undefined ? '' : `More: ${page}`]
      .filter((line) => line !== '')
      .flatMap((line) => ['', ...wrapped(line)]),
  ].join('\n');
}

/** An option's sentence with what holds without it. */
export function told({ summary, default: unlessSaid, required }: Option): string {
  if (required) return `${summary}; needed`;
  return unlessSaid === undefined ? summary : `${summary}; ${unlessSaid} without it`;
}

/** Whom a command asks, and what its key must be able to; empty where AWS or a table is asked. */
export function askedOf({ scope, group }: CommandDeclaration): string {
  if (scope !== undefined) {
    return `It asks the service at FLEETPULSE_URL; the key in FLEETPULSE_KEY needs the scope ${scope}.`;
  }
  return group === 'Asked of no service' ? 'It needs no FLEETPULSE_KEY.' : '';
}

/** Two columns, the second wrapped under itself. */
function rows(pairs: readonly (readonly [string, string])[], least = 0): string[] {
  const width = Math.max(least, ...pairs.map(([left]) => left.length));
  return pairs.flatMap(([left, right]) => wrapped(`  ${left.padEnd(width)}  ${right}`, width + 4));
}

/** An option stays with what it takes. */
function wrappedUsage(usage: string): string[] {
  const kept = usage.replaceAll(/(--[a-z-]+) (?=[A-Z])/g, '$1\u00a0');
  return wrapped(kept, 4).map((line) => line.replaceAll('\u00a0', ' '));
}

/** Lines of at most 110 characters; those after the first are indented. */
function wrapped(text: string, indent = 0): string[] {
  const lines: string[] = [];
  let rest = text;
  while (rest.length > WIDTH) {
    const space = rest.lastIndexOf(' ', WIDTH);
    const end = space > indent ? space : rest.indexOf(' ', WIDTH);
    if (end < 0) break;
    lines.push(rest.slice(0, end));
    rest = `${' '.repeat(indent)}${rest.slice(end + 1)}`;
  }
  return [...lines, rest];
}
