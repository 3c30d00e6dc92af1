import { Duration, RemovalPolicy, Validations } from 'aws-cdk-lib';
import { PolicyStatement } from 'aws-cdk-lib/aws-iam';
import {
  ApplicationLogLevel,
  Architecture,
  LoggingFormat,
  Runtime,
  SystemLogLevel,
  Tracing,
} from 'aws-cdk-lib/aws-lambda';
import { SqsDestination } from 'aws-cdk-lib/aws-lambda-destinations';
import { NodejsFunction } from 'aws-cdk-lib/aws-lambda-nodejs';
import { LogGroup } from 'aws-cdk-lib/aws-logs';
import type { Construct } from 'constructs';
import type { FunctionEnv, FunctionName } from '../lib/aws/env.ts';
import type { EnvironmentConfig } from './config/environment-config.ts';
import { DeadLetterQueue } from './dead-letter-queue.ts';
import { bundledFunction } from './function-bundling.ts';
import { keyGrants } from './key-grants.ts';

export interface FleetpulseFunctionProps<Name extends FunctionName> {
  config: EnvironmentConfig;
  environment: FunctionEnv[Name];
  memoryMb: number;
  timeoutSeconds: number;
  /** Exactly what the function may do: nothing is granted elsewhere. */
  grants: { actions: string[]; resources: string[] }[];
  /** What it logs is what it is asked for, so also in prod, where the others log warnings and errors alone. */
  logsWhatItDoes?: boolean;
  /** Invoked asynchronously: how often Lambda tries again before the event goes to the dead-letter queue. */
  async?: { retryAttempts: 0 | 1 | 2; maxEventAgeSeconds: number /** Why none are kept. */; noDeadLetters?: string };
}

/** One Lambda function of Fleetpulse, with the invariants all of them share: runtime, bundling, logs, retries. */
export class FleetpulseFunction<Name extends FunctionName> extends NodejsFunction {
  /** Where events go that still fail after all retries; only for functions invoked asynchronously. */
  readonly deadLetters: DeadLetterQueue | undefined;
  /** As its file is called. */
  readonly named: Name;

  constructor(scope: Construct, name: Name, props: FleetpulseFunctionProps<Name>) {
    const id = `${name[0]?.toUpperCase()}${name.slice(1)}`;
    const deadLetters =
      props.async && props.async.noDeadLetters === undefined
        ? new DeadLetterQueue(scope, `${id}DeadLetters`, {
            config: props.config,
            reason: 'It is the dead-letter queue of an asynchronous function, which this rule does not see',
          })
        : undefined;
    const reserved = props.config.concurrency?.[name];
    const isTraced = !props.config.untraced.includes(name);
    super(scope, id, {
      code: bundledFunction(name),
      handler: 'index.handler',
      runtime: Runtime.NODEJS_24_X,
      architecture: Architecture.ARM_64,
      memorySize: props.memoryMb,
      timeout: Duration.seconds(props.timeoutSeconds),
      environment: { ...props.environment },
      loggingFormat: LoggingFormat.JSON,
      applicationLogLevelV2:
        props.config.env === 'prod' && !props.logsWhatItDoes ? ApplicationLogLevel.WARN : ApplicationLogLevel.INFO,
      systemLogLevelV2: SystemLogLevel.WARN,
      tracing: isTraced ? Tracing.ACTIVE : Tracing.DISABLED,
      logGroup: new LogGroup(scope, `${id}Logs`, {
        retention: props.config.logRetentionDays,
        removalPolicy: props.config.retainData ? RemovalPolicy.RETAIN : RemovalPolicy.DESTROY,
      }),
      ...(props.async
        ? {
            retryAttempts: props.async.retryAttempts,
            maxEventAge: Duration.seconds(props.async.maxEventAgeSeconds),
          }
        : {}),
      ...(deadLetters ? { onFailure: new SqsDestination(deadLetters) } : {}),
      ...(reserved === undefined ? {} : { reservedConcurrentExecutions: reserved }),
    });
    this.deadLetters = deadLetters;
    this.named = name;
    if (props.async?.noDeadLetters !== undefined) {
      const id = 'Serverless::Serverless-LambdaAsyncFailureDestination';
      Validations.of(this).acknowledge({ id, reason: props.async.noDeadLetters });
    }
    for (const grant of props.grants) this.addToRolePolicy(new PolicyStatement(grant));
    const granted = props.grants.flatMap(({ actions }) => actions);
    for (const grant of keyGrants(props.config, deadLetters ? [...granted, 'sqs:SendMessage'] : granted)) {
      this.addToRolePolicy(grant);
    }
    if (isTraced || props.grants.some(({ resources }) => resources.includes('*'))) {
      Validations.of(this).acknowledge({
        id: 'AwsSolutions::AwsSolutions-IAM5[Resource::*]',
        reason:
          'Uploads of X-Ray traces, and asking Timestream for its endpoints, cannot be limited to a resource; everything else is granted by ARN',
      });
    }
    if (!isTraced) {
      Validations.of(this).acknowledge({
        id: 'Serverless::Serverless-LambdaTracing',
        reason:
          'The environment wants no traces of it, which cost by the trace: its duration and errors are in metrics, and why it failed in its log',
      });
    }
    Validations.of(this).acknowledge(
      {
        id: 'AwsSolutions::AwsSolutions-IAM4[Policy::arn:<AWS::Partition>:iam::aws:policy/service-role/AWSLambdaBasicExecutionRole]',
        reason: 'The managed policy grants writing logs and nothing else',
      },
      {
        id: 'Serverless::Serverless-LambdaDLQ',
        reason: deadLetters
          ? 'Failed events go to the dead-letter queue as their failure destination, which this rule does not see'
          : (props.async?.noDeadLetters ??
            'API Gateway waits for the answer, so that the caller learns of a failure; nothing invokes it asynchronously'),
      },
    );
  }
}
