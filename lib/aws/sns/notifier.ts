import { type MessageAttributeValue, PublishCommand, type SNSClient } from '@aws-sdk/client-sns';
import { chatMessage } from '../../core/alert/chat-message.ts';
import { noticeAttributes, notificationFor } from '../../core/alert/notification.ts';
import type { NoticeChannel } from '../../ports/notifier.ts';

/** Publishes to one topic, with a body for each protocol and the attributes that subscriptions filter by. */
export function snsTopicChannel(client: SNSClient, topicArn: string): NoticeChannel {
  return {
    name: 'topic',
    async send({ system, notice }) {
      const { subject, text, short, json, attributes } = notificationFor(system, notice);
      await client.send(
        new PublishCommand({
          TopicArn: topicArn,
          Subject: subject,
          MessageStructure: 'json',
          Message: JSON.stringify({
            ...{ default: json, http: json, https: json, lambda: json, sqs: json },
            ...{ email: text, sms: short },
          }),
          MessageAttributes: textAttributes(attributes),
        }),
      );
    },
  };
}

/** Publishes to the topic that Amazon Q Developer in chat applications is subscribed to, in the form that it takes. */
export function chatTopicChannel(client: SNSClient, topicArn: string): NoticeChannel {
  return {
    name: 'chat',
    async send({ system, notice }) {
      await client.send(
        new PublishCommand({
          TopicArn: topicArn,
          Message: JSON.stringify(chatMessage(system, notice)),
          MessageAttributes: textAttributes(noticeAttributes(notice)),
        }),
      );
    },
  };
}

function textAttributes(attributes: Readonly<Record<string, string>>): Record<string, MessageAttributeValue> {
  return Object.fromEntries(
    Object.entries(attributes).map(([name, value]) => [name, { DataType: 'String', StringValue: value }]),
  );
}
