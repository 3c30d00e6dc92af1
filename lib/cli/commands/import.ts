import { type CommandDeclaration, jsonOption } from '../command.ts';

export const importCommand = {
  name: 'import',
  group: 'What comes in',
  summary: 'bring in history of custom metrics that is older than 24 hours; doing it again changes nothing',
  operands: { file: { what: 'file', summary: 'CSV, or a range answer of Prometheus' } },
  options: {
    format: { takes: 'FORMAT', summary: 'csv or prometheus; told from the file without it' },
    metric: { takes: 'NAME', summary: 'what it is called; the name in the file without it' },
    unit: { takes: 'UNIT', summary: 'of its values, such as 1/h' },
    kind: { takes: 'KIND', summary: 'gauge, or counter: what it grew by is brought in', default: 'gauge' },
    'dry-run': { summary: 'show what would be sent, and send nothing' },
    ...jsonOption,
  },
  scope: 'admin',
  examples: [
    { args: 'requests.csv --metric requests --unit 1/h --dry-run', does: 'what would be sent; needs no key' },
    { args: 'requests.csv --metric requests --unit 1/h', does: 'day by day, with retries' },
  ],
  page: 'docs/api.md',
} as const satisfies CommandDeclaration;
