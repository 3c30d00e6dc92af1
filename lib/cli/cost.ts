import { join } from 'node:path';
import { billedByDefault } from '../core/cost/billed-by-default.ts';
import type { BilledResources } from '../core/cost/billed-resources.ts';
import { type CostElsewhere, costElsewhere } from '../core/cost/cost-elsewhere.ts';
import { fitUse } from '../core/cost/fit-use.ts';
import { measured } from '../core/cost/measured.ts';
import type { FleetLoad } from '../core/cost/measured-fleet.ts';
import {
  assumptions,
  type CapacityShortage,
  type CostLine,
  type MonthlyCost,
  monthlyCost,
} from '../core/cost/monthly-cost.ts';
import { priceList } from '../core/cost/price-list.ts';
import { type ProvisionedInstead, provisionedInstead } from '../core/cost/provisioned-instead.ts';
import { billedIn } from './billed-in.ts';
import { CommandError } from './command-error.ts';
import { costCommand } from './commands/cost.ts';
import { readCommand } from './read-command.ts';
import { tableLines } from './table.ts';

const MOST_AGENTS = 1_000_000;
/** A fleet of one kind of work is the exception: what one of several costs is told beside it. */
const SEVERAL_TASK_TYPES = 3;

/** Where the templates of an environment may be, and where lines go. */
export interface CostStreams {
  /** Where `cdk synth` writes; what is not there is taken from what is shipped. */
  assemblyDirectory: string;
  print: (line: string) => void;
}

/**
 * `cli cost --agents N`: what an environment costs a month on AWS, line by line, idle, at three task types, without what AWS gives every
 * account, and beside others. Asks no service.
 * @throws CommandError when an option is not what it should be, with what it takes
 */
export function cost(args: string[], { assemblyDirectory, print }: CostStreams): void {
  const { env, load, isJson } = readArgs(args);
  const synthesized = billedIn(assemblyDirectory, env);
  const resources = synthesized ?? billedByDefault[env];
  const fitted = fitUse(measured.fleets);
  const of = (other: Partial<FleetLoad>) => monthlyCost({ load: { ...load, ...other }, resources, measured }, fitted);
  const [busy, idle, several] = [of({}), of({ agents: 0 }), of({ taskTypes: SEVERAL_TASK_TYPES })];
  const instead = provisionedInstead({ load, resources, measured }, fitted);
  const elsewhere = costElsewhere(load);
  if (isJson) {
    const { asOf, region } = priceList;
    const basis = {
      asOf,
      region,
      pricesVerified: isVerified(busy.lines),
      measuredOn: measured.measuredOn,
      assumptions,
    };
    print(
      JSON.stringify(
        {
          ...{ env, load, ...basis, ...busy },
          idle: { totalUsd: idle.totalUsd, toPayUsd: idle.toPayUsd, lines: idle.lines, allowances: idle.allowances },
          atThreeTaskTypes: { totalUsd: several.totalUsd, toPayUsd: several.toPayUsd },
          withProvisionedCapacity: instead ?? null,
          elsewhere,
        },
        null,
        2,
      ),
    );
    return;
  }
  const from = synthesized ? `the templates in ${assemblyDirectory}` : 'the templates that were shipped';
  for (const line of costLines({ env, load, from }, { resources, busy, idle, several, instead, elsewhere }))
    print(line);
}

/** The program's own streams. */
export function costStreams(): CostStreams {
  return { assemblyDirectory: join(process.cwd(), 'cdk.out'), print: console.log };
}

function readArgs(args: string[]): { env: 'dev' | 'staging' | 'prod'; load: FleetLoad; isJson: boolean } {
  const { options: values } = readCommand(costCommand, args);
  const { env } = values;
  if (env !== 'dev' && env !== 'staging' && env !== 'prod') {
    throw new CommandError(`--env takes dev, staging or prod; got ${env}`);
  }
  if (values.region !== priceList.region) {
    throw new CommandError(
      `--region takes ${priceList.region}; the prices of ${values.region} are not known here: add them to lib/core/cost/prices.json`,
    );
  }
  const load: FleetLoad = {
    agents: numberOf('agents', values.agents, { from: 0, to: MOST_AGENTS, isWhole: true }),
    taskTypes: numberOf('task-types', values['task-types'], { from: 1, to: 100, isWhole: true }),
    tasksPerMin: numberOf('tasks-per-min', values['tasks-per-min'], { from: 0, to: 1_000 }),
    batchAgents: numberOf('batch', values.batch, { from: 1, to: 10_000, isWhole: true }),
    flushS: numberOf('flush', values.flush, { from: 1, to: 3_600 }),
    agentsPerHost: numberOf('agents-per-host', values['agents-per-host'] ?? values.batch, {
      from: 1,
      to: 10_000,
      isWhole: true,
    }),
  };
  return { env, load, isJson: values.json };
}

function numberOf(
  name: string,
  text: string,
  { from, to, isWhole = false }: { from: number; to: number; isWhole?: boolean },
) {
  const value = Number(text);
  if (text.trim() !== '' && value >= from && value <= to && (!isWhole || Number.isInteger(value))) return value;
  throw new CommandError(`--${name} takes a ${isWhole ? 'whole ' : ''}number from ${from} to ${to}; got ${text}`);
}

function costLines(
  { env, load, from }: { env: string; load: FleetLoad; from: string },
  {
    resources,
    busy,
    idle,
    several,
    instead,
    elsewhere,
  }: {
    resources: BilledResources;
    busy: MonthlyCost;
    idle: MonthlyCost;
    several: MonthlyCost;
    instead: ProvisionedInstead | undefined;
    elsewhere: CostElsewhere[];
  },
): string[] {
  const { agents, taskTypes, tasksPerMin, agentsPerHost, batchAgents, flushS } = load;
  const idleUsd = new Map(idle.lines.map(({ item, usd }) => [item, usd]));
  const rows = busy.lines.map(({ item, quantity, price, usd }) => [
    item,
    shownQuantity(quantity),
    priceList.aws[price].unit,
    usd.toFixed(2),
    (idleUsd.get(item) ?? 0).toFixed(2),
  ]);
  const sums = [
    sumRow('total', busy.totalUsd, idle.totalUsd),
    ...(instead ? [sumRow('the total with provisioned capacity', instead.totalUsd, instead.idle.totalUsd)] : []),
    sumRow('allowances of the account', busy.toPayUsd - busy.totalUsd, idle.toPayUsd - idle.totalUsd),
    sumRow('to pay in an account with nothing else', busy.toPayUsd, idle.toPayUsd),
    ...(taskTypes === SEVERAL_TASK_TYPES
      ? []
      : [sumRow('the total at three task types', several.totalUsd, idle.totalUsd)]),
  ];
  const allowed = busy.allowances.map(({ price }) => priceList.aws[price].unit);
  const others = elsewhere.map(({ product, counted, usd, price }) => [product, counted, usd.toFixed(0), price.source]);
  return [
    `${env}, ${agents.toLocaleString('en')} agents, ${taskTypes} task ${taskTypes === 1 ? 'type' : 'types'} with ${tasksPerMin} tasks a minute each, ${agentsPerHost} agents a host, batches of ${batchAgents}, flush ${flushS} s: ${busy.requestsPerMin.toFixed(0)} requests a minute`,
    '',
    ...tableLines(
      ['a month', 'quantity', 'unit', 'USD', 'idle'],
      [...rows, ...sums],
      (column) => column === 1 || column > 2,
    ),
    '',
    ...busy.shortages.map(shownShortage),
    ...(instead
      ? [
          `Provisioned capacity is cheaper where as many agents report around the clock: write tableCapacity: ${shownCapacity(instead)} to infra/config/${env}.ts, and more where people and programs read much. See docs/decisions/table-capacity.md.`,
        ]
      : []),
    ...(instead || busy.shortages.length > 0 ? [''] : []),
    'the same fleet elsewhere',
    ...tableLines(['product', 'counted as', 'USD', 'price from'], others, (column) => column === 2),
    '',
    `List prices of ${priceList.region} as of ${priceList.asOf}, the total without free tiers and taxes; ${isVerified(busy.lines) ? 'all read off the pages of AWS' : 'recalled or from third parties, not read off the pages of AWS'}: lib/core/cost/prices.json.`,
    `Allowances: what AWS gives each account every month without end (${allowed.join(', ')}), once for all that is in it; other free tiers are not in it.`,
    `Use as measured on ${measured.measuredOn} in the local cloud, not on AWS; resources from ${from}. Not in it: what people and programs read, data out, retries. See docs/cost.md.`,
    ...(busy.unmeasured.length > 0
      ? [`Without work when use was measured, so not in it: ${busy.unmeasured.join(', ')}.`]
      : []),
    ...(resources.unknownTypes.length > 0 ? [`Not priced: ${resources.unknownTypes.join(', ')}.`] : []),
  ];
}

function sumRow(of: string, busyUsd: number, idleUsd: number): string[] {
  return [of, '', '', busyUsd.toFixed(2), idleUsd.toFixed(2)];
}

function shownShortage({ table, access, raise, from, to }: CapacityShortage): string {
  const setting = `tableCapacity.${table.toLowerCase()}.${access}.${raise}`;
  const why =
    raise === 'max'
      ? `the mean load needs ${to} at its target utilization, and what is above the bound is refused`
      : `scheduled jobs ask for five minutes of ${to} at once, and DynamoDB keeps no more than that for a burst`;
  return `${setting} is ${from}, too little: ${why}.`;
}

/** As TypeScript has it, so that it can be copied. */
function shownCapacity({ tableCapacity: { state, rollups } }: ProvisionedInstead): string {
  const range = ({ min, max }: { min: number; max: number }) => `{ min: ${min}, max: ${max} }`;
  const table = ({ write, read }: typeof state) => `{ write: ${range(write)}, read: ${range(read)} }`;
  return `{ state: ${table(state)}, rollups: ${table(rollups)} }`;
}

function isVerified(lines: readonly CostLine[]): boolean {
  return lines.every(({ price }) => priceList.aws[price].verified);
}

function shownQuantity(quantity: number): string {
  return quantity >= 1_000 ? Math.round(quantity).toLocaleString('en') : quantity.toPrecision(3);
}
