import * as z from 'zod';

/** SNS takes filter policies of at most this many combinations of values. */
const MAX_COMBINATIONS = 150;

/** What narrows a subscription: an alert passes when each attribute named here has one of the values. */
const only = z
  .strictObject({
    severity: z
      .array(z.enum(['critical', 'high', 'medium', 'low']))
      .min(1)
      .optional(),
    /** Alert kinds, such as system_failure: docs/alerts.md lists them. */
    kind: z
      .array(z.string().regex(/^[a-z]+(_[a-z]+)*$/, 'must be an alert kind such as system_failure'))
      .min(1)
      .optional(),
    state: z
      .array(z.enum(['firing', 'resolved']))
      .min(1)
      .optional(),
    pool: z.array(z.string().min(1).max(128)).min(1).optional(),
  })
  .refine((attributes) => combinationsOf(attributes) <= MAX_COMBINATIONS, {
    message: `must have at most ${MAX_COMBINATIONS} combinations of values, as SNS takes no more`,
  });

/** Where alerts go. E-mail and SMS are confirmed by whoever gets the first message; https by the endpoint. */
const subscription = z.discriminatedUnion('protocol', [
  z.strictObject({
    protocol: z.literal('email'),
    endpoint: z.email('must be an e-mail address'),
    only: only.optional(),
  }),
  z.strictObject({
    protocol: z.literal('https'),
    endpoint: z.url({ protocol: /^https$/, error: 'must be a URL that begins with https://' }),
    only: only.optional(),
  }),
  z.strictObject({
    protocol: z.literal('sms'),
    endpoint: z.string().regex(/^\+[1-9]\d{6,14}$/, 'must be a phone number such as +4930123456'),
    only: only.optional(),
  }),
]);

export type SubscriptionConfig = z.infer<typeof subscription>;

/** Who is told of what, beside those who subscribe to the topic by themselves. */
export const notificationConfig = {
  /** Teams are told of their own agents and pools: `team` is what agents report. */
  teams: z.array(z.strictObject({ team: z.string().min(1).max(128), subscriptions: z.array(subscription).min(1) })),
  /** Told of everything in the environment. */
  everyone: z.array(subscription),
};

function combinationsOf(attributes: Readonly<Record<string, readonly string[] | undefined>>): number {
  return Object.values(attributes).reduce((product, values) => product * (values?.length ?? 1), 1);
}
