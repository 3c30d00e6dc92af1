import type { CommandDeclaration } from '../command.ts';

export const simulateCommand = {
  name: 'simulate',
  group: 'Asked of no service',
  summary: 'how well policies would run a fleet that does not exist',
  about: ['How far it has come is told on standard error. A service is asked only with --url.'],
  operands: { scenario: { what: 'file', summary: 'a scenario, as docs/simulate.md describes it' } },
  options: {
    policy: { takes: 'NAME,...', summary: 'these policies alone, such as round-robin or fleetpulse; all without it' },
    seeds: { takes: 'N', summary: 'how many runs of each, 1 to 1000, each with other chances', default: '1' },
    json: { summary: 'everything that was found, as JSON' },
    url: { takes: 'URL', summary: 'of a local cloud with a manual clock that steers the fleet' },
    key: { takes: 'KEY', summary: 'an API key of it' },
  },
  examples: [
    { args: 'examples/scenarios/support-desk.json', does: 'from round robin to an oracle' },
    { args: 'SCENARIO.json --policy round-robin,power-of-two --seeds 10', does: 'two policies, ten runs of each' },
  ],
  page: 'docs/simulate.md',
} as const satisfies CommandDeclaration;
