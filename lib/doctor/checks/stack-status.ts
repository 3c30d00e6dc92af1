import type { DeployedStack } from '../../ports/cloud-account.ts';
import type { AccountCheck } from '../checkup.ts';
import { type Finding, failed, ok, warning } from '../finding.ts';
import { stackPrefix } from '../state-table.ts';

/** What stands in the way of the next deployment, or is left of the last one. @param stacks those of the environment */
export function judgeStacks(env: string, stacks: readonly DeployedStack[]): Finding[] {
  const findings = stacks.flatMap((stack) => judgeStack(stack) ?? []);
  if (findings.length > 0) return findings;
  return [
    ok(
      stacks.length === 0
        ? `${env} is not deployed yet`
        : `deployed and at rest: ${stacks.map(({ name }) => name).join(', ')}`,
    ),
  ];
}

/** @see https://docs.aws.amazon.com/AWSCloudFormation/latest/UserGuide/view-stack-events.html */
function judgeStack({ name, status, reason }: DeployedStack): Finding | undefined {
  const says = `${name} is ${status}${reason === null ? '' : `: ${reason}`}`;
  const events = `aws cloudformation describe-stack-events --stack-name ${name} tells what failed`;
  switch (status) {
    case 'CREATE_COMPLETE':
    case 'UPDATE_COMPLETE':
    case 'IMPORT_COMPLETE':
    // A change set of nothing that exists: the next deployment begins anew.
    case 'REVIEW_IN_PROGRESS':
      return undefined;
    case 'ROLLBACK_COMPLETE':
    case 'ROLLBACK_FAILED':
    case 'CREATE_FAILED':
      return failed(
        `${says} (it could not be created, and cannot be updated)`,
        `${events}; then aws cloudformation delete-stack --stack-name ${name}, and deploy again`,
      );
    case 'UPDATE_ROLLBACK_COMPLETE':
    case 'IMPORT_ROLLBACK_COMPLETE':
      return warning(
        `${says} (the last deployment was taken back; what was there before runs)`,
        `${events}; deploy again`,
      );
    case 'UPDATE_ROLLBACK_FAILED':
    case 'UPDATE_FAILED':
    case 'IMPORT_ROLLBACK_FAILED':
      return failed(
        `${says} (the last deployment was taken back halfway)`,
        `${events}; then aws cloudformation continue-update-rollback --stack-name ${name}, and deploy again`,
      );
    case 'DELETE_FAILED':
      return failed(
        `${says} (it is deleted halfway)`,
        `${events}; then aws cloudformation delete-stack --stack-name ${name}`,
      );
    default:
      if (!status.endsWith('_IN_PROGRESS')) return warning(`${says}, which is not known here`, events);
      return failed(
        `${says} (somebody is changing it)`,
        `wait until aws cloudformation describe-stacks --stack-name ${name} --query Stacks[0].StackStatus says COMPLETE`,
      );
  }
}

export const stackStatus: AccountCheck = {
  name: 'stacks',
  examine: async ({ env, cloud }) => judgeStacks(env, await cloud.stacks(stackPrefix(env))),
};
