import type { Judged } from './judge.ts';
import type { Stretch } from './labelled-series.ts';
import { periodOf } from './period.ts';
import { vusPr } from './vus-pr.ts';

/**
 * Series of NAB's public half that TSB-AD has with the same labels, under its own numbers 005, 013, 014, 017, 018, 019 and 025; found by length,
 * first anomaly, and number and length of anomalies in its published table.
 * @see https://github.com/TheDatumOrg/TSB-AD benchmark_exp/benchmark_eval_results/uni_mergedTable_VUS-PR.csv
 */
export const tsbSeries: ReadonlySet<string> = new Set([
  'realTraffic/occupancy_6005',
  'realTraffic/speed_t4013',
  'realAdExchange/exchange-3_cpm_results',
  'artificialWithAnomaly/art_increase_spike_density',
  'realKnownCause/rogue_agent_key_hold',
  'realAWSCloudwatch/ec2_cpu_utilization_5f5533',
  'realTweets/Twitter_volume_FB',
]);

/** VUS-PR of a series as TSB-AD has it: without its first point, and without the first point of each window. */
export function tsbVusPr({ series, scores }: Judged): number {
  const events = series.windows.map(([first, last]): Stretch => [first, last - 1]);
  return vusPr(scores.subarray(1), events, periodOf(series.v.slice(1)));
}
