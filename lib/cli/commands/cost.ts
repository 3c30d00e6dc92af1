import { priceList } from '../../core/cost/price-list.ts';
import { type CommandDeclaration, jsonOption } from '../command.ts';

export const costCommand = {
  name: 'cost',
  group: 'Asked of no service',
  summary: 'what an environment costs a month on AWS, idle and beside others',
  options: {
    agents: { takes: 'N', summary: 'how many agents report', required: true },
    batch: { takes: 'BATCH', summary: 'agents that one batch reports on', default: '25' },
    flush: { takes: 'SECONDS', summary: 'seconds between two batches of a host', default: '60' },
    'agents-per-host': { takes: 'N', summary: 'agents of one host; as many as --batch without it' },
    'task-types': { takes: 'N', summary: 'task types of each agent', default: '1' },
    'tasks-per-min': { takes: 'N', summary: 'tasks a minute of each of them', default: '2' },
    env: { takes: 'ENV', summary: 'with the settings of dev, staging or prod', default: 'prod' },
    region: { takes: 'REGION', summary: 'whose prices are meant', default: priceList.region },
    ...jsonOption,
  },
  examples: [
    { args: '--agents 10000', does: 'line by line, with what AWS gives every account' },
    { args: '--agents 500 --flush 10 --env dev --json', does: 'shorter flushes cost more' },
  ],
  page: 'docs/cost.md',
} as const satisfies CommandDeclaration;
