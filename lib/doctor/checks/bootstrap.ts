import type { AccountCheck } from '../checkup.ts';
import { type Finding, failed, ok } from '../finding.ts';

/** Where `cdk bootstrap` notes its version, with the qualifier that CDK uses unless told otherwise. */
const PARAMETER = '/cdk-bootstrap/hnb659fds/version';
/** What the stacks ask for: `requiresBootstrapStackVersion` in cdk.out/manifest.json. */
export const LEAST_BOOTSTRAP_VERSION = 6;

/** Whether CDK finds its bucket and roles in the account. @param version the parameter; null where there is none */
export function judgeBootstrap(version: string | null, place: { account: string; region: string }): Finding {
  const fix = `npx cdk bootstrap aws://${place.account}/${place.region}`;
  if (version === null) return failed(`CDK is not bootstrapped in ${place.account}, ${place.region}`, fix);
  if (Number(version) >= LEAST_BOOTSTRAP_VERSION) return ok(`version ${version}`);
  return failed(`CDK is bootstrapped in version ${version}, and ${LEAST_BOOTSTRAP_VERSION} is needed`, fix);
}

export const bootstrap: AccountCheck = {
  name: 'CDK bootstrap',
  examine: async (checkup) => [judgeBootstrap(await checkup.cloud.parameter(PARAMETER), checkup)],
};
