import { MINUTE_MS } from '../lib/core/model/time.ts';
import { type Arrival, startOfMinuteOf } from '../lib/sim/arrival.ts';
import { createRandom } from '../lib/sim/random.ts';
import type { FaultSpec } from '../lib/sim/scenario/scenario.ts';
import { runDemoHour } from './demo-hour.ts';
import { median } from './median.ts';
import type { RecordFigure } from './results/figure.ts';

/**
 * How fast and how exactly the shipped rules find injected faults in the demo fleet, and how often they alert without
 * one. Prints medians and counts; runs of one hour, a new workload, fleet and fault each.
 */
export async function benchDetection(
  arrivalsFor: (seed: number) => readonly Arrival[],
  runs: number,
  print: (line: string) => void,
  record: RecordFigure,
): Promise<void> {
  for (const kind of ['none', 'slow code', 'slow conv', 'death'] as const) {
    const delays: number[] = [];
    let missed = 0;
    let others = 0;
    let late = 0;
    for (let seed = 1; seed <= runs; seed++) {
      const arrivals = arrivalsFor(seed);
      const random = createRandom(seed, `fault ${kind}`);
      const atMinute = 10 + random.uniform(0, 30);
      const onsetMs = startOfMinuteOf(arrivals) + atMinute * MINUTE_MS;
      const pool =
        kind === 'slow conv' ? 'conv' : kind === 'slow code' ? 'code' : random.uniform() < 0.5 ? 'code' : 'conv';
      const agent = `${pool}-${String(1 + random.int(10)).padStart(2, '0')}`;
      const about = { atMinute, targets: { agents: [agent] } };
      const faults: FaultSpec[] =
        kind === 'none'
          ? []
          : kind === 'death'
            ? [{ kind: 'crash', ...about }]
            : [{ kind: 'slow', ...about, factor: 8 }];
      // Alerts are judged by themselves: nothing is done about them.
      const { alerts } = await runDemoHour({ arrivals, faults, seed, dispatcher: 'only says so' });
      const raised = alerts
        .filter(({ severity }) => severity !== 'low')
        .map(({ scope, detectedAt }) => ({ subject: scope.agent ?? scope.pool, detectedMs: Date.parse(detectedAt) }));
      const hit = raised.find((it) => it.subject === agent && it.detectedMs > onsetMs);
      others += raised.filter((it) => it.subject !== agent || kind === 'none' || it.detectedMs <= onsetMs).length;
      if (kind === 'none') continue;
      if (!hit) missed += 1;
      else delays.push((hit.detectedMs - onsetMs) / 1_000);
      if (hit && hit.detectedMs - onsetMs > 120_000) late += 1;
    }
    delays.sort((a, b) => a - b);
    const found =
      kind === 'none'
        ? ''
        : `found ${delays.length}/${runs}, median ${delays[delays.length >> 1]?.toFixed(0)} s, worst ${delays.at(-1)?.toFixed(0)} s, ${late} later than 120 s, ${missed} missed; `;
    print(`${kind.padEnd(9)}: ${found}${others} other alerts in ${runs} h`);
    const seeded = { betterIs: 'lower', kind: 'seeded' } as const;
    record({ name: `${kind}: other alerts an hour`, value: others / runs, unit: '', ...seeded });
    if (kind === 'none') continue;
    record({ name: `${kind}: not found`, value: (100 * missed) / runs, unit: '%', ...seeded });
    const delay = delays.length === 0 ? null : median(delays);
    record({ name: `${kind}: from the fault to the alert, median`, value: delay, unit: 's', ...seeded });
  }
}
