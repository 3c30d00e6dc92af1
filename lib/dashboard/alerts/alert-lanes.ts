import type { Alert } from '../answers.ts';

/** One alert as a bar in time. */
export interface AlertBar {
  alert: Alert;
  fromMs: number;
  toMs: number;
}

/** Lanes at most; what does not fit into them is left out. */
const MOST_LANES = 8;

/**
 * Alerts as bars that do not overlap within a lane, the worst on top.
 * @param alerts in the order of their importance
 */
export function alertLanes(
  alerts: readonly Alert[],
  { fromMs, toMs }: { fromMs: number; toMs: number },
): { lanes: AlertBar[][]; leftOut: number } {
  const lanes: AlertBar[][] = [];
  let leftOut = 0;
  for (const alert of alerts) {
    const bar = {
      alert,
      fromMs: Math.max(fromMs, Date.parse(alert.onsetAt)),
      toMs: Math.min(toMs, alert.resolvedAt === undefined ? toMs : Date.parse(alert.resolvedAt)),
    };
    if (bar.toMs < bar.fromMs) continue;
    const lane = lanes.find((others) => others.every((other) => other.toMs < bar.fromMs || bar.toMs < other.fromMs));
    if (lane) lane.push(bar);
    else if (lanes.length < MOST_LANES) lanes.push([bar]);
    else leftOut += 1;
  }
  return { lanes, leftOut };
}
