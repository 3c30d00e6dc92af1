import { Duration } from 'aws-cdk-lib';
import type { HttpApi } from 'aws-cdk-lib/aws-apigatewayv2';
import { type CfnDashboard, Metric } from 'aws-cdk-lib/aws-cloudwatch';
import type { TableV2 } from 'aws-cdk-lib/aws-dynamodb';
import type { IQueue } from 'aws-cdk-lib/aws-sqs';
import { DefaultDashboardFactory, MonitoringFacade } from 'cdk-monitoring-constructs';
import type { Construct } from 'constructs';
import type { FunctionName } from '../lib/aws/env.ts';
import type { FleetpulseFunction } from './fleetpulse-function.ts';

interface Shown {
  api: HttpApi;
  functions: readonly FleetpulseFunction<FunctionName>[];
  tables: readonly TableV2[];
  queues: readonly IQueue[];
  /** How old the newest figures are, in seconds. */
  lag: Metric;
}

const period = Duration.minutes(5);

/**
 * One page of CloudWatch about what Fleetpulse is made of, for whoever was told by an alarm. It has at most fifty metrics,
 * because the first three dashboards of an account are free up to that.
 * @returns its name
 */
export function addCloudWatchDashboard(scope: Construct, { api, functions, tables, queues, lag }: Shown): string {
  const factory = new DefaultDashboardFactory(scope, 'Dashboards', {
    dashboardNamePrefix: 'Operations',
    detailDashboardRange: Duration.hours(8),
  });
  const dashboard = factory.createdDashboard()?.node.defaultChild as CfnDashboard;
  // Its name comes from CloudFormation, so that a second environment of the account may have one too.
  dashboard.addPropertyDeletionOverride('DashboardName');
  const page = new MonitoringFacade(scope, 'Page', { dashboardFactory: factory });
  const each = (metricOf: (one: FleetpulseFunction<FunctionName>) => Metric) =>
    functions.map((one) => metricOf(one).with({ label: one.named }));

  page.monitorCustom({
    alarmFriendlyName: 'Analysis',
    humanReadableName: 'The analysis and the way to it',
    metricGroups: [
      { title: 'Age of the newest figures in seconds', metrics: [lag] },
      {
        title: 'Requests',
        metrics: [
          api.metricCount({ period, statistic: 'Sum', label: 'all' }),
          api.metricClientError({ period, statistic: 'Sum', label: '4xx' }),
          api.metricServerError({ period, statistic: 'Sum', label: '5xx' }),
        ],
      },
      {
        title: 'Answers in ms',
        metrics: ['p50', 'p99'].map((statistic) => api.metricLatency({ period, statistic, label: statistic })),
      },
    ],
  });
  page.monitorCustom({
    alarmFriendlyName: 'Functions',
    humanReadableName: 'Functions, the canary among them',
    metricGroups: [
      { title: 'Failed runs', metrics: each((one) => one.metricErrors({ period, statistic: 'Sum' })) },
      { title: 'Longest runs in ms', metrics: each((one) => one.metricDuration({ period, statistic: 'Maximum' })) },
    ],
  });
  const ofTables = (metricName: string) =>
    tables.map(
      ({ tableName, node }) =>
        new Metric({
          ...{ namespace: 'AWS/DynamoDB', metricName, dimensionsMap: { TableName: tableName } },
          ...{ period, statistic: 'Sum', label: `${node.id}: ${metricName}` },
        }),
    );
  page.monitorCustom({
    alarmFriendlyName: 'Tables',
    humanReadableName: 'Tables, and what was given up',
    metricGroups: [
      {
        title: 'Capacity taken',
        metrics: ['ConsumedReadCapacityUnits', 'ConsumedWriteCapacityUnits'].flatMap(ofTables),
      },
      { title: 'Refused', metrics: ['ReadThrottleEvents', 'WriteThrottleEvents'].flatMap(ofTables) },
      {
        title: 'In dead-letter queues',
        metrics: queues.map((queue) =>
          queue.metricApproximateNumberOfMessagesVisible({ period, statistic: 'Maximum', label: queue.node.id }),
        ),
      },
    ],
  });
  return dashboard.ref;
}
