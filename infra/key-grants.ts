import { Aws } from 'aws-cdk-lib';
import { PolicyStatement } from 'aws-cdk-lib/aws-iam';
import type { EnvironmentConfig } from './config/environment-config.ts';

/** What a caller must be allowed on the key of what it uses; the service asks KMS in the caller's name. */
const keyActions = {
  // As documented for tables: reading takes Decrypt, and what else is written with depends on the request.
  dynamodb: [
    ...['kms:Decrypt', 'kms:DescribeKey', 'kms:Encrypt', 'kms:GenerateDataKey'],
    ...['kms:ReEncryptFrom', 'kms:ReEncryptTo'],
  ],
  sns: ['kms:Decrypt', 'kms:GenerateDataKey'],
  sqs: ['kms:Decrypt', 'kms:GenerateDataKey'],
} as const;

type EncryptedService = keyof typeof keyActions;

/** Lets a role use the environment's key through those of the services whose actions it has; nothing where AWS's keys are used. */
export function keyGrants(
  { encryption }: Pick<EnvironmentConfig, 'encryption'>,
  actions: readonly string[],
): PolicyStatement[] {
  if (!encryption) return [];
  const used = new Set(actions.map((action) => action.split(':')[0]));
  return (Object.keys(keyActions) as EncryptedService[])
    .filter((service) => used.has(service))
    .map(
      (service) =>
        new PolicyStatement({
          actions: [...keyActions[service]],
          resources: [encryption.kmsKeyArn],
          conditions: { StringEquals: { 'kms:ViaService': `${service}.${Aws.REGION}.amazonaws.com` } },
        }),
    );
}
