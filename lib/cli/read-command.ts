import { parseArgs } from 'node:util';
import { nearestName } from '../core/model/nearest-name.ts';
import type { CommandDeclaration, Given, Option } from './command.ts';
import { CommandError } from './command-error.ts';
import { capitals, optionUsage, PROGRAM, usageOf } from './command-usage.ts';

/**
 * Reads what a command was given by its declaration.
 * @throws CommandError naming what is unknown, missing or too much, with how the command is called
 */
export function readCommand<const Of extends CommandDeclaration>(declaration: Of, args: readonly string[]): Given<Of> {
  const { name, options = {} } = declaration;
  const { tokens } = parseArgs({
    args: [...args],
    options: Object.fromEntries(Object.entries(options).map(([option, of]) => [option, { type: typeOf(of) }])),
    // Its own messages know neither the command nor what was meant.
    strict: false,
    allowPositionals: true,
    tokens: true,
  });
  const given: Record<string, string | boolean | undefined> = Object.fromEntries(
    Object.entries(options).map(([option, of]) => [option, of.takes === undefined ? false : of.default]),
  );
  const words: string[] = [];
  for (const token of tokens) {
    if (token.kind === 'positional') words.push(token.value);
    if (token.kind !== 'option') continue;
    const option = Object.hasOwn(options, token.name) ? options[token.name] : undefined;
    if (!option) throw unknownOption(declaration, token.rawName);
    given[token.name] = givenValue(option, token);
  }
  const missing = Object.entries(options).find(([option, { required }]) => required && given[option] === undefined);
  if (missing) throw new CommandError(`${name} needs ${optionUsage(...missing)}: ${missing[1].summary}`);
  return { operands: readOperands(declaration, words), options: given } as Given<Of>;
}

function typeOf({ takes }: Option): 'string' | 'boolean' {
  return takes === undefined ? 'boolean' : 'string';
}

function givenValue(
  option: Option,
  { name, value, inlineValue }: { name: string; value: string | undefined; inlineValue: boolean | undefined },
): string | true {
  if (option.takes === undefined) {
    if (value === undefined) return true;
    throw new CommandError(`--${name} is a switch and takes no value; got ${value}`);
  }
  // A value that looks like an option is one, unless it stands behind an equals sign.
  if (value !== undefined && (inlineValue || !/^-./.test(value))) return value;
  throw new CommandError(`--${name} takes a value: ${optionUsage(name, option)}, ${option.summary}`);
}

function unknownOption({ name, options = {} }: CommandDeclaration, given: string): CommandError {
  const known = Object.keys(options);
  const nearest = nearestName(given.replace(/^-+/, ''), known);
  const all = known.length === 0 ? 'it has none' : `it has ${known.map((option) => `--${option}`).join(', ')}`;
  const meant = nearest === null ? all : `did you mean --${nearest}?`;
  return new CommandError(`${name} has no option ${given}: ${meant} (${PROGRAM} ${name} --help)`);
}

function readOperands(declaration: CommandDeclaration, words: readonly string[]): Record<string, string | undefined> {
  const { name, operands = {}, input } = declaration;
  const expected = Object.entries(operands);
  const needed = expected.filter(([, { optional }]) => !optional).length;
  if (words.length >= needed && words.length <= expected.length) {
    return Object.fromEntries(expected.map(([operand], i) => [operand, words[i]]));
  }
  const usage = `${PROGRAM} ${usageOf(declaration)}`;
  if (input !== undefined) {
    throw new CommandError(
      `${name} reads ${input} from standard input and takes no argument; got ${words[0]}: ${usage}`,
    );
  }
  const got = words.length > 0 ? `; got ${words.join(' ')}` : '';
  const takes =
    expected.length === 0
      ? 'no argument'
      : expected
          .map(([operand, { what }]) => `one ${what}${what === operand ? '' : ` (${capitals(operand)})`}`)
          .join(' and ');
  throw new CommandError(`${name} takes ${takes}${got}: ${usage}`);
}
