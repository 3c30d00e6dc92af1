import type { AccountCheck, CheckedConfig } from '../checkup.ts';
import { type Finding, ok, warning } from '../finding.ts';

const SERVICE = 'apigateway';
const RATE = 'L-8A5B8E43';
const BURST = 'L-CDF5615A';

/**
 * Whether what the environment lets through is within what all APIs of the account and region may take together.
 * @see https://docs.aws.amazon.com/apigateway/latest/developerguide/limits.html
 */
export function judgeGatewayThrottle(
  env: string,
  throttle: CheckedConfig['throttle'],
  quota: { ratePerSecond: number | null; burst: number | null },
): Finding[] {
  const findings: Finding[] = [];
  if (quota.ratePerSecond !== null && quota.ratePerSecond < throttle.ratePerSecond) {
    findings.push(
      warning(
        `throttle.ratePerSecond is ${throttle.ratePerSecond}, and all APIs of the account together may take ${quota.ratePerSecond} requests/s in this region`,
        `aws service-quotas request-service-quota-increase --service-code ${SERVICE} --quota-code ${RATE} --desired-value ${throttle.ratePerSecond}`,
      ),
    );
  }
  if (quota.burst !== null && quota.burst < throttle.burst) {
    findings.push(
      warning(
        `throttle.burst is ${throttle.burst}, and the account's burst in this region is ${quota.burst}, which nobody can have raised`,
        `set throttle.burst in infra/config/${env}.ts to ${quota.burst} or less`,
      ),
    );
  }
  if (findings.length > 0) return findings;
  return [
    ok(
      `${quota.ratePerSecond ?? 'an unknown number of'} requests/s for all APIs; throttle lets ${throttle.ratePerSecond} through`,
    ),
  ];
}

export const gatewayThrottle: AccountCheck = {
  name: 'API Gateway throttle',
  examine: async ({ env, cloud, config }) => {
    const [ratePerSecond, burst] = [await cloud.quota(SERVICE, RATE), await cloud.quota(SERVICE, BURST)];
    return judgeGatewayThrottle(env, config.throttle, { ratePerSecond, burst });
  },
};
