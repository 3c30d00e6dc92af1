import { CfnOutput, Duration, Stack, type StackProps } from 'aws-cdk-lib';
import type { TableV2 } from 'aws-cdk-lib/aws-dynamodb';
import { EventBus, Match, Rule } from 'aws-cdk-lib/aws-events';
import { LambdaFunction } from 'aws-cdk-lib/aws-events-targets';
import { Subscription, SubscriptionFilter, SubscriptionProtocol, Topic } from 'aws-cdk-lib/aws-sns';
import type { Construct } from 'constructs';
import type { EnvironmentConfig } from '../config/environment-config.ts';
import type { SubscriptionConfig } from '../config/subscriptions.ts';
import { FleetpulseFunction } from '../fleetpulse-function.ts';

/** What leaves the system: the event bus, the function that words notifications, and the topic teams subscribe to. */
export class AlertsStack extends Stack {
  readonly bus: EventBus;
  readonly topic: Topic;

  constructor(scope: Construct, id: string, props: StackProps & { config: EnvironmentConfig; state: TableV2 }) {
    super(scope, id, props);
    this.bus = new EventBus(this, 'Bus');
    new CfnOutput(this, 'BusArn', { value: this.bus.eventBusArn });
    this.topic = new Topic(this, 'Alerts', { enforceSSL: true });
    new CfnOutput(this, 'AlertsTopicArn', { value: this.topic.topicArn });
    const notify = new FleetpulseFunction(this, 'notify', {
      config: props.config,
      environment: { STATE_TABLE: props.state.tableName, ALERTS_TOPIC_ARN: this.topic.topicArn },
      memoryMb: 256,
      timeoutSeconds: 30,
      grants: [
        { actions: ['dynamodb:GetItem', 'dynamodb:PutItem'], resources: [props.state.tableArn] },
        { actions: ['sns:Publish'], resources: [this.topic.topicArn] },
      ],
      async: { retryAttempts: 2, maxEventAgeSeconds: 3600 },
    });
    for (const { team, subscriptions } of props.config.teams) {
      for (const subscription of subscriptions) this.#subscribe(subscription, { team: [team] });
    }
    for (const subscription of props.config.everyone) this.#subscribe(subscription, {});
    new Rule(this, 'AlertTransitions', {
      eventBus: this.bus,
      eventPattern: { source: ['fleetpulse'], detailType: Match.prefix('Alert') },
      targets: [
        new LambdaFunction(notify, {
          retryAttempts: 3,
          maxEventAge: Duration.hours(1),
          ...(notify.deadLetters ? { deadLetterQueue: notify.deadLetters } : {}),
        }),
      ],
    });
  }

  /** A subscription to the topic that lets through what its attributes allow. */
  #subscribe({ protocol, endpoint, only }: SubscriptionConfig, attributes: Record<string, string[]>): void {
    const filter = Object.entries({ ...attributes, ...only }).flatMap(([name, values]) =>
      values === undefined ? [] : [[name, SubscriptionFilter.stringFilter({ allowlist: values })] as const],
    );
    // Named by what it is, so that adding one leaves the others as they are.
    const id = `To${protocol}${endpoint}${JSON.stringify({ ...attributes, ...only })}`.replaceAll(/[^A-Za-z0-9]/g, '');
    new Subscription(this, id, {
      topic: this.topic,
      protocol: { email: SubscriptionProtocol.EMAIL, https: SubscriptionProtocol.HTTPS, sms: SubscriptionProtocol.SMS }[
        protocol
      ],
      endpoint,
      ...(filter.length > 0 ? { filterPolicy: Object.fromEntries(filter) } : {}),
    });
  }
}
