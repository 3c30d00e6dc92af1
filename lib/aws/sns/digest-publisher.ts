import { PublishCommand, type SNSClient } from '@aws-sdk/client-sns';
import { ascii } from '../../core/alert/alert-text.ts';
import type { DigestPublisher } from '../../ports/digest-publisher.ts';

/** Publishes to one topic, with attributes by which a subscription takes one system only, or no quiet days. */
export function snsDigestPublisher(client: SNSClient, topicArn: string): DigestPublisher {
  return {
    async publish({ system, day, title, isQuiet, text }) {
      await client.send(
        new PublishCommand({
          TopicArn: topicArn,
          Subject: ascii(title, 100),
          MessageStructure: 'json',
          Message: JSON.stringify({
            default: JSON.stringify({ version: 1, system, day, title, isQuiet, text }),
            email: text,
          }),
          MessageAttributes: {
            kind: { DataType: 'String', StringValue: 'digest' },
            system: { DataType: 'String', StringValue: system },
            quiet: { DataType: 'String', StringValue: isQuiet ? 'yes' : 'no' },
          },
        }),
      );
    },
  };
}
