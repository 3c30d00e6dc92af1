import { type Finding, failed, ok, warning } from '../finding.ts';

/**
 * @param configured what infra/config says
 * @param surrounding what AWS_REGION, AWS_DEFAULT_REGION or the profile says
 */
export function judgeRegion(env: string, configured: string | undefined, surrounding: string | undefined): Finding {
  const file = `infra/config/${env}.ts`;
  if (configured === undefined && surrounding === undefined) {
    return failed('no region is set', `set region in ${file}, or run export AWS_REGION=eu-central-1`);
  }
  if (configured === undefined) return ok(`${surrounding}, as the surroundings say`);
  if (surrounding === undefined || surrounding === configured) return ok(configured);
  return warning(
    `${file} says ${configured}, and the surroundings say ${surrounding}: stacks go to ${configured}, other commands of yours to ${surrounding}`,
    `run export AWS_REGION=${configured}`,
  );
}
