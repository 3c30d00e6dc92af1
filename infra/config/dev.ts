import { defineEnvironment } from './environment-config.ts';

export const dev = defineEnvironment({
  env: 'dev',
  metricStore: 'auto',
  historyDays: { minute: 14, hour: 90, day: 400 },
  retainData: false,
  backup: { daily: false, keepDays: 7 },
  logRetentionDays: 7,
  // They run with every request and every notice; how long they take is in their metrics, and why they fail in their logs.
  untraced: ['ingest', 'notify'],
  minuteRollupDays: 14,
  metricsNames: { pools: 100, taskTypes: 100 },
  modes: {
    route: 'auto',
    scale: 'auto',
    breaker: 'auto',
    degrade: 'auto',
    failover: 'auto',
    restart: 'auto',
    tune: 'auto',
  },
  promoteUpTo: 'auto',
  holdOutShare: 0,
  actuators: { eventBridge: { enabled: true } },
  // For example { team: 'assistant', subscriptions: [{ protocol: 'email', endpoint: 'oncall@example.com' }] }
  teams: [],
  alertmanagerWebhooks: [],
  everyone: [],
  reviewReaders: [],
  digestReaders: [],
  throttle: { ratePerSecond: 500, burst: 1000 },
  // Here history is replayed as fast as the machine can.
  ingestLimit: { eventsPerSecond: 20_000, burst: 400_000 },
  canary: false,
  cloudWatchDashboard: false,
  edgeAuth: { ingest: 'key', query: 'key' },
  authorizers: {},
});
