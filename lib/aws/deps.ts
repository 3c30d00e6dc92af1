import { createHash, randomBytes } from 'node:crypto';
import { DynamoDBClient } from '@aws-sdk/client-dynamodb';
import { ECSClient } from '@aws-sdk/client-ecs';
import { EventBridgeClient } from '@aws-sdk/client-eventbridge';
import { LambdaClient } from '@aws-sdk/client-lambda';
import { SNSClient } from '@aws-sdk/client-sns';
import { TimestreamQueryClient } from '@aws-sdk/client-timestream-query';
import { TimestreamWriteClient } from '@aws-sdk/client-timestream-write';
import { BoundedCache } from '../core/kpi/bounded-cache.ts';
import type { NameLimits } from '../core/kpi/running-totals.ts';
import { TileCache } from '../core/kpi/tile-cache.ts';
import { keyIdOf } from '../core/model/api-key.ts';
import type { RateLimit } from '../core/model/rate-limit.ts';
import { loadLinearSolver } from '../highs/linear-solver.ts';
import type { MetricStore } from '../ports/metric-store.ts';
import { ecsActuator } from './actuators/ecs.ts';
import { eventBridgeActuator } from './actuators/eventbridge.ts';
import { lambdaActuator } from './actuators/lambda.ts';
import { actuatorsOfKind, type ConfiguredActuators } from './actuators/registry.ts';
import { webhookActuator } from './actuators/webhook.ts';
import { fleetpulseApi } from './canary/fleetpulse-api.ts';
import { embeddedMetric, type MetricReading } from './cloudwatch/embedded-metric.ts';
import { dynamoActuatorMemory } from './dynamodb/actuator-memory.ts';
import { dynamoAlertStore } from './dynamodb/alert-store.ts';
import { dynamoAlertWordStore } from './dynamodb/alert-word-store.ts';
import { dynamoAuditLog } from './dynamodb/audit-log.ts';
import { dynamoBenchmarkSettingsStore } from './dynamodb/benchmark-settings-store.ts';
import { dynamoBenchmarkStore } from './dynamodb/benchmark-store.ts';
import { dynamoBudgetStore } from './dynamodb/budget-store.ts';
import { dynamoCarryStore } from './dynamodb/carry-store.ts';
import { dynamoDirectiveStore } from './dynamodb/directive-store.ts';
import { DynamoTable } from './dynamodb/dynamo-table.ts';
import { dynamoFleetStore } from './dynamodb/fleet-store.ts';
import { dynamoItemRoles } from './dynamodb/item-roles.ts';
import { dynamoJournal } from './dynamodb/journal.ts';
import { dynamoJournalCut } from './dynamodb/journal-cut.ts';
import { dynamoKeyStore } from './dynamodb/key-store.ts';
import { dynamoKnowledgeStore } from './dynamodb/knowledge-store.ts';
import { dynamoLedgerStore } from './dynamodb/ledger-store.ts';
import { dynamoMetricStore } from './dynamodb/metric-store.ts';
import { dynamoMinuteLog } from './dynamodb/minute-log.ts';
import { dynamoNotificationLog } from './dynamodb/notification-log.ts';
import { dynamoPlanStore } from './dynamodb/plan-store.ts';
import { dynamoPolicyStore } from './dynamodb/policy-store.ts';
import { dynamoPollSlots } from './dynamodb/poll-slots.ts';
import { dynamoPoolSettingsStore } from './dynamodb/pool-settings-store.ts';
import { dynamoRecommendationStore } from './dynamodb/recommendation-store.ts';
import { dynamoReviewStore } from './dynamodb/review-store.ts';
import { dynamoRollupStore } from './dynamodb/rollup-store.ts';
import { dynamoTableArchive } from './dynamodb/table-archive.ts';
import { tableClock } from './dynamodb/table-clock.ts';
import { dynamoTileStore } from './dynamodb/tile-store.ts';
import { dynamoTokenBuckets } from './dynamodb/token-buckets.ts';
import { dynamoTotalsStore } from './dynamodb/totals-store.ts';
import { dynamoWatchStore } from './dynamodb/watch-store.ts';
import { dynamoWorkDayStore } from './dynamodb/work-day-store.ts';
import type { ActuatorSettings, CanaryAuth, EdgeAuth, FunctionEnv, HistoryDays, MetricStoreSettings } from './env.ts';
import { eventBridgeBus } from './eventbridge/event-bus.ts';
import { publicFetch } from './public-fetch.ts';
import { readHoldOutShare, readModes, readPromoteUpTo } from './read-modes.ts';
import { realUs } from './real-time.ts';
import { type AwsAccess, secretNamed } from './secretsmanager/read-secret.ts';
import { sha256 } from './sha256.ts';
import { snsDigestPublisher } from './sns/digest-publisher.ts';
import { chatTopicChannel, snsTopicChannel } from './sns/notifier.ts';
import { snsReviewPublisher } from './sns/review-publisher.ts';
import { timestreamMetricStore } from './timestream/metric-store.ts';
import { alertmanagerWebhook } from './webhook/alertmanager-webhook.ts';
import { heartbeatPing } from './webhook/heartbeat-ping.ts';

const now = () => Date.now();
/** Requests that wait for directives at the same time; beyond that they are answered at once. */
const LONG_POLLS = 20;

/** What a warm query function keeps of what it has read: docs/decisions/windows-from-tiles.md. */
const TILE_CACHE_BYTES = 96_000_000;
const MINUTE_CACHE_BYTES = 48_000_000;

/** What ingest needs of the world. */
export function ingestDeps(env: FunctionEnv['ingest']) {
  const { state, rollups } = tables(env);
  return {
    keys: dynamoKeyStore(state),
    auth: JSON.parse(env.EDGE_AUTH) as EdgeAuth,
    journal: dynamoJournal(rollups, now),
    ledger: dynamoLedgerStore(rollups, now),
    fleet: dynamoFleetStore(state, now),
    directives: dynamoDirectiveStore(state, now),
    buckets: dynamoTokenBuckets(state),
    limit: JSON.parse(env.INGEST_LIMIT) as RateLimit,
    realUs,
  };
}

/** What the minute job needs of the world. */
export function analyzeDeps(env: FunctionEnv['analyze'], access: AwsAccess) {
  const { state, rollups } = tables(env);
  return {
    journal: dynamoJournal(rollups, now),
    rollups: dynamoRollupStore(rollups, Number(env.MINUTE_ROLLUP_DAYS), now),
    ...history(rollups, env),
    ledger: dynamoLedgerStore(rollups, now),
    carry: dynamoCarryStore(rollups),
    fleet: dynamoFleetStore(state, now),
    alerts: dynamoAlertStore(state, now),
    words: dynamoAlertWordStore(state, now),
    watch: dynamoWatchStore(rollups),
    budgets: dynamoBudgetStore(state, now),
    directives: dynamoDirectiveStore(state, now),
    policies: dynamoPolicyStore(state),
    poolSettings: dynamoPoolSettingsStore(state),
    knowledge: dynamoKnowledgeStore(state, now),
    plans: dynamoPlanStore({ state, rollups }),
    recommendations: dynamoRecommendationStore(state, now),
    totals: dynamoTotalsStore(state),
    nameLimits: JSON.parse(env.METRICS_NAMES) as NameLimits,
    log: dynamoMinuteLog(state),
    audit: dynamoAuditLog(state, now),
    modes: readModes(env),
    promoteUpTo: readPromoteUpTo(env),
    holdOutShare: readHoldOutShare(env),
    bus: eventBridgeBus(new EventBridgeClient(), env.BUS_NAME),
    ping: env.HEARTBEAT_PING === 'none' ? null : heartbeatPing(env.HEARTBEAT_PING, outside(access)),
    nowMs: now,
  };
}

/** What the minute job tells of itself, as metrics of CloudWatch. */
export function minuteJobMetrics(functionName: string) {
  const tell = (reading: Pick<MetricReading, 'metric' | 'unit' | 'value'>) => {
    const of = { namespace: 'Fleetpulse', dimensions: { FunctionName: functionName }, atMs: now() };
    // Past the console, which Lambda would put into an envelope that CloudWatch reads no metric from.
    process.stdout.write(`${embeddedMetric({ ...of, ...reading })}\n`);
  };
  return {
    /** How old the newest figures are: the alarm AnalysisLate of infra/stacks/ops.ts looks at it. */
    tellLag: (seconds: number) => tell({ metric: 'AnalysisLag', unit: 'Seconds', value: seconds }),
    /** Systems for which a run failed. */
    tellFailed: (systems: number) => tell({ metric: 'SystemsFailed', unit: 'Count', value: systems }),
  };
}

/** AWS itself is on this machine. */
function isLocalCloud({ endpoint }: AwsAccess): boolean {
  return endpoint !== undefined && new URL(endpoint).hostname === '127.0.0.1';
}

/** What receivers outside are asked with: on AWS nothing but the internet, on one's own machine whatever one names. */
function outside(access: AwsAccess): typeof fetch {
  return isLocalCloud(access) ? fetch : publicFetch;
}

/** What notify needs of the world. */
export function notifyDeps(env: FunctionEnv['notify'], access: AwsAccess) {
  const state = new DynamoTable(new DynamoDBClient(), env.STATE_TABLE);
  const sns = new SNSClient();
  const webhooks = (JSON.parse(env.ALERTMANAGER_WEBHOOKS) as string[]).map((url) =>
    alertmanagerWebhook(url, outside(access)),
  );
  return {
    channels: [snsTopicChannel(sns, env.ALERTS_TOPIC_ARN), chatTopicChannel(sns, env.CHAT_TOPIC_ARN), ...webhooks],
    sent: dynamoNotificationLog(state),
  };
}

/** What act needs of the world. */
export function actDeps(env: FunctionEnv['act'], access: AwsAccess) {
  const settings = JSON.parse(env.ACTUATORS) as ActuatorSettings;
  const { eventBridge, ecs, lambda, webhook } = settings;
  const state = new DynamoTable(new DynamoDBClient(), env.STATE_TABLE);
  const levels = { memory: dynamoActuatorMemory(state), nowMs: now };
  const configured: ConfiguredActuators = {
    eventBridge: eventBridge ? eventBridgeActuator(new EventBridgeClient(), eventBridge.busArn) : null,
    ecs: ecs ? ecsActuator(new ECSClient(), ecs, levels) : null,
    lambda: lambda ? lambdaActuator(new LambdaClient(), lambda, levels) : null,
    webhook: webhook
      ? webhookActuator({
          url: webhook.url,
          secret: secretNamed(webhook.secretName, access, now),
          allowsLoopback: isLocalCloud(access),
          nowMs: now,
        })
      : null,
  };
  return {
    directives: dynamoDirectiveStore(state, now),
    policies: dynamoPolicyStore(state),
    actuatorsFor: (kind: keyof typeof actuatorsOfKind) =>
      actuatorsOfKind[kind].flatMap((name) => configured[name] ?? []),
    done: dynamoNotificationLog(state),
    dryRun: env.ACTUATORS_DRY_RUN === 'yes',
  };
}

/** What query needs of the world. */
export function queryDeps(env: FunctionEnv['query']) {
  const { state, rollups } = tables(env);
  return {
    keys: dynamoKeyStore(state),
    auth: JSON.parse(env.EDGE_AUTH) as EdgeAuth,
    newKey,
    audit: dynamoAuditLog(state, now),
    uniqueId,
    journal: dynamoJournal(rollups, now),
    rollups: dynamoRollupStore(rollups, 0, now, new BoundedCache(MINUTE_CACHE_BYTES)),
    ...history(rollups, env),
    tileCache: new TileCache(TILE_CACHE_BYTES),
    carry: dynamoCarryStore(rollups),
    ledger: dynamoLedgerStore(rollups, now),
    fleet: dynamoFleetStore(state, now),
    alerts: dynamoAlertStore(state, now),
    words: dynamoAlertWordStore(state, now),
    directives: dynamoDirectiveStore(state, now),
    watch: dynamoWatchStore(rollups),
    plans: dynamoPlanStore({ state, rollups }),
    policies: dynamoPolicyStore(state),
    poolSettings: dynamoPoolSettingsStore(state),
    knowledge: dynamoKnowledgeStore(state, now),
    recommendations: dynamoRecommendationStore(state, now),
    benchmarks: dynamoBenchmarkSettingsStore(state, now),
    benchmarkReports: dynamoBenchmarkStore(rollups, now),
    reviews: dynamoReviewStore(state, now),
    budgets: dynamoBudgetStore(state, now),
    historyDays: JSON.parse(env.HISTORY_DAYS) as HistoryDays,
    modes: readModes(env),
    promoteUpTo: readPromoteUpTo(env),
    holdOutShare: readHoldOutShare(env),
    waiting: {
      slots: dynamoPollSlots(state, LONG_POLLS),
      nowMs: now,
      elapsedMs: () => performance.now(),
      pause: (ms: number) => new Promise<void>((resolve) => setTimeout(resolve, ms)),
    },
    totals: dynamoTotalsStore(state),
    log: dynamoMinuteLog(state),
  };
}

/** What optimize needs of the world. */
export function optimizeDeps(env: FunctionEnv['optimize']) {
  const { state, rollups } = tables(env);
  return {
    ...fleetAsStored(state, rollups, env),
    alerts: dynamoAlertStore(state, now),
    budgets: dynamoBudgetStore(state, now),
    poolSettings: dynamoPoolSettingsStore(state),
    solver: loadLinearSolver,
  };
}

/** What benchmark needs of the world. */
export function benchmarkDeps(env: FunctionEnv['benchmark']) {
  const { state, rollups } = tables(env);
  return {
    ...fleetAsStored(state, rollups, env),
    directives: dynamoDirectiveStore(state, now),
    benchmarkReports: dynamoBenchmarkStore(rollups, now),
    benchmarks: dynamoBenchmarkSettingsStore(state, now),
    workDays: dynamoWorkDayStore(rollups, now),
    poolSettings: dynamoPoolSettingsStore(state),
  };
}

/** What review needs of the world. */
export function reviewDeps(env: FunctionEnv['review']) {
  const { state, rollups } = tables(env);
  const sns = new SNSClient();
  return {
    ...fleetAsStored(state, rollups, env),
    directives: dynamoDirectiveStore(state, now),
    benchmarkReports: dynamoBenchmarkStore(rollups, now),
    alerts: dynamoAlertStore(state, now),
    budgets: dynamoBudgetStore(state, now),
    ledger: dynamoLedgerStore(rollups, now),
    reviews: dynamoReviewStore(state, now),
    sent: dynamoNotificationLog(state),
    publisher: snsReviewPublisher(sns, env.REVIEWS_TOPIC_ARN),
    digests: snsDigestPublisher(sns, env.DIGESTS_TOPIC_ARN),
    publicUrl: env.PUBLIC_URL,
  };
}

/** What planning, comparing and reviewing have in common: what the minute job has made of a fleet. */
function fleetAsStored(
  state: DynamoTable,
  rollups: DynamoTable,
  env: Pick<FunctionEnv['optimize'], 'METRIC_STORE' | 'HISTORY_DAYS'>,
) {
  return {
    journal: dynamoJournal(rollups, now),
    carry: dynamoCarryStore(rollups),
    rollups: dynamoRollupStore(rollups, 0, now),
    ...history(rollups, env),
    fleet: dynamoFleetStore(state, now),
    log: dynamoMinuteLog(state),
    plans: dynamoPlanStore({ state, rollups }),
    recommendations: dynamoRecommendationStore(state, now),
    nowMs: now,
  };
}

/** What plan needs of the world. */
export function planDeps(env: FunctionEnv['plan']) {
  const { state, rollups } = tables(env);
  return {
    keys: dynamoKeyStore(state),
    auth: JSON.parse(env.EDGE_AUTH) as EdgeAuth,
    plans: dynamoPlanStore({ state, rollups }),
    solver: loadLinearSolver,
  };
}

/** What canary needs of the world. */
export function canaryDeps(env: FunctionEnv['canary'], access: AwsAccess) {
  const auth = JSON.parse(env.API_AUTH) as CanaryAuth;
  return {
    ...operatorDeps(env.STATE_TABLE),
    ask: fleetpulseApi(env.API_URL, auth, access),
    needsKey: Object.values(auth).includes('key'),
    sent: dynamoNotificationLog(new DynamoTable(new DynamoDBClient(), env.STATE_TABLE)),
    nowMs: now,
  };
}

/** What history needs of the world. */
export function historyDeps(env: FunctionEnv['history']) {
  const { state, rollups } = tables(env);
  const historyDays = JSON.parse(env.HISTORY_DAYS) as HistoryDays;
  return {
    keys: dynamoKeyStore(state),
    auth: JSON.parse(env.EDGE_AUTH) as EdgeAuth,
    audit: dynamoAuditLog(state, now),
    uniqueId,
    metrics: metricStore(rollups, JSON.parse(env.METRIC_STORE) as MetricStoreSettings, historyDays),
    historyDays,
  };
}

/** What is kept longer than the minutes that the job works on. */
function history(rollups: DynamoTable, env: { HISTORY_DAYS: string; METRIC_STORE: string }) {
  const days = JSON.parse(env.HISTORY_DAYS) as HistoryDays;
  return {
    tiles: dynamoTileStore(rollups, { 10: days.minute, 60: days.hour, 1440: days.day }, now),
    metrics: metricStore(rollups, JSON.parse(env.METRIC_STORE) as MetricStoreSettings, days),
  };
}

function metricStore(rollups: DynamoTable, settings: MetricStoreSettings, days: HistoryDays): MetricStore {
  if (settings.kind === 'dynamodb') return dynamoMetricStore(rollups, days, now);
  // Timestream asks for patience: its throughput grows over minutes.
  const patient = { maxAttempts: 6 };
  return timestreamMetricStore(new TimestreamWriteClient(patient), new TimestreamQueryClient(patient), settings);
}

/** What the command line needs to make a key with AWS credentials, before there is one. */
export function operatorDeps(stateTable: string) {
  const state = new DynamoTable(new DynamoDBClient(), stateTable);
  return { keys: dynamoKeyStore(state), audit: dynamoAuditLog(state, now), newKey, uniqueId };
}

/** Where the tables to back up or to restore are; without an endpoint, where the AWS configuration says. */
export interface ArchiveAccess {
  state: string;
  rollups: string;
  endpoint?: { url: string; region: string; accessKeyId: string; secretAccessKey: string } | undefined;
}

/** What the command line needs to back up and to restore, with AWS credentials or those of a local cloud. */
export function archiveDeps({ state, rollups, endpoint }: ArchiveAccess) {
  const client = new DynamoDBClient({
    base64Decoder: bytesOfBase64,
    maxAttempts: 8,
    ...(endpoint && { endpoint: endpoint.url, region: endpoint.region, credentials: endpoint }),
  });
  const nowMs = tableClock(client, now);
  const pause = (ms: number) => new Promise<void>((resolve) => setTimeout(resolve, ms));
  const stateTable = new DynamoTable(client, state);
  return {
    fleet: dynamoFleetStore(stateTable, nowMs),
    log: dynamoMinuteLog(stateTable),
    cut: dynamoJournalCut(new DynamoTable(client, rollups), nowMs),
    roles: dynamoItemRoles,
    tables: {
      state: dynamoTableArchive(client, state, pause),
      rollups: dynamoTableArchive(client, rollups, pause),
    },
    tableNames: { state, rollups },
    newDigest: () => {
      const digest = createHash('sha256');
      return { feed: (text: string) => void digest.update(text), hex: () => digest.digest('hex') };
    },
    nowMs,
    pause,
    uniqueId,
  };
}

/** "fp_" and 256 random bits. */
function newKey() {
  const key = `fp_${randomBytes(32).toString('base64url')}`;
  return { key, keyHash: sha256(key), id: keyIdOf(randomBytes(12)) };
}

/** In the order of real time, because entries of one moment of the manual clock have an order too. */
function uniqueId(): string {
  return `${realUs().toString(36).padStart(11, '0')}${randomBytes(4).toString('hex')}`;
}

function tables(env: { STATE_TABLE: string; ROLLUPS_TABLE: string }) {
  const client = new DynamoDBClient({ base64Decoder: bytesOfBase64 });
  return { state: new DynamoTable(client, env.STATE_TABLE), rollups: new DynamoTable(client, env.ROLLUPS_TABLE) };
}

/** The SDK's own looks at each letter with a regular expression first, which takes a quarter of the time of reading large items. */
function bytesOfBase64(text: string): Uint8Array {
  const { buffer, byteOffset, byteLength } = Buffer.from(text, 'base64');
  return new Uint8Array(buffer, byteOffset, byteLength);
}
