import { readEvent } from '../../lib/api/event-schema.ts';
import { observeFleet } from '../../lib/core/bottleneck/observe-fleet.ts';
import { measureStations } from '../../lib/core/capacity/measure-stations.ts';
import type { Station } from '../../lib/core/capacity/station.ts';
import { type VisitRatios, visitRatios } from '../../lib/core/capacity/visit-ratios.ts';
import { poolOf } from '../../lib/core/model/roster.ts';
import { startOfMinute } from '../../lib/core/model/time.ts';
import { assembleWorkflows } from '../../lib/core/workflow/assemble-workflows.ts';
import { Simulation } from '../../lib/sim/engine/simulation.ts';
import { centralQueue } from '../../lib/sim/policies/central-queue.ts';
import { Telemetry } from '../../lib/sim/telemetry/telemetry.ts';
import { stretchOfEvents } from '../bottlenecks/stretch-of-events.ts';
import { MEASURED_MINUTES, presentScenario, type RandomFleet, START_MS, WARM_UP_MINUTES } from './random-fleet.ts';

export interface MeasuredFleet {
  stations: Station[];
  visits: VisitRatios;
  /** Workflows of each type that ended a minute. */
  perMin: Map<string, number>;
}

/** Runs a fleet as it is for an hour, and measures it by what its agents report and by nothing else. */
export function measureFleet(fleet: RandomFleet): MeasuredFleet {
  const scenario = presentScenario(fleet);
  const telemetry = new Telemetry(scenario, fleet.seed);
  const simulation = new Simulation({ scenario, seed: fleet.seed, policy: centralQueue, sinks: [telemetry.sink] });
  const endMs = START_MS + scenario.minutes * 60_000;
  simulation.runUntil(endMs);
  const events = telemetry.arrivedUntil(endMs + 120_000).flatMap((flush) => flush.events.map(readEvent));
  const window = { startMs: START_MS, warmUpMinutes: WARM_UP_MINUTES, minutes: MEASURED_MINUTES };
  const stretch = stretchOfEvents(events, window);
  const fromMs = startOfMinute(stretch.from);
  const ends = events.filter((event) => event.type === 'workflow');
  const workflows = assembleWorkflows({
    ...{ ends, tasks: events.filter((event) => event.type === 'task'), nowMs: endMs },
    poolOf: ({ agent }) => poolOf(stretch.entries.get(agent ?? '')),
    readFromMs: fromMs,
  });
  const ended = ends.filter(({ endedAtMs }) => endedAtMs >= fromMs && endedAtMs < endMs);
  const byType = Map.groupBy(ended, ({ workflowType }) => workflowType ?? '');
  return {
    stations: measureStations(stretch, observeFleet(stretch)),
    visits: visitRatios(workflows).visits,
    perMin: new Map([...byType].map(([type, its]) => [type, its.length / MEASURED_MINUTES])),
  };
}
