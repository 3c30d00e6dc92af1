import type * as z from 'zod';
import { nearestName } from './nearest-name.ts';
import { pathOf, type ScenarioProblem } from './scenario-error.ts';

/** One violation as zod reports it, and the names of the fields of the object it is in. */
export interface FoundIssue {
  issue: z.core.$ZodIssue;
  input: unknown;
  /** Of an object with an unknown field: those it may have. */
  known: readonly string[];
}

/** What is wrong, in words that say what to write instead. */
export function explainIssue({ issue, input, known }: FoundIssue, ofUnion: Explain): ScenarioProblem[] {
  const path = pathOf(issue.path);
  switch (issue.code) {
    case 'unrecognized_keys':
      return issue.keys.map((key) => ({ path: pathOf([...issue.path, key]), message: unknownField(key, known) }));
    case 'invalid_union':
      return 'options' in issue ? [{ path, message: choice(input, issue.options) }] : ofUnion(issue);
    case 'invalid_value':
      return [{ path, message: choice(input, issue.values) }];
    case 'invalid_type':
      return [{ path, message: `${required(input)}must be ${nameOf(issue.expected)}${got(input)}` }];
    case 'too_small':
      return [{ path, message: tooSmall(issue, input) }];
    case 'too_big':
      return [{ path, message: tooBig(issue, input) }];
    default:
      return [{ path, message: `${issue.message}${got(input)}` }];
  }
}

type UnionIssue = Extract<z.core.$ZodIssue, { code: 'invalid_union' }>;
type Explain = (issue: UnionIssue) => ScenarioProblem[];

function unknownField(key: string, known: readonly string[]): string {
  const near = nearestName(key, known);
  const instead = near === undefined ? `the fields here are ${known.join(', ')}` : `did you mean "${near}"?`;
  return `there is no such field: ${instead}`;
}

function choice(input: unknown, options: readonly unknown[]): string {
  const known = options.filter((option) => option !== undefined).map(String);
  const near = typeof input === 'string' ? nearestName(input, known) : undefined;
  const among = known.length === 1 ? `must be ${known[0]}` : `must be one of ${known.join(', ')}`;
  return `${required(input)}${among}${got(input)}${near === undefined ? '' : ` (did you mean "${near}"?)`}`;
}

function required(input: unknown): string {
  return input === undefined ? 'is required: it ' : '';
}

function got(input: unknown): string {
  if (input === undefined) return '';
  const text = JSON.stringify(input) ?? String(input);
  return `; got ${text.length > 60 ? `${text.slice(0, 57)}...` : text}`;
}

function nameOf(expected: string): string {
  const names: Record<string, string> = {
    ...{ int: 'a whole number', number: 'a number', string: 'text', boolean: 'true or false' },
    ...{ array: 'a list', tuple: 'a list', object: 'an object' },
  };
  return names[expected] ?? expected;
}

type TooSmall = Extract<z.core.$ZodIssue, { code: 'too_small' }>;
type TooBig = Extract<z.core.$ZodIssue, { code: 'too_big' }>;

function tooSmall({ origin, minimum, inclusive }: TooSmall, input: unknown): string {
  if (origin === 'array' || origin === 'tuple') return `must have at least ${counted(minimum, 'entry', 'entries')}`;
  if (origin === 'string') return `must have at least ${counted(minimum, 'character', 'characters')}`;
  return `must be ${inclusive === false ? 'above' : 'at least'} ${minimum}${got(input)}`;
}

function tooBig({ origin, maximum, inclusive }: TooBig, input: unknown): string {
  if (origin === 'array' || origin === 'tuple') return `must have at most ${counted(maximum, 'entry', 'entries')}`;
  if (origin === 'string') return `must have at most ${counted(maximum, 'character', 'characters')}`;
  return `must be ${inclusive === false ? 'below' : 'at most'} ${maximum}${got(input)}`;
}

function counted(count: number | bigint, one: string, several: string): string {
  return `${count} ${Number(count) === 1 ? one : several}`;
}
