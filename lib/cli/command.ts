import type { Scope } from '../core/model/api-key.ts';

/** Where a command stands in the list of all. */
export const commandGroups = [
  'What the fleet does',
  'What Fleetpulse does about it',
  'What comes in',
  'Who may ask, and who changed what',
  'Asked of no service',
  'Environments and their data',
] as const;

/** What a command is given without a name in front of it. */
export interface Operand {
  /** What it is, in one or two words: "agent". */
  what: string;
  /** One sentence, without a full stop. */
  summary: string;
  optional?: true;
}

/** What is given as `--name VALUE`; a switch, `--name`, where it takes nothing. */
export interface Option {
  /** What stands after it, in capitals: "N", "ISO", "SECONDS". */
  takes?: string;
  /** One sentence with the unit, without a full stop. */
  summary: string;
  default?: string;
  required?: true;
}

/** All that is said of one command: what it is read by, its help, its line in the list and its part of docs/cli.md. */
export interface CommandDeclaration {
  /** As it is called: "fleet", or of two words "keys create". */
  name: string;
  group: (typeof commandGroups)[number];
  /** One sentence, without a full stop. */
  summary: string;
  /** What else there is to know, a paragraph each. */
  about?: readonly string[];
  /** In the order in which they are given. */
  operands?: Readonly<Record<string, Operand>>;
  options?: Readonly<Record<string, Option>>;
  /** What it reads from standard input, in capitals, where it takes no operand for it. */
  input?: string;
  /** Asked of the service, with a key of this scope; absent where no service is asked. */
  scope?: Scope;
  /** When it ends with exit code 1; absent where it never does. */
  fails?: string;
  /** What stands after its name, and what that does; one at least. */
  examples: readonly { args: string; does: string }[];
  /** A page that says more. */
  page?: string;
}

type OptionValue<Of extends Option> = Of extends { takes: string }
  ? Of extends { default: string } | { required: true }
    ? string
    : string | undefined
  : boolean;

/** What a command was given, by the names of its declaration. */
export interface Given<Of extends CommandDeclaration> {
  operands: {
    [Name in keyof Of['operands']]: Of['operands'][Name] extends { optional: true } ? string | undefined : string;
  };
  options: {
    [Name in keyof Of['options']]: Of['options'][Name] extends Option ? OptionValue<Of['options'][Name]> : never;
  };
}

/** For commands that read or change something. */
export const jsonOption = { json: { summary: 'the answer as JSON, with all it holds, on standard output' } } as const;
/** How far back figures reach. */
export const windowOption = (longest: string, unlessSaid: string) =>
  ({
    window: {
      takes: 'LENGTH',
      summary: `how far back: 1m to ${longest}, in minutes (m), hours (h) or days (d)`,
      default: unlessSaid,
    },
  }) as const;
/** What is read as of another moment than now. */
export const atOption = { at: { takes: 'ISO', summary: 'as of this moment, UTC; now without it' } } as const;
/** From one moment to another. */
export const periodOptions = (unlessSaid: string) =>
  ({
    from: { takes: 'ISO', summary: `from this moment on, UTC; without both, ${unlessSaid}` },
    to: { takes: 'ISO', summary: 'until before this moment, UTC' },
  }) as const;
/** Keys and audit of another system. */
export const systemOption = {
  system: { takes: 'SYSTEM', summary: 'of another system; only keys of the system "default" may ask for it' },
} as const;
