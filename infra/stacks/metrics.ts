import { type CfnResource, Duration, RemovalPolicy, Stack, type StackProps, Validations } from 'aws-cdk-lib';
import { LogGroup } from 'aws-cdk-lib/aws-logs';
import { BlockPublicAccess, Bucket, BucketEncryption } from 'aws-cdk-lib/aws-s3';
import { CfnDatabase, CfnTable } from 'aws-cdk-lib/aws-timestream';
import type { Construct } from 'constructs';
import type { EnvironmentConfig } from '../config/environment-config.ts';
import type { MetricHistory } from '../metric-store/metric-history.ts';

/** As long as a record may come late and still be seen at once; what is older shows within six hours. */
const MEMORY_HOURS = 6;
const REJECTED_DAYS = 30;

/** KPI history in Timestream for LiveAnalytics, one table a step, for accounts that have it. */
export class MetricsStack extends Stack {
  readonly history: MetricHistory;

  constructor(scope: Construct, id: string, props: StackProps & { config: EnvironmentConfig }) {
    super(scope, id, props);
    const { historyDays, retainData } = props.config;
    const removalPolicy = retainData ? RemovalPolicy.RETAIN : RemovalPolicy.DESTROY;
    const rejected = new Bucket(this, 'RejectedRecords', {
      encryption: BucketEncryption.S3_MANAGED,
      enforceSSL: true,
      blockPublicAccess: BlockPublicAccess.BLOCK_ALL,
      lifecycleRules: [{ expiration: Duration.days(REJECTED_DAYS) }],
      removalPolicy,
      // Only an empty bucket can be deleted.
      autoDeleteObjects: !retainData,
    });
    if (!retainData) this.#keepLogsOfEmptying(props.config.logRetentionDays);
    const database = new CfnDatabase(this, 'Metrics');
    database.applyRemovalPolicy(removalPolicy);
    const table = (id: string, days: number) => {
      const table = new CfnTable(this, id, {
        databaseName: database.ref,
        schema: { compositePartitionKey: [{ type: 'DIMENSION', name: 'scope', enforcementInRecord: 'OPTIONAL' }] },
        // CDK hands these on as they are, so they are spelt as in CloudFormation.
        retentionProperties: {
          MemoryStoreRetentionPeriodInHours: String(MEMORY_HOURS),
          MagneticStoreRetentionPeriodInDays: String(days),
        },
        magneticStoreWriteProperties: {
          EnableMagneticStoreWrites: true,
          MagneticStoreRejectedDataLocation: {
            S3Configuration: { BucketName: rejected.bucketName, EncryptionOption: 'SSE_S3', ObjectKeyPrefix: id },
          },
        },
      });
      table.applyRemovalPolicy(removalPolicy);
      return table;
    };
    const tables = {
      minute: table('MinuteHistory', historyDays.minute),
      hour: table('HourHistory', historyDays.hour),
      day: table('DayHistory', historyDays.day),
    };
    this.history = {
      settings: {
        kind: 'timestream',
        database: database.ref,
        // Not `ref`, which is the name of the database and of the table.
        tables: { minute: tables.minute.attrName, hour: tables.hour.attrName, day: tables.day.attrName },
      },
      grants: (actions) => [
        { actions, resources: Object.values(tables).map(({ attrArn }) => attrArn) },
        // How clients learn where to send all other calls.
        { actions: ['timestream:DescribeEndpoints'], resources: ['*'] },
      ],
      hourGrants: () => [{ actions: ['timestream:WriteRecords'], resources: [tables.hour.attrArn] }],
    };
    const reason = 'Timestream for LiveAnalytics is chosen only for accounts that already have it';
    for (const one of [database, ...Object.values(tables)]) {
      Validations.of(one).acknowledge({ id: 'CloudFormation-Validate::W3697', reason });
    }
    Validations.of(database).acknowledge({
      id: 'AwsSolutions::AwsSolutions-TS3',
      reason: 'Timestream always encrypts, with a key that AWS manages; a key of our own is not worth its price here',
    });
    Validations.of(rejected).acknowledge({
      id: 'AwsSolutions::AwsSolutions-S1',
      reason: `Only Timestream writes to it, reports of records that it refused, which are gone after ${REJECTED_DAYS} days`,
    });
  }
  /** CDK gives the function that empties buckets no log group, and the one that Lambda makes by itself would stay for good. */
  #keepLogsOfEmptying(retention: EnvironmentConfig['logRetentionDays']): void {
    const emptying = this.node.findChild('Custom::S3AutoDeleteObjectsCustomResourceProvider').node.findChild('Handler');
    const logs = new LogGroup(this, 'EmptyingLogs', { retention, removalPolicy: RemovalPolicy.DESTROY });
    (emptying as CfnResource).addPropertyOverride('LoggingConfig', { LogGroup: logs.logGroupName });
  }
}
