import { Key } from 'aws-cdk-lib/aws-kms';
import { Topic } from 'aws-cdk-lib/aws-sns';
import type { Construct } from 'constructs';
import type { EnvironmentConfig } from './config/environment-config.ts';

/** A topic that takes messages over TLS only, encrypted with the environment's key where it has one. */
export class FleetpulseTopic extends Topic {
  constructor(scope: Construct, id: string, { encryption }: EnvironmentConfig) {
    super(scope, id, {
      enforceSSL: true,
      ...(encryption ? { masterKey: Key.fromKeyArn(scope, `${id}Key`, encryption.kmsKeyArn) } : {}),
    });
  }
}
