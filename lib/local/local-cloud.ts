import { randomUUID } from 'node:crypto';
import { appendFileSync } from 'node:fs';
import { availableParallelism } from 'node:os';
import { AwsEndpoint, type Caller } from './aws-endpoint.ts';
import { readCloudAssembly } from './cloud-assembly.ts';
import { CloudClock } from './cloud-clock.ts';
import { DataFolder } from './data-folder.ts';
import { deleteExpiredItems } from './delete-expired-items.ts';
import type { DeployedFunction, DeployedResource, DeployedTable, DeployedTimestreamTable } from './deployment.ts';
import { type DynamodbKind, startDynamodbEmulator } from './dynamodb-emulator.ts';
import { DynamodbStore } from './dynamodb-store.ts';
import { EventBuses } from './event-buses.ts';
import { EventQueue, type QueuedEvent } from './event-queue.ts';
import { FunctionPool } from './function-pool.ts';
import type { InvocationResult } from './function-worker.ts';
import { HttpGateway } from './http-gateway.ts';
import { LocalCloudError } from './local-cloud-error.ts';
import { answerLocalPath } from './local-paths.ts';
import type { Meter } from './meter.ts';
import { Notifications, type PublishedMessage } from './notifications.ts';
import { PhysicalIds } from './physical-ids.ts';
import { provisionTables } from './provision-tables.ts';
import { readDeployment } from './read-deployment.ts';
import { resourceNamed } from './resource-named.ts';
import { RouteTable } from './route-table.ts';
import type { Intercept } from './sdk-call.ts';
import { Secrets } from './secrets.ts';
import { SignInCodes } from './sign-in-codes.ts';
import { Timeline } from './timeline.ts';
import type { Timestream } from './timestream/timestream.ts';
import type { TimestreamTable } from './timestream/timestream-table.ts';
import { undeliveredHere } from './undelivered-here.ts';
import { usedPermissions } from './used-permissions.ts';

export interface LocalCloudOptions {
  /** Where `cdk synth` wrote the app, or what makes it, called once port and data directory are ours. */
  assemblyDirectory: string | (() => Promise<string>);
  dataDirectory: string;
  /** 0 takes a free one. */
  port: number;
  /** A manual clock stands at `atMs`, else where the data directory left it, else at the present. */
  clock: { kind: 'real' } | { kind: 'manual'; atMs?: number };
  /** The emulator of DynamoDB; native where it is installed. */
  dynamodb?: DynamodbKind;
  region?: string;
  /** When bundles are loaded: all at the start, so that a broken one shows there, or each when its function is first invoked. */
  bundles?: 'at the start' | 'when invoked';
  /** Requests that a function has under way at once, 1,000 unless given; what is above is answered 503. */
  concurrency?: number;
  /** What a user sees on the console. */
  print: (line: string) => void;
  /** Sees every SDK call of every function before it is carried out; lets tests inject faults. */
  intercept?: Intercept;
  /** Is told what AWS would bill. */
  meter?: Meter | undefined;
}

export interface LocalCloud {
  url: string;
  /** Loopback endpoint that speaks DynamoDB, SNS, EventBridge and Timestream. */
  awsEndpoint: string;
  region: string;
  /** Finds resources by construct id, logical id, physical name or ARN. */
  resources: {
    tableNamed: (name: string) => DeployedTable;
    timestreamTableNamed: (name: string) => DeployedTimestreamTable;
    topicNamed: (name: string) => DeployedResource;
    busNamed: (name: string) => DeployedResource;
    functionNamed: (name: string) => DeployedFunction;
  };
  /** Allowed everything: to provision and to look behind the scenes. */
  operatorCredentials: { accessKeyId: string; secretAccessKey: string };
  clockKind: 'real' | 'manual';
  nowMs: () => number;
  /** Manual clock only. */
  advanceTo: (toMs: number) => Promise<{ now: number; fired: number }>;
  /** Resolves when every event, delivery and retry that is due now has been carried out. */
  settled: () => Promise<void>;
  kill: (functionName: string) => void;
  /** Address of the page that signs in with a key, once within ten minutes, without naming it. */
  signInAddress: (apiKey: string, query?: string) => string;
  /** @param topic by its name in the infrastructure code; all topics without it */
  published: (topic?: string) => PublishedMessage[];
  /** Ends everything it started. */
  close: () => Promise<void>;
}

const OPERATOR_KEY = 'operator';

/** What AWS lets an account have under way at once, by its default quota. */
const DEFAULT_CONCURRENCY = 1_000;

/** An event of an earlier run may name a function that the app has no more. */
const goneSinceEarlierRun: InvocationResult = {
  status: 'failed',
  errorType: 'ResourceNotFoundException',
  errorMessage: 'the app has no such function any more',
};

/**
 * Runs a synthesized app on this machine.
 * @throws LocalCloudError when the port is taken, the app uses something unsupported, or a bundle does not load
 */
export async function startLocalCloud(options: LocalCloudOptions): Promise<LocalCloud> {
  const closers: (() => Promise<void> | void)[] = [];
  const close = async () => {
    for (const closer of closers.splice(0).toReversed()) await closer();
  };
  try {
    return await start(options, closers, close);
  } catch (error) {
    await close();
    throw error;
  }
}

async function start(
  options: LocalCloudOptions,
  closers: (() => Promise<void> | void)[],
  close: () => Promise<void>,
): Promise<LocalCloud> {
  const { print } = options;
  const region = options.region ?? 'us-east-1';
  const data = new DataFolder(options.dataDirectory);
  closers.push(() => data.close());
  const gateway = new HttpGateway();
  const url = await gateway.listen(options.port);
  closers.push(() => gateway.close());
  const clock = startClock(options, data);
  const { assemblyDirectory } = options;
  const directory = typeof assemblyDirectory === 'string' ? assemblyDirectory : await assemblyDirectory();
  const deployment = readDeployment(readCloudAssembly(directory), new PhysicalIds(region, url));

  const undelivered = undeliveredHere(deployment);
  if (undelivered !== undefined) print(undelivered);

  const emulator = await startDynamodbEmulator(data.path, options.dynamodb);
  closers.push(() => emulator.close());
  const store = new DynamodbStore(emulator);
  closers.push(() => store.close());
  await provisionTables(store, deployment.tables);
  const timestream = await openTimestream(deployment.timestreamTables, data, clock);
  closers.push(() => timestream?.close());

  const pools = new Map<string, FunctionPool>();
  const invoke = (functionName: string, payload: string) => {
    const pool = pools.get(functionName);
    return pool ? pool.invoke(payload) : Promise.resolve(goneSinceEarlierRun);
  };
  const queue = new EventQueue({
    clock,
    file: data.file('unfinished-events.json'),
    invoke,
    retriesOf: (functionName) => pools.get(functionName)?.deployed ?? { retryAttempts: 0, maxEventAgeSeconds: 0 },
    onDeadLetter: (event, condition, error) => {
      const functionId = pools.get(event.functionName)?.deployed.id ?? event.functionName;
      recordDeadLetter({ print, data, nowMs: clock.nowMs() }, functionId, event, condition, error);
    },
  });
  const invokeLater = (functionName: string, payload: string, cause: string) => {
    const nowMs = clock.nowMs();
    queue.add({ id: randomUUID(), functionName, payload, cause, enqueuedAtMs: nowMs, dueAtMs: nowMs });
  };
  const notifications = new Notifications({
    topics: deployment.topics,
    subscriptions: deployment.subscriptions,
    clock,
    messagesFile: data.file('notifications.ndjson'),
    subscriptionsFile: data.file('subscriptions.json'),
    print,
    invokeFunction: invokeLater,
  });
  const busArns = [deployment.ids.eventBusArn('default'), ...deployment.buses.map(({ arn }) => arn)];
  const buses = new EventBuses({
    ids: deployment.ids,
    busArns,
    rules: deployment.rules,
    clock,
    invokeFunction: invokeLater,
  });
  const endpoint = new AwsEndpoint({
    ids: deployment.ids,
    clock,
    store,
    buses,
    notifications,
    secrets: new Secrets(data.file('secrets.json'), deployment.ids),
    timestream,
    callerWithKey: (accessKeyId) => findCaller(pools, accessKeyId),
    intercept: options.intercept,
    meter: options.meter,
    used: usedPermissions,
    print,
  });
  const awsEndpoint = await endpoint.listen();
  closers.push(() => endpoint.close());

  const answering = new Set(deployment.routes.map(({ functionName }) => functionName));
  for (const deployed of deployment.functions) {
    const pool = new FunctionPool(deployed, {
      workers: answering.has(deployed.name)
        ? { readily: 1 + availableParallelism(), atMost: 26 }
        : { readily: 1, atMost: 1 },
      concurrency: options.concurrency ?? DEFAULT_CONCURRENCY,
      sharedClock: clock.shared,
      environmentOf: (one, accessKeyId) => functionEnvironment(one, { accessKeyId, region, awsEndpoint, data }),
      log: (one, chunk) => data.log(one.id, chunk),
      onFailure: (one, errorType, message) =>
        print(`${one.id} failed: ${errorType}: ${message} (${data.logFile(one.id)})`),
      onEnd: (one, cpuMs) => options.meter?.invocationEnded({ functionName: one.id, cpuMs }),
    });
    pools.set(deployed.name, pool);
    closers.push(() => pool.close());
  }
  if (options.bundles !== 'when invoked') await loadBundles(pools);

  const settled = async () => {
    while (queue.busy || notifications.busy) {
      await queue.settled();
      await notifications.settled();
    }
  };
  const timeline = new Timeline({
    clock,
    schedules: deployment.schedules,
    queue,
    settled,
    saveClock: (nowMs) => data.saveClock(nowMs),
    everyHour: async (nowMs) => {
      try {
        for (const table of deployment.tables) await deleteExpiredItems(store, table, nowMs);
        await timestream?.deleteExpired();
      } catch (error) {
        print(`expired items were not deleted: ${error instanceof Error ? error.message : String(error)}`);
      }
    },
  });
  const operatorCredentials = { accessKeyId: OPERATOR_KEY, secretAccessKey: 'local' };
  const signInCodes = new SignInCodes();
  const topicNamed = (name: string) => resourceNamed('topic', deployment.topics, name);
  gateway.serve({
    clock,
    routes: new RouteTable(deployment.routes),
    page: deployment.page,
    invoke: async (functionName, payload) =>
      pools.get(functionName)?.isThrottled ? 'throttled' : invoke(functionName, payload),
    answerLocal: (request, body) =>
      answerLocalPath(
        {
          clockKind: clock.kind,
          nowMs: () => clock.nowMs(),
          advanceTo: (toMs) => timeline.advanceTo(toMs),
          published: () => notifications.published(),
          redeem: (code) => signInCodes.redeem(code),
          tables: () => ({
            ...{ endpoint: awsEndpoint, region, ...operatorCredentials },
            names: Object.fromEntries(deployment.tables.map(({ id, name }) => [id, name])),
          }),
          topicNamed,
          subscribe: (topic, to, filterPolicy) => notifications.subscribe(topic, to, filterPolicy),
        },
        request,
        body,
      ),
  });
  queue.start();
  timeline.start();
  closers.push(async () => {
    // No new work first; then what runs is cut off, to be carried out by the next run.
    queue.close();
    timeline.stop();
    await Promise.all([...pools.values()].map((pool) => pool.close()));
    await timeline.ended();
  });

  const functionNamed = (name: string) => resourceNamed('function', deployment.functions, name);
  return {
    url,
    awsEndpoint,
    region,
    resources: {
      tableNamed: (name) => resourceNamed('table', deployment.tables, name),
      timestreamTableNamed: (name) => resourceNamed('Timestream table', deployment.timestreamTables, name),
      topicNamed,
      busNamed: (name) => resourceNamed('event bus', deployment.buses, name),
      functionNamed,
    },
    operatorCredentials,
    clockKind: clock.kind,
    nowMs: () => clock.nowMs(),
    advanceTo: (toMs) => timeline.advanceTo(toMs),
    settled,
    kill: (name) => pools.get(functionNamed(name).name)?.kill(),
    signInAddress: (apiKey, query = '') => `${url}/${query}#sign-in=${signInCodes.issue(apiKey)}`,
    published: (topic) => notifications.published().filter((it) => topic === undefined || it.topic === topic),
    close,
  };
}

function startClock(options: LocalCloudOptions, data: DataFolder): CloudClock {
  if (options.clock.kind === 'real') return new CloudClock({ kind: 'real' });
  const storedMs = data.storedClockMs();
  const { atMs } = options.clock;
  if (atMs !== undefined && storedMs !== undefined && atMs < storedMs) {
    throw new LocalCloudError(
      `the clock of ${data.path} stands at ${new Date(storedMs).toISOString()} and cannot go back to ${new Date(atMs).toISOString()}: use another data folder`,
    );
  }
  const nowMs = atMs ?? storedMs ?? Date.now();
  data.saveClock(nowMs);
  return new CloudClock({ kind: 'manual', nowMs });
}

/** Loads DuckDB only for an app that has a table in Timestream. */
async function openTimestream(
  tables: readonly TimestreamTable[],
  data: DataFolder,
  clock: CloudClock,
): Promise<Timestream | undefined> {
  if (tables.length === 0) return undefined;
  const { Timestream } = await import('./timestream/timestream.ts');
  return Timestream.open({ file: data.file('timestream.duckdb'), tables, nowMs: () => clock.nowMs() });
}

async function loadBundles(pools: Map<string, FunctionPool>): Promise<void> {
  const loaded = await Promise.all([...pools.values()].map(async (pool) => ({ pool, result: await pool.warmUp() })));
  const broken = loaded.flatMap(({ pool, result }) =>
    result.status === 'failed' ? [`${pool.deployed.id}: ${result.errorType}: ${result.errorMessage}`] : [],
  );
  if (broken.length > 0) throw new LocalCloudError(`a function cannot be loaded: ${broken.join('; ')}`);
}

function functionEnvironment(
  deployed: DeployedFunction,
  local: { accessKeyId: string; region: string; awsEndpoint: string; data: DataFolder },
): Record<string, string> {
  const nowhere = local.data.file('no-such-file');
  return {
    PATH: '/usr/bin:/bin',
    ...deployed.environment,
    AWS_REGION: local.region,
    AWS_DEFAULT_REGION: local.region,
    AWS_EXECUTION_ENV: 'AWS_Lambda_nodejs24.x',
    AWS_LAMBDA_FUNCTION_NAME: deployed.name,
    AWS_LAMBDA_FUNCTION_VERSION: '$LATEST',
    AWS_LAMBDA_FUNCTION_MEMORY_SIZE: String(deployed.memoryMb),
    AWS_LAMBDA_INITIALIZATION_TYPE: 'on-demand',
    AWS_LAMBDA_LOG_GROUP_NAME: `/aws/lambda/${deployed.name}`,
    AWS_LAMBDA_LOG_STREAM_NAME: 'local',
    AWS_ACCESS_KEY_ID: local.accessKeyId,
    AWS_SECRET_ACCESS_KEY: 'local',
    AWS_SESSION_TOKEN: 'local',
    // Whatever the user's own AWS configuration says must not matter, and nothing may leave the machine.
    AWS_CONFIG_FILE: nowhere,
    AWS_SHARED_CREDENTIALS_FILE: nowhere,
    AWS_EC2_METADATA_DISABLED: 'true',
    AWS_ENDPOINT_URL: local.awsEndpoint,
    AWS_ENDPOINT_URL_DYNAMODB: local.awsEndpoint,
    AWS_ENDPOINT_URL_SNS: local.awsEndpoint,
    AWS_ENDPOINT_URL_EVENTBRIDGE: local.awsEndpoint,
    AWS_ENDPOINT_URL_TIMESTREAM_WRITE: local.awsEndpoint,
    AWS_ENDPOINT_URL_TIMESTREAM_QUERY: local.awsEndpoint,
  };
}

function findCaller(pools: Map<string, FunctionPool>, accessKeyId: string): Caller | undefined {
  if (accessKeyId === OPERATOR_KEY) {
    const statements = [{ effect: 'Allow' as const, actions: ['*'], resources: ['*'] }];
    return { name: OPERATOR_KEY, id: OPERATOR_KEY, statements, worker: undefined };
  }
  const pool = pools.get(accessKeyId.slice(0, accessKeyId.lastIndexOf('.')));
  const worker = pool?.workerWithKey(accessKeyId);
  if (!pool || !worker) return undefined;
  return { name: pool.deployed.name, id: pool.deployed.id, statements: pool.deployed.statements, worker };
}

function recordDeadLetter(
  { print, data, nowMs }: { print: (line: string) => void; data: DataFolder; nowMs: number },
  functionId: string,
  event: QueuedEvent,
  condition: string,
  error: { errorType: string; errorMessage: string },
): void {
  const entry = {
    at: new Date(nowMs).toISOString(),
    function: functionId,
    cause: event.cause,
    condition,
    attempts: event.attempt + 1,
    ...error,
    event: JSON.parse(event.payload) as unknown,
  };
  const file = data.file('dead-letters.ndjson');
  appendFileSync(file, `${JSON.stringify(entry)}\n`);
  print(
    `${functionId} gave up after ${entry.attempts} tries (${condition}): ${error.errorType}: ${error.errorMessage} (${file})`,
  );
}
