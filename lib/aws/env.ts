/**
 * The environment contract between infra and functions: which variables each function gets.
 * infra imports the types, so a misspelt variable does not compile; functions read them with {@link readEnv}.
 */
export interface FunctionEnv {
  ingest: {
    STATE_TABLE: string;
    ROLLUPS_TABLE: string;
    /** JSON of {@link EdgeAuth} */
    EDGE_AUTH: string;
    /** JSON: {eventsPerSecond, burst} of senders that have no limit of their own */
    INGEST_LIMIT: string;
  };
  analyze: {
    STATE_TABLE: string;
    ROLLUPS_TABLE: string;
    BUS_NAME: string;
    MINUTE_ROLLUP_DAYS: string;
    /** JSON: {pools, taskTypes}, how many of each GET /metrics names */
    METRICS_NAMES: string;
    /** JSON: {action class: mode}, promoteUpTo: mode, and holdOutShare: 0..0.1 */
    DIRECTIVE_MODES: string;
    /** JSON of {@link MetricStoreSettings} */
    METRIC_STORE: string;
    /** JSON of {@link HistoryDays} */
    HISTORY_DAYS: string;
    /** Address that hears of every run that ended well; none where there is none. */
    HEARTBEAT_PING: string;
  };
  notify: {
    STATE_TABLE: string;
    ALERTS_TOPIC_ARN: string;
    CHAT_TOPIC_ARN: string;
    /** JSON: URLs of receivers of Alertmanager's webhook */
    ALERTMANAGER_WEBHOOKS: string;
  };
  act: {
    STATE_TABLE: string;
    /** JSON of {@link ActuatorSettings} */
    ACTUATORS: string;
    /** yes or no: say what would be done, and do nothing */
    ACTUATORS_DRY_RUN: string;
  };
  query: {
    STATE_TABLE: string;
    ROLLUPS_TABLE: string;
    DIRECTIVE_MODES: string;
    /** JSON of {@link EdgeAuth} */
    EDGE_AUTH: string;
    /** JSON of {@link MetricStoreSettings} */
    METRIC_STORE: string;
    /** JSON of {@link HistoryDays} */
    HISTORY_DAYS: string;
  };
  mcp: FunctionEnv['query'] & {
    /** Of the page, which links begin with; / where readers know it. */
    PUBLIC_URL: string;
  };
  optimize: {
    STATE_TABLE: string;
    ROLLUPS_TABLE: string;
    /** JSON of {@link MetricStoreSettings} */
    METRIC_STORE: string;
    /** JSON of {@link HistoryDays} */
    HISTORY_DAYS: string;
  };
  benchmark: {
    STATE_TABLE: string;
    ROLLUPS_TABLE: string;
    /** JSON of {@link MetricStoreSettings} */
    METRIC_STORE: string;
    /** JSON of {@link HistoryDays} */
    HISTORY_DAYS: string;
  };
  review: {
    STATE_TABLE: string;
    ROLLUPS_TABLE: string;
    REVIEWS_TOPIC_ARN: string;
    DIGESTS_TOPIC_ARN: string;
    /** Of the API, which links in reviews begin with; / where readers know it. */
    PUBLIC_URL: string;
    /** JSON of {@link MetricStoreSettings} */
    METRIC_STORE: string;
    /** JSON of {@link HistoryDays} */
    HISTORY_DAYS: string;
  };
  plan: {
    STATE_TABLE: string;
    ROLLUPS_TABLE: string;
    /** JSON of {@link EdgeAuth} */
    EDGE_AUTH: string;
  };
  canary: {
    STATE_TABLE: string;
    API_URL: string;
    /** JSON of {@link CanaryAuth} */
    API_AUTH: string;
  };
  history: {
    STATE_TABLE: string;
    ROLLUPS_TABLE: string;
    /** JSON of {@link EdgeAuth} */
    EDGE_AUTH: string;
    /** JSON of {@link MetricStoreSettings} */
    METRIC_STORE: string;
    /** JSON of {@link HistoryDays} */
    HISTORY_DAYS: string;
  };
}

/** How a function learns who is asking: by API keys that it looks up itself, or from what API Gateway has checked. */
export type EdgeAuth =
  | { kind: 'key' }
  | { kind: 'jwt'; systemClaim: string; scopeClaim: string; poolsClaim?: string }
  | { kind: 'iam'; grants: IamGrant[] };

/** How the canary shows who it is, where it reports and where it reads. */
export type CanaryAuth = Record<'ingest' | 'query', 'key' | 'iam'>;

/** What a role or user may do. */
export interface IamGrant {
  /** Of a role or user; `*` stands for anything but a slash. */
  arn: string;
  system: string;
  scopes: ('ingest' | 'read' | 'control' | 'admin')[];
  pools?: string[];
}

/** The actuators that an environment has, with what each must know; one that is absent is switched off. */
export interface ActuatorSettings {
  eventBridge?: { busArn: string };
  ecs?: PoolMappings<EcsPool>;
  lambda?: PoolMappings<LambdaPool>;
  /** The secret is the name of one in Secrets Manager. */
  webhook?: { url: string; secretName: string };
}

/** What pools are mapped to, by name: those of the system `default`, and by system those of others. */
export interface PoolMappings<Mapping> {
  pools?: Record<string, Mapping>;
  systems?: Record<string, Record<string, Mapping>>;
}

/** A pool whose agents are the tasks of a service of Amazon ECS. */
export interface EcsPool {
  cluster: string;
  service: string;
  /** Tasks that the service is never set below or above. */
  min: number;
  max: number;
  /** Whether tasks may be stopped to restart an agent; its id then ends with that of its task. */
  restarts?: boolean;
}

/** A pool whose agents are executions of a function of AWS Lambda. */
export interface LambdaPool {
  functionName: string;
  /** Executions that count as one agent. */
  slotsPerAgent: number;
  /** Agents below or above which no concurrency is set; at least 1, because 0 stops a function. */
  min: number;
  max: number;
}

/** Where KPI history is kept beyond the hot minutes; with `dynamodb`, in the Rollups table itself. */
export type MetricStoreSettings =
  | { kind: 'dynamodb' }
  | { kind: 'timestream'; database: string; tables: { minute: string; hour: string; day: string } };

/** How many days KPI history is kept by the minute, by the hour and by the day. */
export interface HistoryDays {
  minute: number;
  hour: number;
  day: number;
}

export type FunctionName = keyof FunctionEnv;

const variables: { [Name in FunctionName]: readonly (keyof FunctionEnv[Name] & string)[] } = {
  ingest: ['STATE_TABLE', 'ROLLUPS_TABLE', 'EDGE_AUTH', 'INGEST_LIMIT'],
  analyze: [
    ...(['STATE_TABLE', 'ROLLUPS_TABLE', 'BUS_NAME', 'MINUTE_ROLLUP_DAYS', 'METRICS_NAMES'] as const),
    ...(['DIRECTIVE_MODES', 'METRIC_STORE', 'HISTORY_DAYS', 'HEARTBEAT_PING'] as const),
  ],
  notify: ['STATE_TABLE', 'ALERTS_TOPIC_ARN', 'CHAT_TOPIC_ARN', 'ALERTMANAGER_WEBHOOKS'],
  act: ['STATE_TABLE', 'ACTUATORS', 'ACTUATORS_DRY_RUN'],
  query: ['STATE_TABLE', 'ROLLUPS_TABLE', 'DIRECTIVE_MODES', 'EDGE_AUTH', 'METRIC_STORE', 'HISTORY_DAYS'],
  mcp: [
    ...(['STATE_TABLE', 'ROLLUPS_TABLE', 'DIRECTIVE_MODES', 'EDGE_AUTH', 'METRIC_STORE', 'HISTORY_DAYS'] as const),
    'PUBLIC_URL' as const,
  ],
  optimize: ['STATE_TABLE', 'ROLLUPS_TABLE', 'METRIC_STORE', 'HISTORY_DAYS'],
  benchmark: ['STATE_TABLE', 'ROLLUPS_TABLE', 'METRIC_STORE', 'HISTORY_DAYS'],
  review: [
    ...(['STATE_TABLE', 'ROLLUPS_TABLE', 'REVIEWS_TOPIC_ARN', 'DIGESTS_TOPIC_ARN'] as const),
    ...(['PUBLIC_URL', 'METRIC_STORE', 'HISTORY_DAYS'] as const),
  ],
  plan: ['STATE_TABLE', 'ROLLUPS_TABLE', 'EDGE_AUTH'],
  canary: ['STATE_TABLE', 'API_URL', 'API_AUTH'],
  history: ['STATE_TABLE', 'ROLLUPS_TABLE', 'EDGE_AUTH', 'METRIC_STORE', 'HISTORY_DAYS'],
};

/** @throws Error naming every variable that is missing, so that a broken deployment says so at its first call. */
export function readEnv<Name extends FunctionName>(
  name: Name,
  source: Readonly<Record<string, string | undefined>>,
): FunctionEnv[Name] {
  const wanted: readonly string[] = variables[name];
  const missing = wanted.filter((key) => !source[key]);
  if (missing.length > 0) throw new Error(`function ${name} lacks environment variables: ${missing.join(', ')}`);
  return Object.fromEntries(wanted.map((key) => [key, source[key]])) as unknown as FunctionEnv[Name];
}

/** Where a function runs and as who, as Lambda tells it in the environment. */
export function readAccess(source: Readonly<Record<string, string | undefined>>) {
  const sessionToken = source['AWS_SESSION_TOKEN'];
  return {
    functionName: source['AWS_LAMBDA_FUNCTION_NAME'] ?? '',
    region: source['AWS_REGION'] ?? '',
    /** Set only where AWS is somewhere else: in the local cloud. */
    endpoint: source['AWS_ENDPOINT_URL'],
    credentials: {
      accessKeyId: source['AWS_ACCESS_KEY_ID'] ?? '',
      secretAccessKey: source['AWS_SECRET_ACCESS_KEY'] ?? '',
      ...(sessionToken ? { sessionToken } : {}),
    },
  };
}
