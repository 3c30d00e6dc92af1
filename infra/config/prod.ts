import { defineEnvironment } from './environment-config.ts';

export const prod = defineEnvironment({
  env: 'prod',
  metricStore: 'auto',
  historyDays: { minute: 14, hour: 90, day: 400 },
  retainData: true,
  backup: { daily: true, keepDays: 14 },
  logRetentionDays: 90,
  // They run with every request and every notice; how long they take is in their metrics, and why they fail in their logs.
  untraced: ['ingest', 'notify'],
  minuteRollupDays: 14,
  metricsNames: { pools: 100, taskTypes: 100 },
  modes: {
    route: 'recommend',
    scale: 'recommend',
    breaker: 'recommend',
    degrade: 'recommend',
    failover: 'recommend',
    restart: 'recommend',
    tune: 'recommend',
  },
  promoteUpTo: 'recommend',
  holdOutShare: 0.05,
  actuators: { eventBridge: { enabled: true } },
  teams: [],
  alertmanagerWebhooks: [],
  everyone: [],
  reviewReaders: [],
  digestReaders: [],
  throttle: { ratePerSecond: 2000, burst: 4000 },
  ingestLimit: { eventsPerSecond: 5000, burst: 50000 },
  canary: true,
  cloudWatchDashboard: false,
  edgeAuth: { ingest: 'key', query: 'key' },
  authorizers: {},
  // What must run is sure to, whatever else the account does; needs an account of 112 executions or more.
  concurrency: { analyze: 2, notify: 5, act: 5 },
});
