import type { PolicyStatement } from './iam-policy.ts';
import type { JsonObject } from './json.ts';
import type { PhysicalIds } from './physical-ids.ts';
import type { ScheduleTimes } from './schedule-times.ts';
import type { TimestreamTable } from './timestream/timestream-table.ts';

/** A resource by all the names it has: `name` is physical, `id` is what the app's source code calls it. */
export interface DeployedResource {
  stack: string;
  logicalId: string;
  id: string;
  name: string;
  arn: string;
}

export interface DeployedFunction extends DeployedResource {
  entryFile: string;
  handlerExport: string;
  timeoutSeconds: number;
  memoryMb: number;
  environment: Record<string, string>;
  /** What its role allows and denies. */
  statements: PolicyStatement[];
  /** Asynchronous invocations: tries after the first one, and the age at which an event is given up. */
  retryAttempts: number;
  maxEventAgeSeconds: number;
}

export interface DeployedTable extends DeployedResource {
  /** Body of the CreateTable call. */
  definition: JsonObject;
  ttlAttribute: string | undefined;
}

export interface DeployedTimestreamTable extends DeployedResource, TimestreamTable {}

export interface DeployedSubscription {
  arn: string;
  topicArn: string;
  protocol: string;
  endpoint: string;
  /** The function of this app that it invokes. */
  functionName?: string;
  filterPolicy: JsonObject | undefined;
}

export interface DeployedRule {
  name: string;
  busArn: string;
  pattern: JsonObject;
  functionNames: string[];
}

export interface DeployedSchedule {
  name: string;
  times: ScheduleTimes;
  functionName: string;
  input: string;
}

export interface DeployedRoute {
  /** For example `POST /v1/events`, `ANY /{proxy+}` or `$default`. */
  routeKey: string;
  functionName: string;
}

/** The files behind a distribution, and what it adds to them. */
export interface DeployedPage {
  /** What `/` answers. */
  rootObject: string | undefined;
  /** Object key → the file deployed there, with the headers it was given. */
  files: Map<string, { file: string; headers: Record<string, string> }>;
  /** Headers of every answer. */
  headers: Record<string, string>;
  /** Path patterns, such as `/v1/*`, that go to the HTTP API instead. */
  apiPaths: string[];
}

/** Everything a cloud assembly would create, as far as it acts on one machine. */
export interface Deployment {
  ids: PhysicalIds;
  functions: DeployedFunction[];
  tables: DeployedTable[];
  timestreamTables: DeployedTimestreamTable[];
  topics: DeployedResource[];
  subscriptions: DeployedSubscription[];
  /** Channels of Slack and Teams, as they would be told of: `Slack C0123ABCDEF`. */
  chatChannels: string[];
  buses: DeployedResource[];
  rules: DeployedRule[];
  schedules: DeployedSchedule[];
  routes: DeployedRoute[];
  page: DeployedPage | undefined;
}
