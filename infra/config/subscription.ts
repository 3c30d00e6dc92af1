import * as z from 'zod';

/** What SNS takes in the filter policy of one subscription: values of one attribute times values of the next. */
const MAX_COMBINATIONS = 150;

export const alertSeverities = ['critical', 'high', 'medium', 'low'] as const;
export const alertKinds = [
  'system_failure',
  'service_interruption',
  'performance_degradation',
  'bottleneck_formation',
  'failure_predicted',
  'budget_burn',
  'resource_utilization_high',
  'latency_increase',
  'anomaly',
  'capacity_shortfall_predicted',
  'efficiency_opportunity',
  'optimization_suggestion',
] as const;

function someOf<Value extends z.ZodType>(value: Value) {
  return z
    .array(value)
    .min(1, 'must name at least one value; leave it out to get all')
    .refine((values) => new Set(values).size === values.length, 'must not name a value twice')
    .optional();
}

/** At most four attributes; with `team` these are the five that SNS takes. */
const only = z
  .strictObject({
    severity: someOf(z.enum(alertSeverities)),
    kind: someOf(z.enum(alertKinds)),
    state: someOf(z.enum(['firing', 'resolved'])),
    pool: someOf(z.string().min(1)),
  })
  .superRefine((attributes, context) => {
    const counts = Object.values(attributes).map((values) => values?.length ?? 1);
    const combinations = counts.reduce((product, count) => product * count, 1);
    if (combinations <= MAX_COMBINATIONS) return;
    const message = `has ${combinations} combinations of values; SNS takes ${MAX_COMBINATIONS}`;
    context.addIssue({ code: 'custom', message });
  })
  .optional();

/** Where alerts go, and which: all that `only` does not exclude. */
export const subscription = z.discriminatedUnion('protocol', [
  z.strictObject({ protocol: z.literal('email'), endpoint: z.email('must be an e-mail address'), only }),
  z.strictObject({
    protocol: z.literal('https'),
    endpoint: z.url({ protocol: /^https$/, error: 'must be a URL that begins with https://' }),
    only,
  }),
  z.strictObject({
    protocol: z.literal('sms'),
    endpoint: z.string().regex(/^\+[1-9]\d{6,14}$/, 'must be a phone number in E.164 form, such as +4915112345678'),
    only,
  }),
  z.strictObject({
    protocol: z.literal('sqs'),
    endpoint: z
      .string()
      .regex(
        /^arn:aws[a-z-]*:sqs:[a-z0-9-]+:\d{12}:[\w-]{1,80}$/,
        'must be the ARN of a standard queue, such as arn:aws:sqs:eu-central-1:123456789012:alerts',
      ),
    /** Messages as they are, without what SNS puts around them. */
    raw: z.boolean().optional(),
    only,
  }),
  z.strictObject({
    protocol: z.literal('lambda'),
    endpoint: z
      .string()
      .regex(
        /^arn:aws[a-z-]*:lambda:[a-z0-9-]+:\d{12}:function:[\w-]{1,64}(:[\w-]{1,128})?$/,
        'must be the ARN of a function, such as arn:aws:lambda:eu-central-1:123456789012:function:on-alert',
      ),
    only,
  }),
]);

export type SubscriptionConfig = z.infer<typeof subscription>;
