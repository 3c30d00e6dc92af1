import type { TimestreamAccess } from '../../ports/cloud-account.ts';
import type { AccountCheck, CheckedConfig } from '../checkup.ts';
import { type Finding, failed, ok, skipped } from '../finding.ts';

/** Whether the store of KPI history that is configured may be used: docs/decisions/metric-store.md. */
export function judgeTimestreamAccess(
  env: string,
  wanted: CheckedConfig['metricStore'],
  access: TimestreamAccess,
): Finding {
  if (access === 'open') return ok('the account has Timestream for LiveAnalytics');
  const closed = 'AWS has closed Timestream for LiveAnalytics to new customers such as this account';
  if (wanted === 'auto') return ok(`${closed}: KPI history is kept in DynamoDB`);
  return failed(closed, `set metricStore to 'auto' or 'dynamodb' in infra/config/${env}.ts`);
}

export const timestreamAccess: AccountCheck = {
  name: 'Timestream',
  examine: async ({ env, cloud, config: { metricStore } }) => {
    if (metricStore === 'dynamodb') return [skipped('KPI history is kept in DynamoDB, as configured')];
    return [judgeTimestreamAccess(env, metricStore, await cloud.timestream())];
  },
};
