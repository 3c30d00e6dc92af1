import { CfnOutput, RemovalPolicy, Stack, type StackProps } from 'aws-cdk-lib';
import { AttributeType, Billing, TableEncryptionV2, type TablePropsV2, TableV2 } from 'aws-cdk-lib/aws-dynamodb';
import { Key } from 'aws-cdk-lib/aws-kms';
import type { Construct } from 'constructs';
import type { EnvironmentConfig } from '../config/environment-config.ts';
import { DailyBackup } from '../daily-backup.ts';

/**
 * Two tables: State (keys, roster, alerts, watermarks: small, precious) and Rollups (journal, minute rollups,
 * ledger: large, expiring by TTL, rebuilt from what agents send).
 */
export class StateStack extends Stack {
  readonly state: TableV2;
  readonly rollups: TableV2;

  constructor(scope: Construct, id: string, props: StackProps & { config: EnvironmentConfig }) {
    super(scope, id, props);
    const { config } = props;
    const shared: TablePropsV2 = {
      partitionKey: { name: 'pk', type: AttributeType.STRING },
      sortKey: { name: 'sk', type: AttributeType.STRING },
      billing: Billing.onDemand(),
      timeToLiveAttribute: 'ttl',
      removalPolicy: config.retainData ? RemovalPolicy.RETAIN : RemovalPolicy.DESTROY,
      deletionProtection: config.retainData,
      ...(config.encryption
        ? { encryption: TableEncryptionV2.customerManagedKey(Key.fromKeyArn(this, 'Key', config.encryption.kmsKeyArn)) }
        : {}),
    };
    this.state = new TableV2(this, 'State', {
      ...shared,
      pointInTimeRecoverySpecification: { pointInTimeRecoveryEnabled: config.retainData },
    });
    this.rollups = new TableV2(this, 'Rollups', shared);
    // Where the first key is put, with AWS credentials: docs/keys.md.
    new CfnOutput(this, 'StateTableName', { value: this.state.tableName });
    // Point-in-time recovery would cost 80 % of its storage; a day of what agents report is at stake.
    if (config.backup.daily) new DailyBackup(this, 'RollupsBackup', { config, table: this.rollups });
  }
}
