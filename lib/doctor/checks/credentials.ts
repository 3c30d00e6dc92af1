import { type Finding, failed, ok } from '../finding.ts';

/** @param configured the account that infra/config names, where it names one */
export function judgeCredentials(
  env: string,
  configured: string | undefined,
  { account, arn }: { account: string; arn: string },
): Finding {
  if (configured === undefined || configured === account) return ok(`account ${account}, as ${arn}`);
  return failed(
    `the credentials are for account ${account} (${arn}), and infra/config/${env}.ts says ${configured}`,
    `use a profile of account ${configured} (export AWS_PROFILE=NAME), or change account in infra/config/${env}.ts`,
  );
}
