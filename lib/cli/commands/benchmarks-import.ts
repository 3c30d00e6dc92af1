import { type CommandDeclaration, jsonOption } from '../command.ts';

export const benchmarksImportCommand = {
  name: 'benchmarks import',
  group: 'What comes in',
  summary: 'declare the domain, set published figures and profiles of competitors',
  operands: {
    file: { what: 'file', summary: 'of JSON with domain, entries and competitors, each of which may be left out' },
  },
  options: jsonOption,
  scope: 'control',
  fails: 'something of it is refused; the rest is taken',
  examples: [{ args: 'FILE.json', does: 'what was taken, and why the rest was not' }],
  page: 'docs/comparisons.md',
} as const satisfies CommandDeclaration;
