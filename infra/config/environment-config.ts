import * as z from 'zod';
import { actuators, refuseOpenPing, refuseOpenWebhook } from './actuators.ts';
import { chat } from './chat.ts';
import { concurrency, functionName } from './concurrency.ts';
import { apiDomain, domain, refuseSharedDomain, waf } from './edge.ts';
import { edgeAuth, iamAuthorizer, jwtAuthorizer } from './edge-auth.ts';
import { encryption } from './encryption.ts';
import { refuseOtherPlaces, refuseUnknownRegion } from './same-place.ts';
import { subscription } from './subscription.ts';
import { tableCapacity } from './table-capacity.ts';

const mode = z.enum(['observe', 'recommend', 'approve', 'auto']);

const readers = z
  .array(z.email('must be an e-mail address'))
  .refine((addresses) => new Set(addresses).size === addresses.length, 'must not name a reader twice');

/** Everything that differs between environments. Validated at synth, so a wrong value never reaches an account. */
export const environmentConfig = z
  .strictObject({
    env: z.enum(['dev', 'staging', 'prod']),
    /** 12-digit account id; without one the stacks deploy to the account of the current credentials. */
    account: z
      .string()
      .regex(/^\d{12}$/, 'must be a 12-digit account id')
      .optional(),
    region: z
      .string()
      .regex(/^[a-z]{2}(-[a-z]+)+-\d$/, 'must be a region such as eu-central-1')
      .optional(),
    /** Where KPI history is kept beyond the hot minutes: see docs/decisions/metric-store.md. */
    metricStore: z.enum(['auto', 'timestream', 'dynamodb']),
    /** How long KPI history is kept by the minute, by the hour and by the day. */
    historyDays: z
      .strictObject({
        minute: z.int().min(1).max(400),
        hour: z.int().min(1).max(1200),
        day: z.int().min(1).max(3650),
      })
      .superRefine(({ minute, hour, day }, context) => {
        const coarser = [
          { step: 'hour', days: hour, finer: 'minute', atLeast: minute },
          { step: 'day', days: day, finer: 'hour', atLeast: hour },
        ];
        for (const { step, days, finer, atLeast } of coarser) {
          if (days >= atLeast) continue;
          const message = `is ${days}, less than the ${atLeast} of ${finer}: coarser history must not end before finer`;
          context.addIssue({ code: 'custom', path: [step], message });
        }
      }),
    /** Keep tables when the stack is deleted, with deletion protection and point-in-time recovery. */
    retainData: z.boolean(),
    /** Daily backups of the Rollups table, and for how long each is kept: see docs/operations/backup-and-restore.md. */
    backup: z.strictObject({ daily: z.boolean(), keepDays: z.int().min(1).max(365) }),
    logRetentionDays: z.union([z.literal(7), z.literal(30), z.literal(90)]),
    /** Functions that X-Ray gets no traces of, which cost by the trace; it gets them of all others: see docs/cost.md. */
    untraced: z
      .array(functionName)
      .refine((names) => new Set(names).size === names.length, 'must not name a function twice'),
    /** How long the Rollups table keeps the hot minutes, which the minute job and present windows read. */
    minuteRollupDays: z.int().min(2).max(90),
    /** How many pools and task types GET /metrics names; the rest are summed up as "other". See docs/decisions/openmetrics.md. */
    metricsNames: z.strictObject({ pools: z.int().min(1).max(500), taskTypes: z.int().min(1).max(500) }),
    /** How far Fleetpulse goes by itself, for each class of action: see docs/directives.md. PUT /v1/policy changes it. */
    modes: z.strictObject({
      route: mode,
      scale: mode,
      breaker: mode,
      degrade: mode,
      failover: mode,
      restart: mode,
      tune: mode,
    }),
    /** The mode up to which a class is promoted by what it was measured to do: observe and recommend promote none to act. */
    promoteUpTo: mode,
    /**
     * Share of the actions that can wait which are put off for a quarter of an hour by chance, so that what happens without them is
     * known: see docs/directives.md. PUT /v1/policy changes it.
     */
    holdOutShare: z.number().min(0).max(0.1),
    /** Requests per second, and burst, that API Gateway lets through before it answers 429. */
    throttle: z.strictObject({ ratePerSecond: z.int().positive(), burst: z.int().positive() }),
    /**
     * How much each key may report, over all function instances, unless the key has a limit of its own: a steady rate, and
     * what may come at once after a quiet time. See docs/decisions/rate-limits.md.
     */
    ingestLimit: z.strictObject({ eventsPerSecond: z.number().positive(), burst: z.int().positive() }),
    /** How callers show who they are, where they report (ingest) and everywhere else (query): see docs/keys.md. */
    edgeAuth: z.strictObject({ ingest: edgeAuth, query: edgeAuth }),
    /** What the gateway needs to know for the kinds that edgeAuth names. */
    authorizers: z.strictObject({ jwt: jwtAuthorizer.optional(), iam: iamAuthorizer.optional() }),
    /** Who carries out directives that are in force: see docs/actuators.md. */
    actuators,
    /** Each gets the alerts of the pools it owns: see docs/alerts.md. The team "none" gets those that nobody owns. */
    teams: z.array(z.strictObject({ team: z.string().min(1).max(128), subscriptions: z.array(subscription).min(1) })),
    /** Receivers of Alertmanager's webhook, version 4, that get every notice: see docs/alerts.md. */
    alertmanagerWebhooks: z
      .array(z.url({ protocol: /^https$/, error: 'must be a URL that begins with https://' }))
      .max(10),
    /** Get the alerts of all pools. */
    everyone: z.array(subscription),
    /**
     * Hears of every minute run that ended well, so that a dead-man's switch outside of the account notices when nothing in it
     * runs any more: see docs/operations/alarms.md.
     */
    heartbeatPing: z.url({ protocol: /^https?$/, error: 'must be a URL that begins with https://' }).optional(),
    /**
     * Whether Fleetpulse reports to itself every five minutes and looks for it among the figures: see docs/operations/alarms.md.
     * The minute job then has one system more, which on one machine makes the minutes of a small fleet half as long again.
     */
    canary: z.boolean(),
    /** Whether CloudWatch has a page of its own about this environment, which costs 3 USD a month beyond the account's first three. */
    cloudWatchDashboard: z.boolean(),
    /** What the account may cost a month, in US dollars: near it and above it the alerts topic is told. Absent: no budget. */
    monthlyBudgetUsd: z.number().positive().optional(),
    /** Where page and API are reached, which links in reviews begin with; where there is a domain, it is that. */
    publicUrl: z.url({ protocol: /^https$/, error: 'must be a URL that begins with https://' }).optional(),
    /** E-mail addresses that get the weekly review. */
    reviewReaders: readers,
    /** E-mail addresses that get a short message about each day: see docs/reviews.md. */
    digestReaders: readers,
    /** A domain name of the page, with the API beside it. */
    domain: domain.optional(),
    /** A domain name of the API alone, for agents. */
    apiDomain: apiDomain.optional(),
    /** A firewall in front of page and API: see docs/decisions/edge.md. */
    waf: waf.optional(),
    /** Units a second that tables have for themselves; without it they are on demand, billed by the request. */
    tableCapacity: tableCapacity.optional(),
    /** Executions reserved for functions; without it they share what the account has. */
    concurrency: concurrency.optional(),
    /** Channels of Slack and Teams that get every notice. */
    chat: chat.optional(),
    /** A key of the account's own; without it AWS's are used, which cost nothing. */
    encryption: encryption.optional(),
  })
  .superRefine(({ edgeAuth, authorizers }, context) => {
    for (const [edge, kind] of Object.entries(edgeAuth)) {
      if (kind === 'key' || authorizers[kind]) continue;
      const message = `is ${kind}, so authorizers.${kind} must say who is let in`;
      context.addIssue({ code: 'custom', path: ['edgeAuth', edge], message });
    }
  })
  .superRefine(refuseOpenWebhook)
  .superRefine(refuseSharedDomain)
  .superRefine(refuseOtherPlaces)
  .superRefine(refuseOpenPing)
  .superRefine(refuseUnknownRegion)
  .superRefine(({ teams, everyone }, context) => {
    const subscriptions = [
      ...teams.flatMap(({ subscriptions }, team) =>
        subscriptions.map((one, index) => ({ ...one, path: ['teams', team, 'subscriptions', index, 'endpoint'] })),
      ),
      ...everyone.map((one, index) => ({ ...one, path: ['everyone', index, 'endpoint'] })),
    ];
    const places = new Map<string, string>();
    for (const { protocol, endpoint, path } of subscriptions) {
      const place = places.get(`${protocol} ${endpoint}`);
      places.set(`${protocol} ${endpoint}`, place ?? path.join('.'));
      if (place === undefined) continue;
      const message = `is subscribed already by ${place}; SNS has one subscription for each endpoint`;
      context.addIssue({ code: 'custom', path, message });
    }
  });

/** What the functions read of what may be done: DIRECTIVE_MODES. */
export function directiveModes({ modes, promoteUpTo, holdOutShare }: EnvironmentConfig): string {
  return JSON.stringify({ ...modes, promoteUpTo, holdOutShare });
}

export type EnvironmentConfig = z.infer<typeof environmentConfig>;

/** @throws Error naming the file, the field and the reason when a value is not allowed. */
export function defineEnvironment(candidate: EnvironmentConfig): EnvironmentConfig {
  const parsed = environmentConfig.safeParse(candidate);
  if (parsed.success) return parsed.data;
  const problems = parsed.error.issues.map((issue) => `${issue.path.join('.')}: ${issue.message}`);
  throw new Error(`infra/config/${candidate.env}.ts is not valid: ${problems.join('; ')}`);
}
