import { CfnOutput, Duration, Stack, type StackProps } from 'aws-cdk-lib';
import type { TableV2 } from 'aws-cdk-lib/aws-dynamodb';
import { EventBus, Rule } from 'aws-cdk-lib/aws-events';
import { LambdaFunction } from 'aws-cdk-lib/aws-events-targets';
import { PolicyStatement, ServicePrincipal } from 'aws-cdk-lib/aws-iam';
import { CfnPermission } from 'aws-cdk-lib/aws-lambda';
import { Subscription, SubscriptionFilter, SubscriptionProtocol } from 'aws-cdk-lib/aws-sns';
import type { Construct } from 'constructs';
import { ChatChannels } from '../chat-channels.ts';
import type { EnvironmentConfig } from '../config/environment-config.ts';
import type { SubscriptionConfig } from '../config/subscription.ts';
import { DeadLetterQueue } from '../dead-letter-queue.ts';
import { FleetpulseFunction } from '../fleetpulse-function.ts';
import { FleetpulseTopic } from '../fleetpulse-topic.ts';

const protocols = {
  email: SubscriptionProtocol.EMAIL,
  https: SubscriptionProtocol.HTTPS,
  lambda: SubscriptionProtocol.LAMBDA,
  sms: SubscriptionProtocol.SMS,
  sqs: SubscriptionProtocol.SQS,
} as const;

/** What leaves the system: the event bus, the function that words notifications, and the topic teams subscribe to. */
export class AlertsStack extends Stack {
  readonly bus: EventBus;
  readonly topic: FleetpulseTopic;
  readonly #config: EnvironmentConfig;
  #undelivered: DeadLetterQueue | undefined;

  constructor(scope: Construct, id: string, props: StackProps & { config: EnvironmentConfig; state: TableV2 }) {
    super(scope, id, props);
    this.#config = props.config;
    this.bus = new EventBus(this, 'Bus');
    new CfnOutput(this, 'BusArn', { value: this.bus.eventBusArn });
    this.topic = new FleetpulseTopic(this, 'Alerts', props.config);
    new CfnOutput(this, 'AlertsTopicArn', { value: this.topic.topicArn });
    // With a policy of its own, a topic no longer lets the services of its account publish.
    this.topic.addToResourcePolicy(
      new PolicyStatement({
        sid: 'AlarmsOfThisAccount',
        principals: [new ServicePrincipal('cloudwatch.amazonaws.com')],
        actions: ['sns:Publish'],
        resources: [this.topic.topicArn],
        conditions: { StringEquals: { 'aws:SourceAccount': this.account } },
      }),
    );
    const chat = new FleetpulseTopic(this, 'AlertsForChat', props.config);
    new CfnOutput(this, 'AlertsForChatTopicArn', { value: chat.topicArn });
    if (props.config.chat) new ChatChannels(this, 'Chat', { chat: props.config.chat, topic: chat });
    const notify = new FleetpulseFunction(this, 'notify', {
      config: props.config,
      environment: {
        ...{ STATE_TABLE: props.state.tableName, ALERTS_TOPIC_ARN: this.topic.topicArn, CHAT_TOPIC_ARN: chat.topicArn },
        ALERTMANAGER_WEBHOOKS: JSON.stringify(props.config.alertmanagerWebhooks),
      },
      memoryMb: 256,
      timeoutSeconds: 30,
      grants: [
        { actions: ['dynamodb:GetItem', 'dynamodb:PutItem'], resources: [props.state.tableArn] },
        { actions: ['sns:Publish'], resources: [this.topic.topicArn, chat.topicArn] },
      ],
      async: { retryAttempts: 2, maxEventAgeSeconds: 3600 },
    });
    new Rule(this, 'Notices', {
      eventBus: this.bus,
      eventPattern: { source: ['fleetpulse'], detailType: ['Notice'] },
      targets: [
        new LambdaFunction(notify, {
          retryAttempts: 3,
          maxEventAge: Duration.hours(1),
          ...(notify.deadLetters ? { deadLetterQueue: notify.deadLetters } : {}),
        }),
      ],
    });
    for (const { team, subscriptions } of props.config.teams) {
      for (const subscription of subscriptions) this.#subscribe(subscription, { team: [team] });
    }
    for (const subscription of props.config.everyone) this.#subscribe(subscription, {});
  }

  /** Named after its endpoint, of which a topic has one: whoever moves in the configuration stays subscribed. */
  #subscribe(subscription: SubscriptionConfig, own: Record<string, string[]>): void {
    const { protocol, endpoint, only } = subscription;
    const filter = Object.entries({ ...own, ...only }).flatMap(([attribute, allowlist]) =>
      allowlist ? [[attribute, SubscriptionFilter.stringFilter({ allowlist })]] : [],
    );
    new Subscription(this, `${protocol} ${endpoint}`, {
      topic: this.topic,
      protocol: protocols[protocol],
      endpoint,
      ...(filter.length > 0 ? { filterPolicy: Object.fromEntries(filter) } : {}),
      ...(protocol === 'sqs' && subscription.raw ? { rawMessageDelivery: true } : {}),
      deadLetterQueue: this.#deadLetters(),
    });
    if (protocol !== 'lambda') return;
    new CfnPermission(this, `Invoke ${endpoint}`, {
      functionName: endpoint,
      action: 'lambda:InvokeFunction',
      principal: 'sns.amazonaws.com',
      sourceArn: this.topic.topicArn,
    });
  }

  /** Keeps what a subscription did not take after all of SNS's retries; there is none where nobody is subscribed. */
  #deadLetters(): DeadLetterQueue {
    this.#undelivered ??= new DeadLetterQueue(this, 'Undelivered', {
      config: this.#config,
      reason: 'It is the dead-letter queue of subscriptions, which this rule does not see',
    });
    return this.#undelivered;
  }
}
