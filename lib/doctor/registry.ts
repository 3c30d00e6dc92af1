import { bootstrap } from './checks/bootstrap.ts';
import { gatewayThrottle } from './checks/gateway-throttle.ts';
import { lambdaConcurrency } from './checks/lambda-concurrency.ts';
import { stackStatus } from './checks/stack-status.ts';
import { subscriptions } from './checks/subscriptions.ts';
import { timestreamAccess } from './checks/timestream-access.ts';
import type { AccountCheck } from './checkup.ts';

/** What is asked of the account, in the order in which deployments would trip over it. */
export const accountChecks: readonly AccountCheck[] = [
  bootstrap,
  timestreamAccess,
  lambdaConcurrency,
  gatewayThrottle,
  stackStatus,
  subscriptions,
];
