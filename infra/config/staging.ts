import { defineEnvironment } from './environment-config.ts';

export const staging = defineEnvironment({
  env: 'staging',
  metricStore: 'auto',
  historyDays: { minute: 14, hour: 90, day: 400 },
  retainData: false,
  logRetentionDays: 30,
  minuteRollupDays: 14,
  metricsNames: { pools: 100, taskTypes: 100 },
  modes: {
    route: 'auto',
    scale: 'recommend',
    breaker: 'auto',
    degrade: 'auto',
    failover: 'recommend',
    restart: 'recommend',
    tune: 'recommend',
  },
  promoteUpTo: 'auto',
  actuators: { eventBridge: { enabled: true } },
  teams: [],
  alertmanagerWebhooks: [],
  everyone: [],
  throttle: { ratePerSecond: 500, burst: 1000 },
  ingestLimit: { eventsPerSecond: 2000, burst: 20000 },
  edgeAuth: { ingest: 'key', query: 'key' },
  authorizers: {},
});
