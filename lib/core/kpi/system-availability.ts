import type { Kpi } from './kpi.ts';
import { ratioValue } from './kpi-value.ts';

export const systemAvailability: Kpi = {
  unit: 'ratio',
  better: 'higher',
  formula:
    'minutes with a heartbeat in its own cadence and, where there was work, progress ÷ minutes in which a heartbeat was due',
  counts: 'minutes',
  minimumSample: 5,
  drives: ['system_failure', 'service_interruption'],
  scopes: ['fleet', 'pool', 'agent'],
  budget: {
    of: 'share',
    formula: 'live agent-minutes among those in which a heartbeat was due',
    nothing: 'no heartbeat was due in the window',
    count: ({ use }) => ({ good: use.liveMinutes, total: use.expectedMinutes }),
  },
  of: ({ use: { liveMinutes, expectedMinutes } }) =>
    ratioValue(liveMinutes, expectedMinutes, { unit: 'ratio', reason: 'no heartbeat was due in the window' }),
};
