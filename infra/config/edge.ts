import * as z from 'zod';

const hostName = z
  .string()
  .regex(
    /^(?=.{4,253}$)([a-z0-9]([a-z0-9-]{0,61}[a-z0-9])?\.)+[a-z]{2,63}$/,
    'must be a host name in lower case, such as fleet.example.com',
  );

/** A hosted zone of Route 53, in which the name is then an alias of what it leads to. */
const hostedZone = z.strictObject({
  id: z.string().regex(/^Z[A-Z0-9]{1,31}$/, 'must be the id of a hosted zone, such as Z0123456789ABCDEFGHIJ'),
  name: hostName,
});

function domainWith(certificateArn: z.ZodString) {
  return z
    .strictObject({ name: hostName, certificateArn, hostedZone: hostedZone.optional() })
    .superRefine(({ name, hostedZone }, context) => {
      if (!hostedZone || name === hostedZone.name || name.endsWith(`.${hostedZone.name}`)) return;
      const message = `is ${hostedZone.name}, which ${name} does not end with: name the zone that the domain is in`;
      context.addIssue({ code: 'custom', path: ['hostedZone', 'name'], message });
    });
}

/** Where people reach the page, and the API beside it: a name of the distribution. */
export const domain = domainWith(
  z
    .string()
    .regex(
      /^arn:aws[a-z-]*:acm:us-east-1:\d{12}:certificate\/[\w-]+$/,
      'must be the ARN of a certificate in us-east-1, where CloudFront looks for it',
    ),
);

/** Where agents reach the API directly, beside its own execute-api URL. */
export const apiDomain = domainWith(
  z
    .string()
    .regex(
      /^arn:aws[a-z-]*:acm:[a-z0-9-]+:\d{12}:certificate\/[\w-]+$/,
      'must be the ARN of a certificate, such as arn:aws:acm:eu-central-1:123456789012:certificate/…',
    ),
);

export type DomainConfig = z.infer<typeof domain>;

/** A web ACL in front of the distribution: one that is there already, or one of the environment's own. See docs/decisions/edge.md. */
export const waf = z
  .strictObject({
    webAclArn: z
      .string()
      .regex(
        /^arn:aws[a-z-]*:wafv2:us-east-1:\d{12}:global\/webacl\/[\w-]{1,128}\/[0-9a-f-]{36}$/,
        'must be the ARN of a web ACL for CloudFront: its region is us-east-1, its scope global',
      )
      .optional(),
    /** AWS's common rules and known bad inputs, and so many requests of one address in five minutes. */
    managed: z.strictObject({ ratePer5Min: z.int().min(100).max(2_000_000_000) }).optional(),
  })
  .refine(
    ({ webAclArn, managed }) => (webAclArn === undefined) !== (managed === undefined),
    'must have either webAclArn or managed; leave waf out to have none',
  );

/** Page and API must be told apart by their names. */
export function refuseSharedDomain(
  { domain, apiDomain }: { domain?: DomainConfig | undefined; apiDomain?: DomainConfig | undefined },
  context: z.RefinementCtx,
): void {
  if (!domain || domain.name !== apiDomain?.name) return;
  const message = 'is the domain of the page already, which has the API beside it: give the API a name of its own';
  context.addIssue({ code: 'custom', path: ['apiDomain', 'name'], message });
}

/** Where links in what people are sent begin. */
export function publicUrlOf({
  publicUrl,
  domain,
}: {
  publicUrl?: string | undefined;
  domain?: DomainConfig | undefined;
}): string | undefined {
  return publicUrl ?? (domain && `https://${domain.name}`);
}
