import { CfnOutput, RemovalPolicy, Stack, type StackProps } from 'aws-cdk-lib';
import {
  AttributeType,
  Billing,
  Capacity,
  TableEncryptionV2,
  type TablePropsV2,
  TableV2,
} from 'aws-cdk-lib/aws-dynamodb';
import { Key } from 'aws-cdk-lib/aws-kms';
import type { Construct } from 'constructs';
import type { EnvironmentConfig } from '../config/environment-config.ts';
import { type CapacityRange, type TableCapacityConfig, USUAL_TARGET_UTILIZATION } from '../config/table-capacity.ts';
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
      timeToLiveAttribute: 'ttl',
      removalPolicy: config.retainData ? RemovalPolicy.RETAIN : RemovalPolicy.DESTROY,
      deletionProtection: config.retainData,
      ...(config.encryption
        ? { encryption: TableEncryptionV2.customerManagedKey(Key.fromKeyArn(this, 'Key', config.encryption.kmsKeyArn)) }
        : {}),
    };
    this.state = new TableV2(this, 'State', {
      ...shared,
      billing: billingOf('state', config.tableCapacity),
      pointInTimeRecoverySpecification: { pointInTimeRecoveryEnabled: config.retainData },
    });
    this.rollups = new TableV2(this, 'Rollups', { ...shared, billing: billingOf('rollups', config.tableCapacity) });
    // Where the first key is put, with AWS credentials: docs/keys.md.
    new CfnOutput(this, 'StateTableName', { value: this.state.tableName });
    // Point-in-time recovery would cost 80 % of its storage; a day of what agents report is at stake.
    if (config.backup.daily) new DailyBackup(this, 'RollupsBackup', { config, table: this.rollups });
  }
}

/** A table keeps its place and its items when this changes. */
function billingOf(table: 'state' | 'rollups', capacity: TableCapacityConfig | undefined): Billing {
  if (!capacity) return Billing.onDemand();
  const { targetUtilization = USUAL_TARGET_UTILIZATION, [table]: range } = capacity;
  const scaled = ({ min, max }: CapacityRange) =>
    Capacity.autoscaled({
      ...{ minCapacity: min, maxCapacity: max, targetUtilizationPercent: Math.round(targetUtilization * 100) },
      // What a table begins with that was on demand; without it the change is refused.
      seedCapacity: min,
    });
  return Billing.provisioned({ readCapacity: scaled(range.read), writeCapacity: scaled(range.write) });
}
