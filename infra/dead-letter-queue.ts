import { Duration, RemovalPolicy, Validations } from 'aws-cdk-lib';
import { type CfnQueue, Queue, QueueEncryption } from 'aws-cdk-lib/aws-sqs';
import type { Construct } from 'constructs';
import type { EnvironmentConfig } from './config/environment-config.ts';

/** Keeps for two weeks what could not be delivered after all retries; with its stack, unless data is retained. */
export class DeadLetterQueue extends Queue {
  constructor(scope: Construct, id: string, { config, reason }: { config: EnvironmentConfig; reason: string }) {
    super(scope, id, {
      enforceSSL: true,
      encryption: QueueEncryption.SQS_MANAGED,
      retentionPeriod: Duration.days(14),
      removalPolicy: config.retainData ? RemovalPolicy.RETAIN : RemovalPolicy.DESTROY,
    });
    if (config.encryption) {
      // Given to CDK's queue, the key would be granted with wildcards to whoever may send.
      const resource = this.node.defaultChild as CfnQueue;
      resource.kmsMasterKeyId = config.encryption.kmsKeyArn;
      resource.addPropertyDeletionOverride('SqsManagedSseEnabled');
    }
    Validations.of(this).acknowledge(
      { id: 'AwsSolutions::AwsSolutions-SQS3', reason },
      { id: 'Serverless::Serverless-SQSRedrivePolicy', reason },
    );
  }
}
