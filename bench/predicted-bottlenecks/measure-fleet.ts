import { readEvent } from '../../lib/api/event-schema.ts';
import { observeFleet } from '../../lib/core/bottleneck/observe-fleet.ts';
import { measureStations } from '../../lib/core/capacity/measure-stations.ts';
import type { Station } from '../../lib/core/capacity/station.ts';
import { type VisitRatios, visitRatios } from '../../lib/core/capacity/visit-ratios.ts';
import { chunkColumns } from '../../lib/core/kpi/chunk-columns.ts';
import { foldBatch } from '../../lib/core/kpi/folding.ts';
import { emptyRollupChunk, type RollupChunk } from '../../lib/core/kpi/rollup-chunk.ts';
import type { Batch } from '../../lib/core/model/batch.ts';
import { enterBatch, poolOf, type Roster } from '../../lib/core/model/roster.ts';
import { type Minute, minuteOf, startOfMinute } from '../../lib/core/model/time.ts';
import { assembleWorkflows } from '../../lib/core/workflow/assemble-workflows.ts';
import { Simulation } from '../../lib/sim/engine/simulation.ts';
import { centralQueue } from '../../lib/sim/policies/central-queue.ts';
import { Telemetry } from '../../lib/sim/telemetry/telemetry.ts';
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
  const from = minuteOf(START_MS) + WARM_UP_MINUTES;
  const batch: Batch = {
    ...{ system: 'default', id: 'batch', contentHash: 'hash', sender: 'key_1', requestId: 'request' },
    ...{ bucket: from, receivedAtMs: START_MS, received: events.length, ignored: {}, rejected: {}, events },
  };
  const chunks = new Map<Minute, RollupChunk>();
  foldBatch(
    batch,
    (minute) => {
      const chunk = chunks.get(minute) ?? emptyRollupChunk(minute, 0, 1);
      chunks.set(minute, chunk);
      return chunk;
    },
    () => true,
  );
  const entries: Roster = new Map();
  enterBatch(entries, batch);
  const stretch = { from, to: from + MEASURED_MINUTES, chunks: [...chunks.values()].map(chunkColumns), entries };
  const ends = events.filter((event) => event.type === 'workflow');
  const workflows = assembleWorkflows({
    ...{ ends, tasks: events.filter((event) => event.type === 'task'), nowMs: endMs },
    poolOf: ({ agent }) => poolOf(entries.get(agent ?? '')),
    readFromMs: startOfMinute(from),
  });
  const ended = ends.filter(({ endedAtMs }) => endedAtMs >= startOfMinute(from) && endedAtMs < endMs);
  const byType = Map.groupBy(ended, ({ workflowType }) => workflowType ?? '');
  return {
    stations: measureStations(stretch, observeFleet(stretch)),
    visits: visitRatios(workflows).visits,
    perMin: new Map([...byType].map(([type, its]) => [type, its.length / MEASURED_MINUTES])),
  };
}
