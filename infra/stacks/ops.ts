import { CfnOutput, Duration, Stack, type StackProps, TimeZone } from 'aws-cdk-lib';
import type { HttpApi } from 'aws-cdk-lib/aws-apigatewayv2';
import { CfnBudget } from 'aws-cdk-lib/aws-budgets';
import {
  Alarm,
  ComparisonOperator,
  type IMetric,
  MathExpression,
  Metric,
  type MetricOptions,
  TreatMissingData,
} from 'aws-cdk-lib/aws-cloudwatch';
import { SnsAction } from 'aws-cdk-lib/aws-cloudwatch-actions';
import type { TableV2 } from 'aws-cdk-lib/aws-dynamodb';
import { PolicyStatement, ServicePrincipal } from 'aws-cdk-lib/aws-iam';
import { ContextAttribute, Schedule, ScheduleExpression, ScheduleTargetInput } from 'aws-cdk-lib/aws-scheduler';
import type { Topic } from 'aws-cdk-lib/aws-sns';
import type { Construct } from 'constructs';
import type { CanaryAuth, FunctionName } from '../../lib/aws/env.ts';
import { addCloudWatchDashboard } from '../cloudwatch-dashboard.ts';
import type { EnvironmentConfig } from '../config/environment-config.ts';
import { DeadLetterQueue } from '../dead-letter-queue.ts';
import { FleetpulseFunction } from '../fleetpulse-function.ts';
import { ScheduledInvocation } from '../scheduled-invocation.ts';

interface OpsProps {
  config: EnvironmentConfig;
  api: HttpApi;
  state: TableV2;
  rollups: TableV2;
  /** Where people are told. */
  alerts: Topic;
}

/** How an alarm decides; a period of a minute unless said. */
interface Watch {
  /** What it means, in a sentence. */
  says: string;
  metric: IMetric;
  /** Breaching from there on. */
  from: number;
  /** So many of the last so many periods. */
  of: [breaching: number, periods: number];
}

/** See lib/core/model/canary-system.ts. */
const CANARY_SYSTEM = 'fleetpulse-canary';

const MINUTE = Duration.minutes(1);
const FIVE_MINUTES = Duration.minutes(5);

/** Lambda ends a run of the minute job after 50 s; at 40 s there is little left for a larger fleet. */
const SLOW_ANALYSIS_MS = 40_000;
/** As GET /v1/health has it: see lib/core/kpi/freshness.ts. */
const LATE_ANALYSIS_SECONDS = 180;

/**
 * Who monitors the monitor: alarms on what Fleetpulse itself is made of, to the topic of every alert. An alarm costs by the
 * metrics it looks at, so each failure is looked for once, where it ends up: see docs/operations/alarms.md.
 */
export class OpsStack extends Stack {
  readonly #alerts: Topic;

  constructor(scope: Construct, id: string, props: StackProps & OpsProps) {
    super(scope, id, props);
    const { config, api, state, rollups, alerts } = props;
    this.#alerts = alerts;
    const functions = new Map<FunctionName, FleetpulseFunction<FunctionName>>();
    const queues: DeadLetterQueue[] = [];
    for (const construct of scope.node.findAll()) {
      if (construct instanceof FleetpulseFunction) functions.set(construct.named, construct);
      if (construct instanceof DeadLetterQueue) queues.push(construct);
    }
    const lag = new Metric({
      namespace: 'Fleetpulse',
      metricName: 'AnalysisLag',
      dimensionsMap: { FunctionName: found(functions, 'analyze').functionName },
      ...{ period: MINUTE, statistic: 'Maximum' },
    });
    this.#watchAnalysis(found(functions, 'analyze'), lag);
    this.#alarm('ApiFailing', {
      says: 'Requests were answered with a 5xx: what agents report may be late, and people cannot read',
      metric: api.metricServerError({ period: MINUTE, statistic: 'Sum' }),
      ...{ from: 5, of: [3, 5] },
    });
    // Beyond the API a throttled function is a 5xx, and a background one is tried again for an hour.
    const urgent = (['ingest', 'analyze', 'notify'] as const).map((it) => found(functions, it));
    this.#alarm('FunctionsThrottled', {
      says: 'Lambda refused to start a function: the account has reached its limit of concurrent executions',
      metric: sumOf('Refused starts', urgent, (it, options) => it.metricThrottles(options), MINUTE),
      ...{ from: 1, of: [3, 5] },
    });
    const canaryAuth = config.canary ? canaryAuthOf(config) : null;
    const canary = canaryAuth ? [this.#keepCanary(canaryAuth, props)] : [];
    // Those behind the API fail as 5xx, the minute job as silence; what fails where nobody waits for it ends up in one of these.
    for (const queue of queues) this.#watchQueue(queue);
    this.#watchTables({ state, rollups });
    if (config.cloudWatchDashboard) {
      const shown = { api, functions: [...functions.values(), ...canary], tables: [state, rollups], queues, lag };
      new CfnOutput(this, 'CloudWatchDashboard', { value: addCloudWatchDashboard(this, shown) });
    }
    if (config.monthlyBudgetUsd !== undefined) this.#limitCost(config.monthlyBudgetUsd);
  }

  #watchAnalysis(analyze: FleetpulseFunction<FunctionName>, lag: Metric): void {
    // The dead-man's switch: no run at all breaches too.
    this.#alarm('MinuteJobSilent', {
      says: 'No run of the minute job has ended well for three minutes: nobody is watching the fleet, or some system of it',
      metric: endedWell('Runs of the minute job that ended well', analyze, MINUTE),
      ...{ from: 'nothing', of: [3, 3] },
    });
    this.#alarm('AnalysisLate', {
      says: 'The newest figures are more than three minutes old: alerts and directives come late',
      metric: lag,
      ...{ from: LATE_ANALYSIS_SECONDS, of: [3, 5] },
    });
    this.#alarm('AnalysisSlow', {
      says: 'Runs of the minute job take 40 of the 50 seconds that they have: soon they will not end any more',
      metric: analyze.metricDuration({ period: MINUTE, statistic: 'Maximum' }),
      ...{ from: SLOW_ANALYSIS_MS, of: [3, 5] },
    });
  }

  /** Uses Fleetpulse as agents and people do, and so finds what nothing else looks at. */
  #keepCanary(auth: CanaryAuth, { config, state, api }: OpsProps): FleetpulseFunction<'canary'> {
    const signed = [
      ...(auth.ingest === 'iam' ? [api.arnForExecuteApi('POST', '/v1/events', '$default')] : []),
      ...(auth.query === 'iam' ? [api.arnForExecuteApi('GET', '/v1/series', '$default')] : []),
    ];
    const canary = new FleetpulseFunction(this, 'canary', {
      config,
      environment: { STATE_TABLE: state.tableName, API_URL: api.apiEndpoint, API_AUTH: JSON.stringify(auth) },
      memoryMb: 256,
      timeoutSeconds: 120,
      grants: [
        // Keys that it makes for itself, the entries of the audit log on them, and which batches were taken.
        { actions: ['dynamodb:GetItem', 'dynamodb:PutItem'], resources: [state.tableArn] },
        ...(signed.length > 0 ? [{ actions: ['execute-api:Invoke'], resources: signed }] : []),
      ],
      async: {
        ...{ retryAttempts: 0, maxEventAgeSeconds: 120 },
        noDeadLetters: 'A run that fails is what the alarm CanaryFailing tells of; the next one is its retry',
      },
    });
    new Schedule(this, 'EveryFiveMinutes', {
      description: 'Reports as an agent does, and looks whether the report before is among the figures',
      schedule: ScheduleExpression.expression('cron(0/5 * * * ? *)', TimeZone.ETC_UTC),
      target: new ScheduledInvocation(config, canary, {
        input: ScheduleTargetInput.fromObject({ scheduledTime: ContextAttribute.scheduledTime }),
        retryAttempts: 1,
        maxEventAge: Duration.minutes(2),
      }),
    });
    this.#alarm('CanaryFailing', {
      says: 'For ten minutes no report of the canary has got through to the figures, or none was tried',
      metric: endedWell('Runs of the canary that ended well', canary, FIVE_MINUTES),
      ...{ from: 'nothing', of: [2, 2] },
    });
    return canary;
  }

  #watchQueue(queue: DeadLetterQueue): void {
    const { id } = queue.node;
    // Several stacks keep what subscriptions did not take.
    const name = id.startsWith('Undelivered') ? `${Stack.of(queue).stackName.split('-').at(-1)}Undelivered` : id;
    this.#alarm(name.replace(/DeadLetters$/, 'GaveUp'), {
      says: 'Something was given up after all retries, and is kept in a dead-letter queue for two weeks',
      metric: queue.metricApproximateNumberOfMessagesVisible({ period: FIVE_MINUTES, statistic: 'Maximum' }),
      ...{ from: 1, of: [1, 1] },
    });
  }

  #watchTables({ state, rollups }: { state: TableV2; rollups: TableV2 }): void {
    const ofTable = (metricName: string, { tableName }: TableV2, Operation?: string) =>
      new Metric({
        ...{ namespace: 'AWS/DynamoDB', metricName },
        dimensionsMap: { TableName: tableName, ...(Operation === undefined ? {} : { Operation }) },
        ...{ period: MINUTE, statistic: 'Sum' },
      });
    this.#alarm('TablesRefusing', {
      says: 'DynamoDB refused calls for their number, or failed itself: requests and the minute job are slowed down or fail',
      metric: sum('Refused and failed calls', MINUTE, [
        ofTable('ReadThrottleEvents', state),
        ofTable('WriteThrottleEvents', state),
        ofTable('ReadThrottleEvents', rollups),
        ofTable('WriteThrottleEvents', rollups),
        // What every batch is written with, and every request and run begins with.
        ofTable('SystemErrors', rollups, 'PutItem'),
        ofTable('SystemErrors', state, 'GetItem'),
      ]),
      ...{ from: 1, of: [3, 5] },
    });
  }

  /** Of the whole account: tags count in a budget only after somebody has activated them for billing. */
  #limitCost(monthlyBudgetUsd: number): void {
    this.#alerts.addToResourcePolicy(
      new PolicyStatement({
        sid: 'BudgetsOfThisAccount',
        principals: [new ServicePrincipal('budgets.amazonaws.com')],
        actions: ['sns:Publish'],
        resources: [this.#alerts.topicArn],
        conditions: { StringEquals: { 'aws:SourceAccount': this.account } },
      }),
    );
    const subscribers = [{ subscriptionType: 'SNS', address: this.#alerts.topicArn }];
    const notice = (notificationType: 'ACTUAL' | 'FORECASTED', threshold: number) => ({
      notification: { notificationType, threshold, comparisonOperator: 'GREATER_THAN', thresholdType: 'PERCENTAGE' },
      subscribers,
    });
    new CfnBudget(this, 'MonthlyBudget', {
      budget: {
        ...{ budgetType: 'COST', timeUnit: 'MONTHLY' },
        budgetLimit: { amount: monthlyBudgetUsd, unit: 'USD' },
      },
      notificationsWithSubscribers: [notice('ACTUAL', 80), notice('ACTUAL', 100), notice('FORECASTED', 100)],
    });
  }

  /** @param from `nothing`: breaching below 1, and while nothing is known */
  #alarm(id: string, { says, metric, from, of }: Omit<Watch, 'from'> & { from: number | 'nothing' }): void {
    const [datapointsToAlarm, evaluationPeriods] = of;
    const alarm = new Alarm(this, id, {
      alarmDescription: `${says}. Runbook: docs/operations/alarms.md#${id.toLowerCase()}`,
      metric,
      ...{ datapointsToAlarm, evaluationPeriods },
      ...(from === 'nothing'
        ? {
            threshold: 1,
            comparisonOperator: ComparisonOperator.LESS_THAN_THRESHOLD,
            treatMissingData: TreatMissingData.BREACHING,
          }
        : {
            threshold: from,
            comparisonOperator: ComparisonOperator.GREATER_THAN_OR_EQUAL_TO_THRESHOLD,
            treatMissingData: TreatMissingData.NOT_BREACHING,
          }),
    });
    const tell = new SnsAction(this.#alerts);
    alarm.addAlarmAction(tell);
    alarm.addOkAction(tell);
  }
}

/** As the endpoint's own edges want it; null where the canary cannot get in: with tokens, or without a grant for its role. */
function canaryAuthOf({ edgeAuth, authorizers }: EnvironmentConfig): CanaryAuth | null {
  const grants = authorizers.iam?.grants ?? [];
  const kindAt = (edge: 'ingest' | 'query', scope: 'ingest' | 'read') => {
    const kind = edgeAuth[edge];
    const isGranted = grants.some(({ system, scopes }) => system === CANARY_SYSTEM && scopes.includes(scope));
    if (kind === 'jwt' || (kind === 'iam' && !isGranted)) return null;
    return kind;
  };
  const [ingest, query] = [kindAt('ingest', 'ingest'), kindAt('query', 'read')];
  return ingest && query && { ingest, query };
}

function found(functions: ReadonlyMap<FunctionName, FleetpulseFunction<FunctionName>>, name: FunctionName) {
  const one = functions.get(name);
  if (!one) throw new Error(`the stack Ops must be made after the one of the function ${name}, which it watches`);
  return one;
}

function endedWell(label: string, of: FleetpulseFunction<FunctionName>, period: Duration): MathExpression {
  return new MathExpression({
    ...{ label, period, expression: 'FILL(runs, 0) - FILL(failed, 0)' },
    usingMetrics: {
      runs: of.metricInvocations({ period, statistic: 'Sum' }),
      failed: of.metricErrors({ period, statistic: 'Sum' }),
    },
  });
}

function sumOf(
  label: string,
  functions: readonly FleetpulseFunction<FunctionName>[],
  metricOf: (of: FleetpulseFunction<FunctionName>, options: MetricOptions) => Metric,
  period: Duration,
): MathExpression {
  const metrics = functions.map((it) => metricOf(it, { period, statistic: 'Sum' }));
  return sum(label, period, metrics);
}

function sum(label: string, period: Duration, metrics: readonly Metric[]): MathExpression {
  const usingMetrics = Object.fromEntries(metrics.map((metric, index) => [`m${index}`, metric]));
  const expression = Object.keys(usingMetrics)
    .map((name) => `FILL(${name}, 0)`)
    .join(' + ');
  return new MathExpression({ label, period, expression, usingMetrics });
}
