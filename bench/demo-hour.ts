import { MINUTE_MS } from '../lib/core/model/time.ts';
import { actionClassNames } from '../lib/core/remediate/action-class.ts';
import { driveFleet } from '../lib/proving/drive-fleet.ts';
import { productInProcess } from '../lib/proving/product-in-process.ts';
import type { ProductUnderTest } from '../lib/proving/product-under-test.ts';
import type { Arrival } from '../lib/sim/arrival.ts';
import { demoFleet } from '../lib/sim/demo-fleet.ts';
import type { FactSink } from '../lib/sim/engine/facts.ts';
import { powerOfTwo } from '../lib/sim/policies/power-of-two.ts';
import type { FaultSpec } from '../lib/sim/scenario/scenario.ts';

const MINUTES = 60;
const modes = Object.fromEntries(actionClassNames.map((name) => [name, 'auto'])) as Parameters<
  typeof productInProcess
>[1];

export interface DemoHour {
  arrivals: readonly Arrival[];
  faults: FaultSpec[];
  seed: number;
  /** What the dispatcher does with directives: it says in both cases that it applied them. */
  dispatcher: 'obeys' | 'only says so';
}

/** As the API answers. */
export interface ToldAlert {
  severity: string;
  scope: { pool?: string; agent?: string };
  detectedAt: string;
}

export interface ToldDirective {
  onsetAt: string;
  issuedAt: string;
  blastRadius: { pool: string };
  effect:
    | { state: 'pending' | 'measuring' }
    | { state: 'measured'; verdict: 'unmeasurable'; reason: string }
    | {
        state: 'measured';
        verdict: 'helped' | 'harmed' | 'no_effect';
        estimate: number;
        low: number;
        high: number;
        window: { from: string; to: string };
      };
}

export interface DemoHourOutcome {
  /** Oldest first. */
  alerts: ToldAlert[];
  directives: ToldDirective[];
  /** Mean response of the attempts that a pool's agents ended in [fromMs, toMs), whole minutes: what was true, in ms. */
  meanResponseMs: (pool: string, fromMs: number, toMs: number) => number;
}

/** An hour of the demo fleet with the product in the loop. */
export async function runDemoHour({ arrivals, faults, seed, dispatcher }: DemoHour): Promise<DemoHourOutcome> {
  const { scenario, recorded } = demoFleet(arrivals, { minutes: MINUTES, faults });
  const { startMs } = scenario;
  const product = productInProcess(startMs, modes);
  const responses = new Map<string, { n: number; sumMs: number }[]>();
  const sink: FactSink = {
    onAttemptEnded: ({ agent, queuedAt, endedAt }) => {
      if (agent === null || endedAt === null) return;
      const minutes = responses.get(agent.pool) ?? Array.from({ length: MINUTES }, () => ({ n: 0, sumMs: 0 }));
      responses.set(agent.pool, minutes);
      const minute = minutes[Math.floor(endedAt / 1_000 / MINUTE_MS)];
      if (!minute) return;
      minute.n += 1;
      minute.sumMs += (endedAt - queuedAt) / 1_000;
    },
  };
  const drive = { scenario, recorded, seed, policy: powerOfTwo, sinks: [sink] };
  await driveFleet(drive, dispatcher === 'obeys' ? product : onlySaysSo(product));
  const alerts = (await product.alerts()) as unknown as ToldAlert[];
  return {
    alerts: alerts.toSorted((one, other) => Date.parse(one.detectedAt) - Date.parse(other.detectedAt)),
    directives: (await product.allDirectives()) as unknown as ToldDirective[],
    meanResponseMs: (pool, fromMs, toMs) => {
      const [from, to] = [(fromMs - startMs) / MINUTE_MS, (toMs - startMs) / MINUTE_MS];
      const minutes = (responses.get(pool) ?? []).slice(Math.max(0, from), to);
      return minutes.reduce((sum, { sumMs }) => sum + sumMs, 0) / minutes.reduce((sum, { n }) => sum + n, 0);
    },
  };
}

/** Acknowledges what is in force, and leaves it at that. */
function onlySaysSo(product: ProductUnderTest): ProductUnderTest {
  return {
    ...product,
    directives: async () => {
      for (const { id, ackedAt } of await product.directives()) {
        if (ackedAt === undefined) await product.acknowledge(id, true, null);
      }
      return [];
    },
  };
}
