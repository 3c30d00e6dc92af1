import { expect, test } from 'vitest';
import { billedResources } from '../../../lib/core/cost/billed-resources.ts';

const stat = { MetricStat: { Metric: {} } };

test('an alarm is billed by the metrics that it looks at, not by its expressions', () => {
  const { alarmMetrics } = billedResources({
    One: { Type: 'AWS::CloudWatch::Alarm', Properties: { MetricName: 'Errors' } },
    Two: { Type: 'AWS::CloudWatch::Alarm', Properties: { Metrics: [{ Expression: 'a - b' }, stat, stat] } },
  });
  expect(alarmMetrics).toBe(3);
});

test('functions are named as in the code, with what decides their price, and those that a schedule starts', () => {
  const { functions, scheduled } = billedResources({
    Analyze0A1B2C3D: {
      Type: 'AWS::Lambda::Function',
      Properties: { MemorySize: 1_024, TracingConfig: { Mode: 'Active' } },
    },
    Ingest0A1B2C3D: { Type: 'AWS::Lambda::Function', Properties: {} },
    CustomCDKBucketDeployment8693BB64968944B69AAFB0CC9EB8756C81C01536: { Type: 'AWS::Lambda::Function' },
    EveryMinute: {
      Type: 'AWS::Scheduler::Schedule',
      Properties: { Target: { Arn: { 'Fn::GetAtt': ['Analyze0A1B2C3D', 'Arn'] } } },
    },
  });
  expect(functions).toEqual({
    Analyze: { memoryMb: 1_024, isTraced: true },
    Ingest: { memoryMb: 128, isTraced: false },
  });
  expect(scheduled).toEqual(['Analyze']);
});

test('what has a price of its own is counted, and what is not known here is named', () => {
  const recoverable = { PointInTimeRecoverySpecification: { PointInTimeRecoveryEnabled: true } };
  expect(
    billedResources({
      Table: { Type: 'AWS::DynamoDB::GlobalTable', Properties: { Replicas: [recoverable] } },
      Acl: { Type: 'AWS::WAFv2::WebACL', Properties: { Rules: [{}, {}] } },
      Board: { Type: 'AWS::CloudWatch::Dashboard' },
      Logs: { Type: 'AWS::Logs::LogGroup', Properties: { RetentionInDays: 90 } },
      Role: { Type: 'AWS::IAM::Role' },
      Cluster: { Type: 'AWS::RDS::DBCluster' },
    }),
  ).toMatchObject({
    ...{ tables: 1, recoverableTables: 1, webAcls: 1, webAclRules: 2, dashboards: 1, logRetentionDays: 90 },
    unknownTypes: ['AWS::RDS::DBCluster'],
  });
});

test('a table that has capacity of its own is told with its bounds, and one on demand is not', () => {
  const scaled = (min: number, max: number) => ({
    ...{ MinCapacity: min, MaxCapacity: max },
    TargetTrackingScalingPolicyConfiguration: { TargetValue: 60 },
  });
  const { provisionedTables, tables } = billedResources({
    State0A1B2C3D: {
      Type: 'AWS::DynamoDB::GlobalTable',
      Properties: {
        BillingMode: 'PROVISIONED',
        WriteProvisionedThroughputSettings: { WriteCapacityAutoScalingSettings: scaled(1, 2) },
        Replicas: [{ ReadProvisionedThroughputSettings: { ReadCapacityAutoScalingSettings: scaled(3, 4) } }],
      },
    },
    Rollups0A1B2C3D: { Type: 'AWS::DynamoDB::GlobalTable', Properties: { BillingMode: 'PAY_PER_REQUEST' } },
  });
  expect(tables).toBe(2);
  expect(provisionedTables).toEqual({
    State: { write: { min: 1, max: 2 }, read: { min: 3, max: 4 }, targetUtilization: 0.6 },
  });
});
