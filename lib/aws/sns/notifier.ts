import { type MessageAttributeValue, PublishCommand, type SNSClient } from '@aws-sdk/client-sns';
import type { Notifier } from '../../ports/notifier.ts';

/** Publishes to one topic, with a body for each protocol and the attributes that subscriptions filter by. */
export function snsNotifier(client: SNSClient, topicArn: string): Notifier {
  return {
    async send({ subject, text, short, json, attributes }) {
      await client.send(
        new PublishCommand({
          TopicArn: topicArn,
          Subject: subject,
          MessageStructure: 'json',
          Message: JSON.stringify({
            default: json,
            http: json,
            https: json,
            lambda: json,
            sqs: json,
            email: text,
            sms: short,
          }),
          MessageAttributes: Object.fromEntries(
            Object.entries(attributes).map(([name, value]): [string, MessageAttributeValue] => [
              name,
              { DataType: 'String', StringValue: value },
            ]),
          ),
        }),
      );
    },
  };
}
