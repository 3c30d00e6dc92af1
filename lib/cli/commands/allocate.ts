import type { CommandDeclaration } from '../command.ts';

export const allocateCommand = {
  name: 'allocate',
  group: 'Asked of no service',
  summary: 'who should do how much of what, with how many agents',
  about: ['The plan is JSON on standard output; a table for people goes to standard error.'],
  operands: { problem: { what: 'problem', summary: 'a file of JSON; standard input without it', optional: true } },
  options: {
    'time-limit': { takes: 'SECONDS', summary: 'seconds after which the best plan so far is taken', default: '5' },
    gap: {
      takes: 'SHARE',
      summary: 'share above the least cost at which the search may stop, 0 to 1',
      default: '0.005',
    },
    json: { summary: 'the plan alone, without the table' },
  },
  fails: 'no plan keeps to every limit; the best safe one is written',
  examples: [
    { args: 'examples/plans/support-desk.json', does: 'the plan, and a table for people' },
    { args: '--json < PROBLEM.json > plan.json', does: 'only JSON' },
  ],
  page: 'docs/planning.md',
} as const satisfies CommandDeclaration;
