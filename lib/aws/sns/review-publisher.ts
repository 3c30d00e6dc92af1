import { PublishCommand, type SNSClient } from '@aws-sdk/client-sns';
import { ascii } from '../../core/alert/alert-text.ts';
import type { ReviewPublisher } from '../../ports/review-publisher.ts';

/** A message to SNS may have 256 KB, with all its protocols together. */
const MOST_BYTES = 200_000;
const CUT = '\n\nThe rest is too long for a message: read it all at /v1/reviews/';

/** Publishes to one topic: to e-mail the review itself, to machines where it is. */
export function snsReviewPublisher(client: SNSClient, topicArn: string): ReviewPublisher {
  return {
    async publish({ system, week, title, markdown }) {
      const json = JSON.stringify({ version: 1, system, week, title, path: `/v1/reviews/${week}` });
      await client.send(
        new PublishCommand({
          TopicArn: topicArn,
          Subject: ascii(title, 100),
          MessageStructure: 'json',
          Message: JSON.stringify({ default: json, email: cutToBytes(markdown, week) }),
          MessageAttributes: {
            kind: { DataType: 'String', StringValue: 'review' },
            system: { DataType: 'String', StringValue: system },
          },
        }),
      );
    },
  };
}

function cutToBytes(text: string, week: string): string {
  const bytes = Buffer.from(text);
  if (bytes.length <= MOST_BYTES) return text;
  // What a cut leaves of a character is not one.
  return `${bytes
    .subarray(0, MOST_BYTES)
    .toString('utf8')
    .replace(/\ufffd{1,3}$/, '')}${CUT}${week}`;
}
