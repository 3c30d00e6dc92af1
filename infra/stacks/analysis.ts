import { Duration, Stack, type StackProps, TimeZone } from 'aws-cdk-lib';
import type { TableV2 } from 'aws-cdk-lib/aws-dynamodb';
import { type EventBus, Rule } from 'aws-cdk-lib/aws-events';
import { LambdaFunction } from 'aws-cdk-lib/aws-events-targets';
import { ContextAttribute, Schedule, ScheduleExpression, ScheduleTargetInput } from 'aws-cdk-lib/aws-scheduler';
import type { Construct } from 'constructs';
import type { HistoryDays } from '../../lib/aws/env.ts';
import { directiveModes, type EnvironmentConfig } from '../config/environment-config.ts';
import { FleetpulseFunction } from '../fleetpulse-function.ts';
import type { MetricHistory } from '../metric-store/metric-history.ts';
import { ScheduledInvocation } from '../scheduled-invocation.ts';

interface AnalysisProps {
  config: EnvironmentConfig;
  state: TableV2;
  rollups: TableV2;
  history: MetricHistory;
  bus: EventBus;
}

/** The minute job, the hourly forecasts and plans, and the schedules that run them. */
export class AnalysisStack extends Stack {
  constructor(scope: Construct, id: string, props: StackProps & AnalysisProps) {
    super(scope, id, props);
    const analyze = new FleetpulseFunction(this, 'analyze', {
      config: props.config,
      environment: {
        STATE_TABLE: props.state.tableName,
        ROLLUPS_TABLE: props.rollups.tableName,
        BUS_NAME: props.bus.eventBusName,
        MINUTE_ROLLUP_DAYS: String(props.config.minuteRollupDays),
        METRICS_NAMES: JSON.stringify(props.config.metricsNames),
        DIRECTIVE_MODES: directiveModes(props.config),
        METRIC_STORE: this.toJsonString(props.history.settings),
        HISTORY_DAYS: JSON.stringify(props.config.historyDays satisfies HistoryDays),
        HEARTBEAT_PING: props.config.heartbeatPing ?? 'none',
      },
      memoryMb: 1024,
      timeoutSeconds: 50,
      grants: [
        {
          actions: [
            'dynamodb:GetItem',
            'dynamodb:Query',
            'dynamodb:PutItem',
            'dynamodb:UpdateItem',
            'dynamodb:DeleteItem',
          ],
          resources: [props.state.tableArn, props.rollups.tableArn],
        },
        { actions: ['events:PutEvents'], resources: [props.bus.eventBusArn] },
        ...props.history.grants(['timestream:WriteRecords', 'timestream:Select']),
      ],
      async: { retryAttempts: 2, maxEventAgeSeconds: 120 },
    });
    new Schedule(this, 'EveryMinute', {
      description: 'Runs the minute job for the minute that has just ended',
      schedule: ScheduleExpression.expression('cron(* * * * ? *)', TimeZone.ETC_UTC),
      target: new ScheduledInvocation(props.config, analyze, {
        // The minute comes from the schedule, never from a clock: a retry analyses the same minute again.
        input: ScheduleTargetInput.fromObject({
          scheduledTime: ContextAttribute.scheduledTime,
          executionId: ContextAttribute.executionId,
        }),
        retryAttempts: 2,
        maxEventAge: Duration.minutes(2),
      }),
    });
    this.#plan(props);
  }

  /** Forecasts and plans: some minutes after each hour, when the minute job has summed it up, and whenever it says that one is due. */
  #plan({ config, state, rollups, history, bus }: AnalysisProps): void {
    const optimize = new FleetpulseFunction(this, 'optimize', {
      config,
      environment: {
        STATE_TABLE: state.tableName,
        ROLLUPS_TABLE: rollups.tableName,
        METRIC_STORE: this.toJsonString(history.settings),
        HISTORY_DAYS: JSON.stringify(config.historyDays satisfies HistoryDays),
      },
      memoryMb: 1769,
      timeoutSeconds: 300,
      grants: [
        {
          actions: ['dynamodb:GetItem', 'dynamodb:Query', 'dynamodb:PutItem'],
          resources: [state.tableArn, rollups.tableArn],
        },
        // What agents did is replaced as a whole: the older goes.
        { actions: ['dynamodb:DeleteItem'], resources: [rollups.tableArn] },
        // How far off forecasts were is a metric like any other.
        ...(history.settings.kind === 'dynamodb'
          ? [{ actions: ['dynamodb:UpdateItem'], resources: [rollups.tableArn] }]
          : history.hourGrants()),
        ...history.grants(['timestream:Select']),
      ],
      async: { retryAttempts: 2, maxEventAgeSeconds: 1800 },
    });
    new Schedule(this, 'EveryHour', {
      description: 'Forecasts the workload and plans for it',
      schedule: ScheduleExpression.expression('cron(20 * * * ? *)', TimeZone.ETC_UTC),
      target: new ScheduledInvocation(config, optimize, {
        input: ScheduleTargetInput.fromObject({ scheduledTime: ContextAttribute.scheduledTime }),
        retryAttempts: 2,
        maxEventAge: Duration.minutes(30),
      }),
    });
    new Rule(this, 'PlansDue', {
      eventBus: bus,
      eventPattern: { source: ['fleetpulse'], detailType: ['PlanDue'] },
      targets: [
        new LambdaFunction(optimize, {
          retryAttempts: 1,
          maxEventAge: Duration.minutes(5),
          ...(optimize.deadLetters ? { deadLetterQueue: optimize.deadLetters } : {}),
        }),
      ],
    });
  }
}
