import { RemovalPolicy, Stack, type StackProps, Validations } from 'aws-cdk-lib';
import { CfnDatabase, CfnTable } from 'aws-cdk-lib/aws-timestream';
import type { Construct } from 'constructs';
import type { EnvironmentConfig } from '../config/environment-config.ts';

/** KPI history in Timestream for LiveAnalytics, for accounts that have it (`metricStore: 'timestream'`). */
export class MetricsStack extends Stack {
  constructor(scope: Construct, id: string, props: StackProps & { config: EnvironmentConfig }) {
    super(scope, id, props);
    const database = new CfnDatabase(this, 'Metrics');
    const table = new CfnTable(this, 'AgentMinute', {
      databaseName: database.ref,
      // CDK hands these on as they are, so they are spelt as in CloudFormation.
      retentionProperties: { MemoryStoreRetentionPeriodInHours: '6', MagneticStoreRetentionPeriodInDays: '90' },
      magneticStoreWriteProperties: { EnableMagneticStoreWrites: true },
    });
    const removal = props.config.retainData ? RemovalPolicy.RETAIN : RemovalPolicy.DESTROY;
    database.applyRemovalPolicy(removal);
    table.applyRemovalPolicy(removal);
    const reason = 'Timestream for LiveAnalytics is chosen by configuration, for accounts that already have it';
    Validations.of(database).acknowledge(
      { id: 'CloudFormation-Validate::W3697', reason },
      {
        id: 'AwsSolutions::AwsSolutions-TS3',
        reason: 'Timestream always encrypts, with a key that AWS manages; a key of our own is not worth its price here',
      },
    );
    Validations.of(table).acknowledge({ id: 'CloudFormation-Validate::W3697', reason });
  }
}
