import { Duration, Stack, type StackProps, Validations } from 'aws-cdk-lib';
import type { TableV2 } from 'aws-cdk-lib/aws-dynamodb';
import { type EventBus, Rule } from 'aws-cdk-lib/aws-events';
import { LambdaFunction } from 'aws-cdk-lib/aws-events-targets';
import type { Construct } from 'constructs';
import type { ActuatorSettings, EcsPool, LambdaPool, PoolMappings } from '../../lib/aws/env.ts';
import { mappingsOf } from '../config/actuators.ts';
import type { EnvironmentConfig } from '../config/environment-config.ts';
import { FleetpulseFunction } from '../fleetpulse-function.ts';

interface Grant {
  actions: string[];
  resources: string[];
}

/** What carries directives to the systems that run the agents. */
export class ActionsStack extends Stack {
  constructor(
    scope: Construct,
    id: string,
    props: StackProps & { config: EnvironmentConfig; state: TableV2; bus: EventBus },
  ) {
    super(scope, id, props);
    const { config, state, bus } = props;
    const { dryRun, eventBridge, ecs, lambda, webhook } = config.actuators;
    const busArn = eventBridge.busArn ?? bus.eventBusArn;
    const settings: ActuatorSettings = {
      ...(eventBridge.enabled ? { eventBridge: { busArn } } : {}),
      ...(ecs ? { ecs: ecs as PoolMappings<EcsPool> } : {}),
      ...(lambda ? { lambda: lambda as PoolMappings<LambdaPool> } : {}),
      ...(webhook ? { webhook } : {}),
    };
    const services = mappingsOf(settings.ecs).map(({ mapping }) => mapping);
    const functions = mappingsOf(settings.lambda).map(({ mapping }) => mapping);
    const act = new FleetpulseFunction(this, 'act', {
      config,
      environment: {
        STATE_TABLE: state.tableName,
        ACTUATORS: this.toJsonString(settings),
        ACTUATORS_DRY_RUN: dryRun ? 'yes' : 'no',
      },
      memoryMb: 256,
      timeoutSeconds: 30,
      // A line for each directive that begins, is renewed or ends: with dryRun it is all that there is.
      logsWhatItDoes: true,
      grants: [
        { actions: ['dynamodb:GetItem', 'dynamodb:PutItem', 'dynamodb:UpdateItem'], resources: [state.tableArn] },
        ...(eventBridge.enabled ? [{ actions: ['events:PutEvents'], resources: [busArn] }] : []),
        ...this.#ecsGrants(services),
        ...this.#lambdaGrants(functions),
        ...(webhook ? [this.#secretGrant(webhook.secretName)] : []),
      ],
      // A directive is worth nothing after its lease of 15 minutes; that it ended is.
      async: { retryAttempts: 2, maxEventAgeSeconds: 3600 },
    });
    new Rule(this, 'DirectiveTransitions', {
      eventBus: bus,
      // Of this source only: what act puts on the same bus has another, and must not come back to it.
      eventPattern: { source: ['fleetpulse'], detailType: ['DirectiveIssued', 'DirectiveRenewed', 'DirectiveEnded'] },
      targets: [
        new LambdaFunction(act, {
          retryAttempts: 3,
          maxEventAge: Duration.hours(1),
          ...(act.deadLetters ? { deadLetterQueue: act.deadLetters } : {}),
        }),
      ],
    });
    for (const tasks of this.#restarted(services)) {
      Validations.of(act).acknowledge({
        id: `AwsSolutions::AwsSolutions-IAM5[Resource::${tasks.replace(/\$\{Token\[AWS\.(\w+)\.\d+\]\}/g, '<AWS::$1>')}]`,
        reason:
          'Tasks get their ids when they start; act stops only those of the services that are mapped with restarts',
      });
    }
  }

  #ecsGrants(pools: readonly EcsPool[]): Grant[] {
    const arnOf = ({ cluster, service }: EcsPool) =>
      this.formatArn({ service: 'ecs', resource: 'service', resourceName: `${cluster}/${service}` });
    const services = [...new Set(pools.map(arnOf))];
    const tasks = this.#restarted(pools);
    return [
      ...(services.length > 0 ? [{ actions: ['ecs:DescribeServices', 'ecs:UpdateService'], resources: services }] : []),
      ...(tasks.length > 0 ? [{ actions: ['ecs:DescribeTasks', 'ecs:StopTask'], resources: tasks }] : []),
    ];
  }

  /** The tasks of every cluster in which some may be stopped. */
  #restarted(pools: readonly EcsPool[]): string[] {
    const clusters = new Set(pools.filter(({ restarts }) => restarts).map(({ cluster }) => cluster));
    return [...clusters].map((cluster) =>
      this.formatArn({ service: 'ecs', resource: 'task', resourceName: `${cluster}/*` }),
    );
  }

  #lambdaGrants(pools: readonly LambdaPool[]): Grant[] {
    const names = [...new Set(pools.map(({ functionName }) => functionName))];
    if (names.length === 0) return [];
    const verbs = ['Delete', 'Get', 'Put'];
    return [
      {
        actions: verbs.map((verb) => `lambda:${verb}FunctionConcurrency`),
        resources: names.map((name) => this.formatArn({ service: 'lambda', resource: `function:${name}` })),
      },
    ];
  }

  /** Secrets Manager ends the ARN of a secret with a hyphen and six characters of its own. */
  #secretGrant(name: string): Grant {
    const arn = this.formatArn({ service: 'secretsmanager', resource: `secret:${name}-??????` });
    return { actions: ['secretsmanager:GetSecretValue'], resources: [arn] };
  }
}
