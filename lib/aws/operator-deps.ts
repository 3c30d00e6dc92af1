import type { CloudAccount } from '../ports/cloud-account.ts';
import { AwsAccount } from './account/cloud-account.ts';

/** What the command line needs of the account it deploys to. Apart from deps.ts, whose clients functions carry along. */
export function cloudAccount(region: string | undefined): CloudAccount {
  return new AwsAccount(region, () => Date.now());
}
