import { MINUTE_MS, minuteOf } from '../lib/core/model/time.ts';
import type { Arrival } from '../lib/sim/arrival.ts';
import { demoFleet } from '../lib/sim/demo-fleet.ts';
import type { Fault } from '../lib/sim/fault.ts';
import { createRandom } from '../lib/sim/random.ts';
import { runClosedLoop } from './closed-loop.ts';

/**
 * How fast and how exactly the shipped rules find injected faults in the demo fleet, and how often they alert without
 * one. Prints medians and counts; runs of one hour, a new workload, fleet and fault each.
 */
export function benchDetection(
  arrivalsFor: (seed: number) => readonly Arrival[],
  runs: number,
  print: (line: string) => void,
) {
  for (const kind of ['none', 'slow code', 'slow conv', 'death'] as const) {
    const delays: number[] = [];
    let missed = 0;
    let others = 0;
    let late = 0;
    for (let seed = 1; seed <= runs; seed++) {
      const arrivals = arrivalsFor(seed);
      const firstMs = Math.floor(Math.min(...arrivals.map(({ atMs }) => atMs)) / MINUTE_MS) * MINUTE_MS;
      const random = createRandom(seed, `fault ${kind}`);
      const onsetMs = firstMs + 10 * MINUTE_MS + random.uniform(0, 30) * MINUTE_MS;
      const pool =
        kind === 'slow conv' ? 'conv' : kind === 'slow code' ? 'code' : random.uniform() < 0.5 ? 'code' : 'conv';
      const agent = `${pool}-${String(1 + random.int(10)).padStart(2, '0')}`;
      const faults: Fault[] =
        kind === 'none'
          ? []
          : kind === 'death'
            ? [{ kind: 'death', agent, atMs: onsetMs }]
            : [{ kind: 'slow', agent, fromMs: onsetMs, factor: 8 }];
      const from = minuteOf(firstMs);
      const fleet = { arrivals, pools: demoFleet, dispatch: 'p2c', faults, seed, flushMs: 15_000 } as const;
      // Alerts are judged by themselves: nothing is done about them.
      const { alerts } = runClosedLoop({ ...fleet, dispatcher: 'only says so', from, through: from + 59 });
      const raised = alerts
        .filter(({ severity }) => severity !== 'low')
        .map(({ scope, detectedMs }) => ({ subject: scope.agent ?? scope.pool, detectedMs }));
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
  }
}
