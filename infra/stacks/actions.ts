import { Duration, Stack, type StackProps } from 'aws-cdk-lib';
import type { TableV2 } from 'aws-cdk-lib/aws-dynamodb';
import { type EventBus, Rule } from 'aws-cdk-lib/aws-events';
import { LambdaFunction } from 'aws-cdk-lib/aws-events-targets';
import type { Construct } from 'constructs';
import type { ActuatorSettings } from '../../lib/aws/env.ts';
import type { EnvironmentConfig } from '../config/environment-config.ts';
import { FleetpulseFunction } from '../fleetpulse-function.ts';

/** What carries directives to the systems that run the agents. */
export class ActionsStack extends Stack {
  constructor(
    scope: Construct,
    id: string,
    props: StackProps & { config: EnvironmentConfig; state: TableV2; bus: EventBus },
  ) {
    super(scope, id, props);
    const { config, state, bus } = props;
    const { eventBridge } = config.actuators;
    const busArn = eventBridge.busArn ?? bus.eventBusArn;
    const actuators: ActuatorSettings = eventBridge.enabled ? { eventBridge: { busArn } } : {};
    const act = new FleetpulseFunction(this, 'act', {
      config,
      environment: { STATE_TABLE: state.tableName, ACTUATORS: this.toJsonString(actuators) },
      memoryMb: 256,
      timeoutSeconds: 30,
      grants: [
        { actions: ['dynamodb:GetItem', 'dynamodb:PutItem'], resources: [state.tableArn] },
        ...(eventBridge.enabled ? [{ actions: ['events:PutEvents'], resources: [busArn] }] : []),
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
  }
}
