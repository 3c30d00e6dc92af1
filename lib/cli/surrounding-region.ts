/** The region that variables name: CDK reads both, the AWS SDK only the first. */
export function surroundingRegion(env: Readonly<Record<string, string | undefined>>): string | undefined {
  return env['AWS_REGION'] ?? env['AWS_DEFAULT_REGION'];
}
