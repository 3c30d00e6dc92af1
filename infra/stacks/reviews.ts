import { CfnOutput, Duration, Stack, type StackProps, TimeZone } from 'aws-cdk-lib';
import type { TableV2 } from 'aws-cdk-lib/aws-dynamodb';
import { ContextAttribute, Schedule, ScheduleExpression, ScheduleTargetInput } from 'aws-cdk-lib/aws-scheduler';
import { Subscription, SubscriptionProtocol } from 'aws-cdk-lib/aws-sns';
import type { Construct } from 'constructs';
import type { HistoryDays } from '../../lib/aws/env.ts';
import { publicUrlOf } from '../config/edge.ts';
import type { EnvironmentConfig } from '../config/environment-config.ts';
import { DeadLetterQueue } from '../dead-letter-queue.ts';
import { FleetpulseFunction } from '../fleetpulse-function.ts';
import { FleetpulseTopic } from '../fleetpulse-topic.ts';
import type { MetricHistory } from '../metric-store/metric-history.ts';
import { ScheduledInvocation } from '../scheduled-invocation.ts';

interface ReviewsProps {
  config: EnvironmentConfig;
  state: TableV2;
  rollups: TableV2;
  history: MetricHistory;
}

/** The daily comparison with history and industry, the daily digest, the weekly review, and the topics that their readers subscribe to. */
export class ReviewsStack extends Stack {
  #undelivered: DeadLetterQueue | undefined;

  constructor(scope: Construct, id: string, props: StackProps & ReviewsProps) {
    super(scope, id, props);
    const { config, state, rollups, history } = props;
    const topic = new FleetpulseTopic(this, 'Reviews', config);
    new CfnOutput(this, 'ReviewsTopicArn', { value: topic.topicArn });
    this.#subscribe(topic, config, config.reviewReaders, '');
    // A topic of its own: whoever subscribes to reviews does not get a message each day.
    const digests = new FleetpulseTopic(this, 'Digests', config);
    new CfnOutput(this, 'DigestsTopicArn', { value: digests.topicArn });
    this.#subscribe(digests, config, config.digestReaders, 'digest ');
    const environment = {
      STATE_TABLE: state.tableName,
      ROLLUPS_TABLE: rollups.tableName,
      METRIC_STORE: this.toJsonString(history.settings),
      HISTORY_DAYS: JSON.stringify(config.historyDays satisfies HistoryDays),
    };
    const reads = { actions: ['dynamodb:GetItem', 'dynamodb:Query'], resources: [state.tableArn, rollups.tableArn] };
    const benchmark = new FleetpulseFunction(this, 'benchmark', {
      ...{ config, environment, memoryMb: 1769, timeoutSeconds: 600 },
      grants: [
        reads,
        { actions: ['dynamodb:PutItem'], resources: [rollups.tableArn] },
        ...history.grants(['timestream:Select']),
      ],
      async: { retryAttempts: 2, maxEventAgeSeconds: 3600 },
    });
    const review = new FleetpulseFunction(this, 'review', {
      ...{ config, memoryMb: 1769, timeoutSeconds: 600 },
      environment: {
        ...environment,
        REVIEWS_TOPIC_ARN: topic.topicArn,
        DIGESTS_TOPIC_ARN: digests.topicArn,
        PUBLIC_URL: publicUrlOf(config) ?? '/',
      },
      grants: [
        reads,
        { actions: ['dynamodb:PutItem'], resources: [state.tableArn] },
        { actions: ['sns:Publish'], resources: [topic.topicArn, digests.topicArn] },
        ...history.grants(['timestream:Select']),
      ],
      async: { retryAttempts: 2, maxEventAgeSeconds: 3600 },
    });
    this.#every('EveryDay', config, benchmark, {
      cron: 'cron(13 2 * * ? *)',
      description: 'Sums up the days that are complete and compares them with the 90 before',
    });
    this.#every('EveryMorning', config, review, {
      cron: 'cron(41 2 * * ? *)',
      description: 'Tells of the day that has ended in a short message',
      input: { of: 'day' },
    });
    this.#every('EveryWeek', config, review, {
      cron: 'cron(17 3 ? * MON *)',
      description: 'Writes the review of the week that has ended',
    });
  }

  #every(
    id: string,
    config: EnvironmentConfig,
    target: FleetpulseFunction<'benchmark'> | FleetpulseFunction<'review'>,
    { cron, description, input = {} }: { cron: string; description: string; input?: Record<string, string> },
  ): void {
    new Schedule(this, id, {
      description,
      schedule: ScheduleExpression.expression(cron, TimeZone.ETC_UTC),
      target: new ScheduledInvocation(config, target, {
        input: ScheduleTargetInput.fromObject({ ...input, scheduledTime: ContextAttribute.scheduledTime }),
        retryAttempts: 2,
        maxEventAge: Duration.hours(1),
      }),
    });
  }

  /** @param prefix tells subscriptions of one reader to different topics apart */
  #subscribe(topic: FleetpulseTopic, config: EnvironmentConfig, readers: readonly string[], prefix: string): void {
    for (const endpoint of readers) {
      new Subscription(this, `${prefix}${endpoint}`, {
        ...{ topic, protocol: SubscriptionProtocol.EMAIL, endpoint },
        deadLetterQueue: this.#deadLetters(config),
      });
    }
  }

  /** Keeps what a subscription did not take after all of SNS's retries; there is none where nobody is subscribed. */
  #deadLetters(config: EnvironmentConfig): DeadLetterQueue {
    this.#undelivered ??= new DeadLetterQueue(this, 'UndeliveredReviews', {
      config,
      reason: 'It is the dead-letter queue of subscriptions, which this rule does not see',
    });
    return this.#undelivered;
  }
}
