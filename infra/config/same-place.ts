import type * as z from 'zod';
import type { SubscriptionConfig } from './subscription.ts';

interface Places {
  account?: string | undefined;
  region?: string | undefined;
  apiDomain?: { certificateArn: string } | undefined;
  encryption?: { kmsKeyArn: string } | undefined;
  waf?: { managed?: object | undefined } | undefined;
  teams: readonly { subscriptions: readonly SubscriptionConfig[] }[];
  everyone: readonly SubscriptionConfig[];
}

/** What CDK can spell only for a stack whose region it knows. */
export function refuseUnknownRegion({ region, encryption, waf }: Places, context: z.RefinementCtx): void {
  if (region !== undefined) return;
  for (const [needed, path] of [
    [encryption, ['encryption']],
    [waf?.managed, ['waf', 'managed']],
  ] as const) {
    if (needed === undefined) continue;
    const message = 'needs to know the region of the environment: name it in region';
    context.addIssue({ code: 'custom', path: [...path], message });
  }
}

/** What can be used only in the account and region of the environment itself; nothing is said where it names neither. */
export function refuseOtherPlaces(config: Places, context: z.RefinementCtx): void {
  const functions = [
    ...config.teams.flatMap(({ subscriptions }, team) =>
      subscriptions.map((one, index) => ({ one, path: ['teams', team, 'subscriptions', index, 'endpoint'] })),
    ),
    ...config.everyone.map((one, index) => ({ one, path: ['everyone', index, 'endpoint'] })),
  ].filter(({ one }) => one.protocol === 'lambda');
  const { apiDomain, encryption } = config;
  const used = [
    ...(apiDomain ? [{ arn: apiDomain.certificateArn, path: ['apiDomain', 'certificateArn'] }] : []),
    ...(encryption ? [{ arn: encryption.kmsKeyArn, path: ['encryption', 'kmsKeyArn'] }] : []),
    ...functions.map(({ one, path }) => ({ arn: one.endpoint, path })),
  ];
  for (const { arn, path } of used) {
    const [, , , region, account] = arn.split(':');
    for (const [what, is, must] of [
      ['region', region, config.region],
      ['account', account, config.account],
    ]) {
      if (must === undefined || is === must) continue;
      const message = `is in the ${what} ${is}, but the environment in ${must}: use one of the environment's own`;
      context.addIssue({ code: 'custom', path, message });
    }
  }
}
