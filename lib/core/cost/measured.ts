import measuredFleets from './measured.json' with { type: 'json' };
import type { MeasuredFleet } from './measured-fleet.ts';

/** What fleets were seen to take; written by `npm run bench -- cost`. */
export const measured: {
  measuredOn: string;
  how: string;
  machine: string;
  fleets: readonly MeasuredFleet[];
  customMetrics: number;
} = measuredFleets;
