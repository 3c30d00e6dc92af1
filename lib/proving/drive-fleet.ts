import { MINUTE_MS } from '../core/model/time.ts';
import type { RecordedArrival } from '../sim/engine/arrivals.ts';
import type { FactSink } from '../sim/engine/facts.ts';
import type { FleetPolicy, Truth } from '../sim/engine/policy.ts';
import type { SimResult } from '../sim/engine/sim-result.ts';
import { Simulation } from '../sim/engine/simulation.ts';
import type { Scenario } from '../sim/scenario/scenario.ts';
import { Telemetry } from '../sim/telemetry/telemetry.ts';
import { DirectiveApplier } from './apply-directives.ts';
import { poolSettingsOf } from './pool-settings-of.ts';
import type { ProductUnderTest } from './product-under-test.ts';

/** What is sent waits for the end of a step; directives are asked for at the end of every second one. */
const STEP_MS = 5_000;
const POLL_MS = 10_000;

export interface FleetDrive {
  scenario: Scenario;
  seed: number;
  /** Whoever places the work; the product steers it by its directives. */
  policy: FleetPolicy | ((truth: Truth) => FleetPolicy);
  recorded?: readonly RecordedArrival[];
  /** Who else is told what really happens. */
  sinks?: readonly FactSink[];
  /** Told after each simulated minute, which is waited for. */
  onMinute?: (minute: number) => void | Promise<void>;
}

export interface DrivenFleet {
  /** What became of the work: the truth, not what was reported. */
  result: SimResult;
  flushes: number;
  events: number;
}

/**
 * Runs a scenario with the product in the loop: what the fleet reports arrives as its telemetry brings it, the product computes
 * minute after minute, and what it directs is applied when directives are asked for next, ten seconds later.
 */
export async function driveFleet(drive: FleetDrive, product: ProductUnderTest): Promise<DrivenFleet> {
  const { scenario, seed, policy, recorded = [], sinks = [] } = drive;
  const telemetry = new Telemetry(scenario, seed);
  const simulation = new Simulation({ scenario, seed, policy, recorded, sinks: [telemetry.sink, ...sinks] });
  const applier = new DirectiveApplier(simulation.controls);
  for (const [pool, settings] of poolSettingsOf(scenario)) await product.setPool(pool, settings);
  const wasTakenBack = async (of: string) =>
    (await product.allDirectives()).some(({ id, status }) => id === of && status === 'rolled_back');
  let [flushes, events] = [0, 0];
  const endMs = scenario.startMs + scenario.minutes * MINUTE_MS;
  for (let ms = scenario.startMs + STEP_MS; ms <= endMs; ms += STEP_MS) {
    simulation.runUntil(ms);
    for (const flush of telemetry.arrivedUntil(ms)) {
      flushes += 1;
      events += flush.events.length;
      await product.send(flush);
    }
    // Before the minute's decisions, as those take a while: they are told at the next.
    if (ms % POLL_MS === 0) {
      await applier.follow(await product.directives(), ms, wasTakenBack, (id, applied, note) =>
        product.acknowledge(id, applied, note),
      );
    }
    await product.advanceTo(ms);
    if (ms % MINUTE_MS === 0) await drive.onMinute?.((ms - scenario.startMs) / MINUTE_MS - 1);
  }
  return { result: simulation.result, flushes, events };
}
