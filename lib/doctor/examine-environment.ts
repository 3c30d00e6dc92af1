import type { CloudAccount } from '../ports/cloud-account.ts';
import { accessProblem } from './access-problem.ts';
import { judgeClock } from './checks/clock.ts';
import { judgeConfiguration } from './checks/configuration.ts';
import { judgeCredentials } from './checks/credentials.ts';
import { judgeNodeVersion } from './checks/node-version.ts';
import { judgeRegion } from './checks/region.ts';
import type { AccountCheckup, LocalCheckup } from './checkup.ts';
import { type Finding, failed, type NamedFinding, skipped, warning } from './finding.ts';
import { accountChecks } from './registry.ts';

/** Everything that may make deploying an environment fail, in order: what cannot be asked without the one before is left out. */
export async function examineEnvironment(checkup: LocalCheckup, cloud: CloudAccount): Promise<NamedFinding[]> {
  const { env, nodeVersion, config: outcome, surroundingRegion } = checkup;
  const found: NamedFinding[] = [];
  const note = (check: string, ...findings: Finding[]) => {
    for (const finding of findings) found.push({ check, ...finding });
    return findings.every(({ status }) => status !== 'failed');
  };
  note('Node', judgeNodeVersion(nodeVersion));
  const isValid = note('configuration', judgeConfiguration(env, outcome));
  const configured = outcome.status === 'valid' ? outcome.config : undefined;
  const region = configured?.region ?? surroundingRegion;
  const isPlaced = note('region', judgeRegion(env, configured?.region, surroundingRegion));
  const who = isPlaced
    ? await identify(env, configured?.account, cloud)
    : { finding: skipped('without a region nobody can be asked') };
  const isRight = note('credentials', who.finding);
  note('clock', judgeClock(cloud.newestAnswer()));
  if (!isValid || !isRight || !configured || region === undefined || who.account === undefined) {
    note(
      'account',
      skipped(`${accountChecks.map(({ name }) => name).join(', ')}: asked when what failed above is right`),
    );
    return found;
  }
  const asked: AccountCheckup = { env, config: configured, account: who.account, region, cloud };
  for (const { name, examine } of accountChecks) {
    try {
      note(name, ...(await examine(asked)));
    } catch (error) {
      const { says, fix } = accessProblem(error);
      note(name, warning(`not known: ${says}`, fix));
    }
  }
  return found;
}

async function identify(
  env: string,
  configured: string | undefined,
  cloud: CloudAccount,
): Promise<{ finding: Finding; account?: string }> {
  try {
    const identity = await cloud.identity();
    return { finding: judgeCredentials(env, configured, identity), account: identity.account };
  } catch (error) {
    const { says, fix } = accessProblem(error);
    return { finding: failed(says, fix) };
  }
}
