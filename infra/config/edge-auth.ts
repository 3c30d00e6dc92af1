import * as z from 'zod';

/** API keys, checked in the functions; or tokens or signatures, checked by API Gateway before them. */
export const edgeAuth = z.enum(['key', 'jwt', 'iam']);

/** Tokens of an OpenID Connect issuer. */
export const jwtAuthorizer = z.strictObject({
  issuer: z.url({ protocol: /^https$/, error: 'must be the https URL of the issuer' }),
  /** The token's aud, or client_id, must be one of these. */
  audience: z.array(z.string().min(1)).min(1),
  /** The claim that names the system. */
  systemClaim: z.string().min(1),
  /** The claim with fleetpulse/ingest, fleetpulse/read, fleetpulse/control or fleetpulse/admin among its words. */
  scopeClaim: z.string().min(1),
  /** The claim that restricts the token to pools, where it has one. */
  poolsClaim: z.string().min(1).optional(),
});

/** Roles and users that sign their requests (AWS Signature Version 4), and what each may do; the first that fits counts. */
export const iamAuthorizer = z.strictObject({
  grants: z
    .array(
      z
        .strictObject({
          /** `*` stands for anything but a slash. The ARN of a role's session has no path: leave it out here too. */
          arn: z
            .string()
            .regex(
              /^arn:aws[a-z-]*:iam::\d{12}:(role\/[\w+=,.@*-]+|user\/[\w+=,.@*/-]+)$/,
              'must be the ARN of a role (without path) or user, such as arn:aws:iam::123456789012:role/agents-*',
            ),
          system: z.string().regex(/^[A-Za-z0-9._:/@-]{1,128}$/),
          scopes: z.array(z.enum(['ingest', 'read', 'control', 'admin'])).min(1),
          pools: z.array(z.string().min(1)).min(1).optional(),
        })
        .refine(({ scopes, pools }) => !(pools && scopes.includes('admin')), {
          path: ['pools'],
          message: 'cannot be had with the scope admin, which makes keys for all pools',
        }),
    )
    .min(1),
});
