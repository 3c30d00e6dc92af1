import type { AccountCheck, CheckedConfig } from '../checkup.ts';
import { type Finding, ok, warning } from '../finding.ts';

const QUOTA = { service: 'lambda', code: 'L-B99A9384' };
/** How long a request of agents keeps an execution busy, at the upper end of what is usual. */
const INGEST_SECONDS = 0.05;
/** Orchestrators that wait for directives at the same time: see lib/aws/deps.ts. */
const LONG_POLLS = 20;
/** The minute job, notify, act, and those of every hour, day and week. */
const JOBS = 10;

/** Executions at once when as much is reported as the environment lets through. @example 500 requests/s: 25 + 20 + 10 = 55 */
export function neededConcurrency({ ratePerSecond }: CheckedConfig['throttle']): number {
  return Math.ceil(ratePerSecond * INGEST_SECONDS) + LONG_POLLS + JOBS;
}

/** @param quota concurrent executions of the account and region; null where Service Quotas does not say */
export function judgeLambdaConcurrency(quota: number | null, throttle: CheckedConfig['throttle']): Finding {
  const needed = neededConcurrency(throttle);
  const fix = `aws service-quotas request-service-quota-increase --service-code ${QUOTA.service} --quota-code ${QUOTA.code} --desired-value ${Math.max(needed, 1_000)}`;
  if (quota === null) return warning('Service Quotas does not say how many functions may run at once', fix);
  if (quota >= needed) return ok(`${quota} executions at once; ${needed} are needed at full rate`);
  return warning(
    `${quota} functions may run at once in this account and region, and ${needed} are needed at the ${throttle.ratePerSecond} requests/s that throttle lets through: beyond that requests are answered 503`,
    fix,
  );
}

export const lambdaConcurrency: AccountCheck = {
  name: 'Lambda concurrency',
  examine: async ({ cloud, config }) => [
    judgeLambdaConcurrency(await cloud.quota(QUOTA.service, QUOTA.code), config.throttle),
  ],
};
