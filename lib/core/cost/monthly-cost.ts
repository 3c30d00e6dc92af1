import { accountAllowances, type UsedAllowance } from './account-allowances.ts';
import type { BilledResources } from './billed-resources.ts';
import { type FittedUse, fitUse } from './fit-use.ts';
import type { FleetLoad, FunctionUse, MeasuredFleet } from './measured-fleet.ts';
import { type AwsPriced, priceList, priceOfQuantity } from './price-list.ts';
import { requestRate } from './request-rate.ts';
import { burstUnits, provisionedUnits, steadyUnits, type UnitUse } from './table-capacity.ts';

/** As AWS counts a month. */
const MONTH_HOURS = 730;
const MONTH_MINUTES = 60 * MONTH_HOURS;
const MONTH_SECONDS = 60 * MONTH_MINUTES;
const DAY_MINUTES = 1_440;
const GB = 1024 ** 3;

const CANARY = 'Canary';
/** Each run reports once and reads twice: see lib/app/run-canary.ts. */
const CANARY_REQUESTS = 3;

const TABLES = [
  { table: 'State', write: 'stateWriteUnits', read: 'stateReadUnits' },
  { table: 'Rollups', write: 'rollupsWriteUnits', read: 'rollupsReadUnits' },
] as const;
const ACCESS = ['write', 'read'] as const;

export type TableName = (typeof TABLES)[number]['table'];

export type TableUse = Record<(typeof ACCESS)[number], UnitUse>;

/** Of writes and of reads of a table each: above the target and below it, and whether somebody else changed the capacity up or down. */
const ALARMS_OF_AUTO_SCALING = 4;

/** What of an agent's minute was the same in all measured fleets. */
export const agentMinute = { beats: 1, samples: 2, failedShare: 0.02 } as const;

/** What nobody measured, because only AWS could say it. */
export const assumptions = {
  /** A function of so much memory has one virtual CPU, and less of it in proportion. */
  mbPerCpu: 1_769,
  /** CPU time on arm64, by what it is on the machine that measured. */
  cpuFactor: 1,
  /** From a call of DynamoDB to its answer. */
  waitMs: 10,
  /** How long DynamoDB keeps what has expired. */
  expiryLagDays: 2,
  /** What the gateway logs of a request, with what CloudWatch adds. */
  accessLogBytes: 136,
  /** Of what is logged, as CloudWatch stores it. */
  logCompression: 0.15,
  /** Of its default rule, for each function: so many traces a second, and this share of the rest. */
  tracesPerSecond: 1,
  tracedShare: 0.05,
} as const;

export interface CostLine {
  item: string;
  price: AwsPriced;
  /** A month. */
  quantity: number;
  usd: number;
}

export interface MonthlyCost {
  requestsPerMin: number;
  lines: CostLine[];
  /** At list prices. */
  totalUsd: number;
  allowances: UsedAllowance[];
  /** The total less these: the bill of an account with nothing else in it. */
  toPayUsd: number;
  /** By the name of the table in the infrastructure code. */
  tableUse: Record<TableName, TableUse>;
  /** Where provisioned capacity is not enough, so that some of what is asked for is refused. */
  shortages: CapacityShortage[];
  /** Functions of the environment that were not there, or did nothing, when use was measured. */
  unmeasured: string[];
}

export interface CapacityShortage {
  table: TableName;
  access: keyof TableUse;
  /** The bound of the setting: `max` where the mean load is too much for it, `min` where what scheduled jobs ask for at once is. */
  raise: 'min' | 'max';
  /** Units a second, as all of these. */
  to: number;
  from: number;
}

export interface CostInput {
  load: FleetLoad;
  resources: BilledResources;
  measured: { fleets: readonly MeasuredFleet[]; customMetrics: number };
}

/**
 * What an environment costs a month at list prices: what its templates hold, and what a fleet makes it do around the clock. Reading by
 * people and programs, and what leaves AWS, are not in it.
 */
export function monthlyCost({ load, resources, measured }: CostInput, fitted = fitUse(measured.fleets)): MonthlyCost {
  const requestsPerMin = requestRate(load, hostEvents(load));
  const { functions, stored } = useOf(load, requestsPerMin, fitted);
  const names = Object.keys(functions).sort();
  const total = (of: (use: FunctionUse) => number) =>
    names.reduce((sum, name) => sum + of(functions[name] as FunctionUse), 0);
  const lines: CostLine[] = [];
  const add = (item: string, price: AwsPriced, quantity: number) => {
    lines.push({ item, price, quantity, usd: priceOfQuantity(quantity, priceList.aws[price]) });
  };
  const ofCanary = (functions[CANARY]?.invocations ?? 0) * CANARY_REQUESTS;
  add('API Gateway', 'apiRequests', (requestsPerMin + ofCanary) * MONTH_MINUTES);
  for (const name of names) {
    const use = functions[name] as FunctionUse;
    const memoryMb = resources.functions[name]?.memoryMb ?? 0;
    add(`Lambda ${name}, requests`, 'lambdaRequests', use.invocations * MONTH_MINUTES);
    add(`Lambda ${name}, time`, 'lambdaGbSeconds', gbSeconds(use, memoryMb) * MONTH_MINUTES);
  }
  const byRequest = TABLES.filter(({ table }) => !resources.provisionedTables[table]);
  for (const access of ACCESS) {
    for (const name of names) {
      const use = functions[name] as FunctionUse;
      const units = byRequest.reduce((sum, uses) => sum + use[uses[access]], 0);
      add(`DynamoDB ${access}s, ${name}`, `${access}Units`, units * MONTH_MINUTES);
    }
  }
  const unitUse = (units: (typeof TABLES)[number]['write' | 'read']): UnitUse => {
    const jobs = names.filter((name) => resources.scheduled.includes(name));
    const ofRun = ({ invocations, [units]: perMinute }: FunctionUse) => (invocations > 0 ? perMinute / invocations : 0);
    return {
      perSecond: total((use) => use[units]) / 60,
      atOnce: jobs.reduce((sum, name) => sum + ofRun(functions[name] as FunctionUse), 0),
    };
  };
  const tableUse = Object.fromEntries(
    TABLES.map(({ table, write, read }) => [table, { write: unitUse(write), read: unitUse(read) }]),
  ) as Record<TableName, TableUse>;
  const shortages: CapacityShortage[] = [];
  for (const { table } of TABLES) {
    const capacity = resources.provisionedTables[table];
    if (!capacity) continue;
    for (const access of ACCESS) {
      const [range, use, target] = [capacity[access], tableUse[table][access], capacity.targetUtilization];
      const has = provisionedUnits(use.perSecond, range, target);
      add(`DynamoDB ${access} capacity, ${table}`, `${access}CapacityHours`, has * MONTH_HOURS);
      const [steady, burst] = [steadyUnits(use.perSecond, target), burstUnits(use.atOnce)];
      if (steady > range.max) shortages.push({ table, access, raise: 'max', to: steady, from: range.max });
      if (burst > has) shortages.push({ table, access, raise: 'min', to: burst, from: range.min });
    }
  }
  const lagBytes = stored.expiringBytesPerMinute * assumptions.expiryLagDays * DAY_MINUTES;
  add('DynamoDB storage', 'tableStorage', (stored.steadyBytes + lagBytes + stored.lastingBytes) / GB);
  if (resources.recoverableTables > 0) {
    add('Point-in-time recovery', 'pointInTimeRecovery', stored.lastingBytes / GB);
  }
  const writes = total(({ timestreamWriteUnits }) => timestreamWriteUnits) * MONTH_MINUTES;
  if (resources.timestreamTables > 0) {
    add('Timestream writes', 'timestreamWriteUnits', writes);
    add('Timestream storage, at its minimum', 'timestreamMagneticStorage', 100);
  }
  const accessLogs = requestsPerMin * assumptions.accessLogBytes;
  const loggedGb = ((total(({ logBytes }) => logBytes) + accessLogs) * MONTH_MINUTES) / GB;
  add('Logs, ingested', 'logsIngested', loggedGb);
  add(
    'Logs, stored',
    'logsStored',
    (loggedGb * assumptions.logCompression * resources.logRetentionDays * DAY_MINUTES) / MONTH_MINUTES,
  );
  for (const name of names) {
    const perSecond = (functions[name] as FunctionUse).invocations / 60;
    if (resources.functions[name]?.isTraced)
      add(`X-Ray traces, ${name}`, 'traces', tracesPerSecond(perSecond) * MONTH_SECONDS);
  }
  add('EventBridge events', 'busEvents', total(({ busEvents }) => busEvents) * MONTH_MINUTES);
  const scheduled = names.filter((name) => resources.scheduled.includes(name));
  const starts = scheduled.reduce((sum, name) => sum + (functions[name] as FunctionUse).invocations, 0);
  add('EventBridge Scheduler', 'schedulerInvocations', starts * MONTH_MINUTES);
  add('SNS', 'publishes', total(({ publishes }) => publishes) * MONTH_MINUTES);
  add('Alarms', 'alarmMetrics', resources.alarmMetrics);
  const scaled = Object.keys(resources.provisionedTables).length * ACCESS.length;
  add('Alarms of auto scaling', 'alarmMetrics', scaled * ALARMS_OF_AUTO_SCALING);
  add('Dashboards', 'dashboards', resources.dashboards);
  add('Custom metrics', 'customMetrics', measured.customMetrics + resources.metricFilters);
  add('KMS keys', 'keys', resources.keys);
  add('Secrets', 'secrets', resources.secrets);
  add('WAF', 'webAcls', resources.webAcls);
  add('WAF rules', 'webAclRules', resources.webAclRules);
  const unmeasured = Object.keys(resources.functions).filter((name) => !functions[name]);
  const totalUsd = lines.reduce((sum, { usd }) => sum + usd, 0);
  const allowances = accountAllowances(lines);
  const toPayUsd = totalUsd + allowances.reduce((sum, { usd }) => sum + usd, 0);
  const shown = lines.filter(({ quantity }) => quantity > 0);
  return { requestsPerMin, lines: shown, totalUsd, allowances, toPayUsd, tableUse, shortages, unmeasured };
}

function useOf(load: FleetLoad, requests: number, fitted: FittedUse) {
  const events = load.agents * hostEvents(load).perAgentMin;
  const drivers = { load, requests, events };
  return { functions: fitted.functions(drivers), stored: fitted.stored(drivers) };
}

/** What an agent of the measured kind reports, of so many tasks. */
export function hostEvents({ taskTypes, tasksPerMin }: Pick<FleetLoad, 'taskTypes' | 'tasksPerMin'>) {
  const tasks = taskTypes * tasksPerMin;
  const { beats, samples, failedShare } = agentMinute;
  return { perAgentMin: tasks + beats + samples, failedPerAgentMin: tasks * failedShare };
}

/** GB-seconds a minute: CPU time at the share of a CPU that the memory brings, and waiting, both at the whole memory. */
function gbSeconds({ cpuMs, waits }: FunctionUse, memoryMb: number): number {
  const { mbPerCpu, cpuFactor, waitMs } = assumptions;
  const share = Math.min(1, memoryMb / mbPerCpu);
  const seconds = share === 0 ? 0 : ((cpuMs * cpuFactor) / share + waits * waitMs) / 1_000;
  return (seconds * memoryMb) / 1_024;
}

function tracesPerSecond(perSecond: number): number {
  const { tracesPerSecond: first, tracedShare } = assumptions;
  return Math.min(perSecond, first) + tracedShare * Math.max(0, perSecond - first);
}
