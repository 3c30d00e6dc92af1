import type { MetricStoreSettings } from '../../lib/aws/env.ts';

type HistoryAction = 'timestream:Select' | 'timestream:WriteRecords';

/** KPI history as functions see it: where it is, and what they must be allowed to use it. */
export interface MetricHistory {
  settings: MetricStoreSettings;
  grants: (actions: HistoryAction[]) => { actions: string[]; resources: string[] }[];
  /** To write the hours alone. */
  hourGrants: () => { actions: string[]; resources: string[] }[];
}

/** History in the Rollups table, which has its grants already. */
export const historyInRollups: MetricHistory = {
  settings: { kind: 'dynamodb' },
  grants: () => [],
  hourGrants: () => [],
};
