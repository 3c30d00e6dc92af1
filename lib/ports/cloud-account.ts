import type { EpochMs } from '../core/model/time.ts';

export interface DeployedStack {
  name: string;
  /** As CloudFormation says it, such as UPDATE_ROLLBACK_FAILED. */
  status: string;
  /** Why it is so, where CloudFormation tells. */
  reason: string | null;
  outputs: Readonly<Record<string, string>>;
}

export interface TopicSubscription {
  protocol: string;
  endpoint: string;
  /** Nothing is sent to an address before its holder has confirmed it. */
  isConfirmed: boolean;
}

/** What Timestream answers: `closed` to accounts that had none when AWS closed it to new customers. */
export type TimestreamAccess = 'open' | 'closed';

/**
 * The account and region that an environment is deployed to, as an operator with credentials sees it. Calls change nothing,
 * cost nothing, and throw what AWS says when it refuses, or does not answer.
 */
export interface CloudAccount {
  /** null where neither the configuration nor the surroundings name one. */
  region(): Promise<string | null>;
  identity(): Promise<{ account: string; arn: string }>;
  /** The Date of the newest answer, refusals included, and when it came by the clock of this machine; null before the first. */
  newestAnswer(): { saidMs: EpochMs; receivedMs: EpochMs } | null;
  /** A parameter of Systems Manager; null where there is none of that name. */
  parameter(name: string): Promise<string | null>;
  /** The value in force for the account; null where Service Quotas knows none. */
  quota(service: string, code: string): Promise<number | null>;
  timestream(): Promise<TimestreamAccess>;
  /** null where there is no stack of that name. */
  stack(name: string): Promise<DeployedStack | null>;
  stacks(prefix: string): Promise<DeployedStack[]>;
  subscriptions(topicArn: string): Promise<TopicSubscription[]>;
}
