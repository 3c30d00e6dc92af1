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
      retentionProperties: { memoryStoreRetentionPeriodInHours: '6', magneticStoreRetentionPeriodInDays: '90' },
      magneticStoreWriteProperties: { enableMagneticStoreWrites: true },
    });
    const removal = props.config.retainData ? RemovalPolicy.RETAIN : RemovalPolicy.DESTROY;
    database.applyRemovalPolicy(removal);
    table.applyRemovalPolicy(removal);
    const reason = 'Timestream for LiveAnalytics is chosen by configuration, for accounts that already have it';
    Validations.of(database).acknowledge({ id: 'W3697', reason });
    Validations.of(table).acknowledge({ id: 'W3697', reason });
  }
}
