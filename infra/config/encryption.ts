import * as z from 'zod';

/** A key of the account's own for tables, topics and queues; its policy is its owner's: see docs/decisions/encryption.md. */
export const encryption = z.strictObject({
  kmsKeyArn: z
    .string()
    .regex(
      /^arn:aws[a-z-]*:kms:[a-z0-9-]+:\d{12}:key\/[\w-]+$/,
      'must be the ARN of a key (not of an alias), such as arn:aws:kms:eu-central-1:123456789012:key/…',
    ),
});
