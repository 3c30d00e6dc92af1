/** What may be taken out without any test going red, and why that is right. */
export const accepted: readonly { name: RegExp; reason: string }[] = [
  {
    name: /^CustomCDKBucketDeployment.*\.Environment\.Variables\./,
    reason: 'CDK tells this to a function of its own, which runs during deployments only',
  },
];
