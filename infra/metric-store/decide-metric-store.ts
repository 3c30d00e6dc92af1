import type { MetricStoreSettings } from '../../lib/aws/env.ts';
import type { EnvironmentConfig } from '../config/environment-config.ts';

export type MetricStoreKind = MetricStoreSettings['kind'];

/** What came of asking Timestream whether an account may use it. */
export type TimestreamAnswer = { access: 'open' } | { access: 'closed' } | { access: 'unknown'; because: string };

/** What is known when the app is synthesized. */
export interface MetricStoreQuestion {
  env: string;
  /** What the configuration says, or `-c metricStore=` instead. */
  wanted: EnvironmentConfig['metricStore'];
  /** Whether the environment may change its store: `-c migrate=true`. */
  migrate: boolean;
  /** Where the stacks go, as far as it is known: without credentials, only what the configuration says. */
  account: string | undefined;
  region: string | undefined;
  /** The account of the credentials at hand; undefined without credentials. */
  credentialsOf: string | undefined;
  /** What cdk.context.json has under a key. */
  recorded: (key: string) => unknown;
}

export type MetricStoreDecision =
  | {
      status: 'decided';
      store: MetricStoreKind;
      /** What cdk.context.json shall have from now on, beside what it has. */
      record: Record<string, string>;
      /** One line for whoever synthesizes. */
      tell: string | undefined;
    }
  | { status: 'refused'; because: string };

const stores = ['timestream', 'dynamodb'] as const;
const accesses = ['open', 'closed'] as const;
const CHOOSE = '-c metricStore=timestream | dynamodb, or metricStore in infra/config, chooses';

/** Whether the decision needs to know if the account may use Timestream, and the credentials at hand can find out. */
export function mustAskTimestream(question: MetricStoreQuestion): boolean {
  const { wanted, account, region, credentialsOf } = question;
  if (wanted !== 'auto' || region === undefined || credentialsOf === undefined || credentialsOf !== account)
    return false;
  return inUse(question) === undefined && recordedAccess(question) === undefined;
}

/**
 * Where an environment keeps its KPI history. The store that it is recorded to use stays, unless it is to migrate;
 * `auto` otherwise follows what Timestream answered. Only a synthesis with credentials records, as only that can deploy.
 * @param answer what came of asking, where {@link mustAskTimestream} says so
 * @throws Error when cdk.context.json has something else under one of our keys than what was recorded there
 */
export function decideMetricStore(
  question: MetricStoreQuestion,
  answer: TimestreamAnswer | undefined,
): MetricStoreDecision {
  const { env, wanted, migrate } = question;
  const before = inUse(question);
  if (wanted !== 'auto') {
    if (before === undefined || before === wanted) return decided(question, wanted, {});
    if (migrate) {
      return decided(question, wanted, {
        tell: `${env} keeps KPI history in ${nameOf[wanted]} from now on; what ${nameOf[before]} has stays there`,
      });
    }
    const because = `${env} keeps its KPI history in ${nameOf[before]}, and ${wanted} is asked for: add -c migrate=true to go on there (what ${nameOf[before]} has stays, but is not shown), or ask for ${before}`;
    return { status: 'refused', because };
  }
  if (before !== undefined) return decided(question, before, {});
  const known = recordedAccess(question);
  const told = known === undefined ? answer : { access: known };
  if (told === undefined) return withoutAnswer(question);
  const { account } = question;
  switch (told.access) {
    case 'open':
      return decided(question, 'timestream', {
        access: 'open',
        tell: `account ${account} has Timestream for LiveAnalytics: ${env} keeps KPI history there (${CHOOSE})`,
      });
    case 'closed':
      return decided(question, 'dynamodb', {
        access: 'closed',
        tell: `AWS has closed Timestream for LiveAnalytics to new customers such as account ${account}: ${env} keeps KPI history in DynamoDB (${CHOOSE})`,
      });
    case 'unknown':
      return forThisTime(question, told.because);
  }
}

/** Without credentials nothing is deployed, and Timestream is the store of the design. */
function withoutAnswer(question: MetricStoreQuestion): MetricStoreDecision {
  const { account, credentialsOf } = question;
  if (credentialsOf === undefined) return { status: 'decided', store: 'timestream', record: {}, tell: undefined };
  return forThisTime(question, `the credentials are for account ${credentialsOf}, not ${account}`);
}

/** DynamoDB is there in every account; another time the question may find its answer, so nothing is recorded. */
function forThisTime({ env }: MetricStoreQuestion, because: string): MetricStoreDecision {
  const tell = `whether Timestream may be used is not known (${because}): ${env} keeps KPI history in DynamoDB for this time (${CHOOSE})`;
  return { status: 'decided', store: 'dynamodb', record: {}, tell };
}

function decided(
  question: MetricStoreQuestion,
  store: MetricStoreKind,
  { access, tell }: { access?: 'open' | 'closed'; tell?: string },
): MetricStoreDecision {
  const { store: storeKey, access: accessKey } = keysOf(question);
  const record: Record<string, string> = {};
  if (question.credentialsOf !== undefined) {
    if (storeKey !== undefined && inUse(question) !== store) record[storeKey] = store;
    if (accessKey !== undefined && access !== undefined && recordedAccess(question) !== access) {
      record[accessKey] = access;
    }
  }
  return { status: 'decided', store, record, tell };
}

const nameOf: Record<MetricStoreKind, string> = { timestream: 'Timestream', dynamodb: 'DynamoDB' };

/** An environment may be deployed to several accounts and regions, and each has a store of its own. */
function keysOf({ env, account, region }: MetricStoreQuestion): { store?: string; access?: string } {
  if (account === undefined || region === undefined) return {};
  const place = `account=${account}:region=${region}`;
  return { store: `fleetpulse:metricStore:${env}:${place}`, access: `fleetpulse:timestream:${place}` };
}

function inUse(question: MetricStoreQuestion): MetricStoreKind | undefined {
  return recordedAs(question, keysOf(question).store, stores);
}

function recordedAccess(question: MetricStoreQuestion): 'open' | 'closed' | undefined {
  return recordedAs(question, keysOf(question).access, accesses);
}

function recordedAs<const Value extends string>(
  { recorded }: MetricStoreQuestion,
  key: string | undefined,
  allowed: readonly Value[],
): Value | undefined {
  const value = key === undefined ? undefined : recorded(key);
  if (value === undefined || value === null) return undefined;
  const found = allowed.find((candidate) => candidate === value);
  if (found !== undefined) return found;
  throw new Error(`cdk.context.json has ${JSON.stringify(value)} under ${key}: use ${allowed.join(' | ')}`);
}
