import { Stack, Validations } from 'aws-cdk-lib';
import type { CfnFunction } from 'aws-cdk-lib/aws-lambda';
import type { ISchedule, ScheduleTargetConfig } from 'aws-cdk-lib/aws-scheduler';
import { LambdaInvoke, type ScheduleTargetBaseProps } from 'aws-cdk-lib/aws-scheduler-targets';
import type { FunctionName } from '../lib/aws/env.ts';
import type { EnvironmentConfig } from './config/environment-config.ts';
import type { FleetpulseFunction } from './fleetpulse-function.ts';
import { keyGrants } from './key-grants.ts';

/**
 * A function as the target of a schedule: what cannot be handed to it goes to its dead-letter queue. What the policy checks say of
 * the role that CDK makes is acknowledged here.
 */
export class ScheduledInvocation extends LambdaInvoke {
  readonly #config: EnvironmentConfig;

  constructor(
    config: EnvironmentConfig,
    target: FleetpulseFunction<FunctionName>,
    props: Omit<ScheduleTargetBaseProps, 'deadLetterQueue'>,
  ) {
    super(target, { ...props, ...(target.deadLetters ? { deadLetterQueue: target.deadLetters } : {}) });
    this.#config = config;
    const stack = Stack.of(target);
    Validations.of(stack).acknowledge({
      id: `AwsSolutions::AwsSolutions-IAM5[Resource::<${stack.getLogicalId(target.node.defaultChild as CfnFunction)}.Arn>:*]`,
      reason: 'The role that CDK makes for the schedule may invoke any version of this one function',
    });
  }

  /** The role that CDK makes may send to the queue, but not use the key of what it sends. */
  override bind(schedule: ISchedule): ScheduleTargetConfig {
    const bound = super.bind(schedule);
    for (const grant of keyGrants(this.#config, ['sqs:SendMessage'])) bound.role.addToPrincipalPolicy(grant);
    return bound;
  }
}
