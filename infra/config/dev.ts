import { defineEnvironment } from './environment-config.ts';

export const dev = defineEnvironment({
  env: 'dev',
  metricStore: 'dynamodb',
  retainData: false,
  logRetentionDays: 7,
  minuteRollupDays: 14,
  throttle: { ratePerSecond: 500, burst: 1000 },
});
