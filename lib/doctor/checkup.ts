import type { CloudAccount } from '../ports/cloud-account.ts';
import type { Finding } from './finding.ts';

/** The part of an environment's configuration that a deployment may fail at. */
export interface CheckedConfig {
  account?: string | undefined;
  region?: string | undefined;
  metricStore: 'auto' | 'timestream' | 'dynamodb';
  throttle: { ratePerSecond: number; burst: number };
}

export type ConfigOutcome = { status: 'valid'; config: CheckedConfig } | { status: 'invalid'; because: string };

/** What is looked at before anybody asks AWS. */
export interface LocalCheckup {
  env: string;
  nodeVersion: string;
  config: ConfigOutcome;
  /** The region that the surroundings name, whatever the configuration says. */
  surroundingRegion: string | undefined;
}

/** What is looked at with credentials of the right account, in a known region. */
export interface AccountCheckup {
  env: string;
  config: CheckedConfig;
  account: string;
  region: string;
  cloud: CloudAccount;
}

/** One thing that makes deployments fail, or be less than they seem. */
export interface AccountCheck {
  name: string;
  /** @throws what AWS says when it does not answer the question */
  examine: (checkup: AccountCheckup) => Promise<Finding[]>;
}
