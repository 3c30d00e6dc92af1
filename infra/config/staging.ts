import { defineEnvironment } from './environment-config.ts';

export const staging = defineEnvironment({
  env: 'staging',
  metricStore: 'dynamodb',
  retainData: false,
  logRetentionDays: 30,
  minuteRollupDays: 14,
  throttle: { ratePerSecond: 500, burst: 1000 },
});
