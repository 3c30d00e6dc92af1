import type { CommandDeclaration, Option } from './command.ts';

/** How every command begins. */
export const PROGRAM = 'npm run -s cli --';

/** A command with all it takes: `keys rotate ID [--overlap-hours HOURS]`. What may be left out is in brackets. */
export function usageOf({ name, operands = {}, options = {}, input }: CommandDeclaration): string {
  return [
    name,
    ...Object.entries(operands).map(([operand, { optional }]) => bracketed(capitals(operand), optional === true)),
    ...Object.entries(options).map(([option, of]) => bracketed(optionUsage(option, of), of.required !== true)),
    ...(input === undefined ? [] : [`< ${input}`]),
  ].join(' ');
}

/** `--window LENGTH`, or `--json` of a switch. */
export function optionUsage(name: string, { takes }: Option): string {
  return takes === undefined ? `--${name}` : `--${name} ${takes}`;
}

/** An operand as usage shows it. */
export function capitals(operand: string): string {
  return operand.toUpperCase();
}

function bracketed(text: string, isOptional: boolean): string {
  return isOptional ? `[${text}]` : text;
}
