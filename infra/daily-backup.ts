import { Duration, RemovalPolicy, Stack, Validations } from 'aws-cdk-lib';
import { BackupPlan, BackupPlanRule, BackupResource, BackupVault } from 'aws-cdk-lib/aws-backup';
import type { CfnGlobalTable, TableV2 } from 'aws-cdk-lib/aws-dynamodb';
import { Schedule } from 'aws-cdk-lib/aws-events';
import { Effect, PolicyStatement, Role, ServicePrincipal } from 'aws-cdk-lib/aws-iam';
import { Construct } from 'constructs';
import type { EnvironmentConfig } from './config/environment-config.ts';
import { keyGrants } from './key-grants.ts';

/**
 * A backup of one table each day, by AWS Backup, in a vault of its own. Who restores uses a role of their own: this one
 * can only make backups, of this table, and let them go.
 */
export class DailyBackup extends Construct {
  constructor(scope: Construct, id: string, { config, table }: { config: EnvironmentConfig; table: TableV2 }) {
    super(scope, id);
    const vault = new BackupVault(this, 'Vault', { removalPolicy: RemovalPolicy.RETAIN });
    const role = new Role(this, 'Role', { assumedBy: new ServicePrincipal('backup.amazonaws.com') });
    const allow = (actions: string[], resource: string) =>
      role.addToPolicy(new PolicyStatement({ effect: Effect.ALLOW, actions, resources: [resource] }));
    allow(
      ['dynamodb:CreateBackup', 'dynamodb:DescribeTable', 'dynamodb:ListTagsOfResource', 'dynamodb:StartAwsBackupJob'],
      table.tableArn,
    );
    allow(['dynamodb:DeleteBackup', 'dynamodb:DescribeBackup'], `${table.tableArn}/backup/*`);
    allow(['backup:DescribeBackupVault'], vault.backupVaultArn);
    for (const grant of keyGrants(config, ['dynamodb:CreateBackup'])) role.addToPolicy(grant);
    const plan = new BackupPlan(this, 'Plan', {
      backupPlanName: Stack.of(this).stackName,
      backupVault: vault,
      backupPlanRules: [
        new BackupPlanRule({
          ruleName: 'Daily',
          // At a time when none of the daily and weekly jobs runs.
          scheduleExpression: Schedule.cron({ hour: '4', minute: '40' }),
          startWindow: Duration.hours(1),
          completionWindow: Duration.hours(4),
          deleteAfter: Duration.days(config.backup.keepDays),
        }),
      ],
    });
    plan.addSelection('Selection', {
      role,
      disableDefaultBackupPolicy: true,
      resources: [BackupResource.fromDynamoDbTable(table)],
    });
    Validations.of(role).acknowledge({
      id: `AwsSolutions::AwsSolutions-IAM5[Resource::<${Stack.of(this).getLogicalId(table.node.defaultChild as CfnGlobalTable)}.Arn>/backup/*]`,
      reason: 'AWS makes up the name of each backup; the ARNs of all of them begin with that of this table',
    });
  }
}
