import { type FleetLoad, type FunctionUse, functionUses, type MeasuredFleet } from './measured-fleet.ts';

/** What use grows with. */
interface Drivers {
  load: FleetLoad;
  /** Per minute. */
  requests: number;
  /** Per minute. */
  events: number;
}

/** The function that answers requests: what it takes grows with them, beside what the canary sends however large the fleet is. */
const REQUESTED = 'Ingest';
/** The jobs of the day and of the week. */
const RARE = ['Benchmark', 'Review'];
const PASSES = 20_000;

export interface FittedUse {
  /** What each function takes per minute. */
  functions: (drivers: Drivers) => Record<string, FunctionUse>;
  /** What is stored, in bytes. */
  stored: (drivers: Drivers) => MeasuredFleet['stored'];
}

/**
 * Small fleets fill the items that they share badly, and each begun KB is billed: what an agent adds falls at about these sizes, and grows on
 * from there.
 */
const FULLER_FROM = [100, 1_000];
/** What ingest reads once a second at most, however many requests it answers: lib/app/known-version.ts. */
const MOST_READINGS = 60;
/** What has a bound is told apart by a fleet that is beyond it so many times; from smaller ones alone, all growth would seem to end. */
const TIMES_BEYOND = 4;

/**
 * Use as a sum of parts, each in proportion to what drives it: all functions have a fixed part; ingest one each for requests, for those up to
 * one a second, for tasks and for other events; everything else one each for agents, for the first hundred and the first thousand of them, for task types of
 * agents, for tasks, and for requests. No part is below zero: nothing
 * gets cheaper by more work. Fitted by least squares with weights that let fleets of all sizes count alike; the jobs of the day and
 * of the week are known of some fleets only.
 */
export function fitUse(fleets: readonly MeasuredFleet[]): FittedUse {
  const hasFleetOf = (bound: number, of: (fleet: MeasuredFleet) => number) =>
    fleets.some((fleet) => of(fleet) >= TIMES_BEYOND * bound);
  const fuller = FULLER_FROM.filter((agents) => hasFleetOf(agents, ({ load }) => load.agents));
  const ofFleet = (drivers: Drivers) => [
    ...ofAnyAgents(drivers),
    ...fuller.map((agents) => Math.min(drivers.load.agents, agents)),
  ];
  const ofRequests = hasFleetOf(MOST_READINGS, ({ perMinute }) => perMinute.requests) ? ofManyRequests : ofAnyRequests;
  const names = [...new Set(fleets.flatMap(({ perMinute }) => Object.keys(perMinute.functions)))].sort();
  const fitTo = (
    seen: readonly MeasuredFleet[],
    driversOf: (drivers: Drivers) => number[],
    amountOf: (fleet: MeasuredFleet) => number,
  ) => {
    const rows = seen.map(({ load, perMinute: { requests, events } }) => driversOf({ load, requests, events }));
    const weights = seen.map(({ load }) => 1 / (load.agents + 10));
    const parts = leastSquares(rows, seen.map(amountOf), weights);
    return (drivers: Drivers) => driversOf(drivers).reduce((sum, driver, i) => sum + driver * (parts[i] ?? 0), 0);
  };
  const functions = names.map((name) => {
    const isRare = RARE.includes(name);
    const seen = isRare ? fleets.filter(({ untilMonday }) => untilMonday) : fleets;
    const driversOf = isRare ? ofAgents : name === REQUESTED ? ofRequests : ofFleet;
    const amountOf = (use: keyof FunctionUse) => (fleet: MeasuredFleet) => fleet.perMinute.functions[name]?.[use] ?? 0;
    return [name, functionUses.map((use) => [use, fitTo(seen, driversOf, amountOf(use))] as const)] as const;
  });
  const expiring = fitTo(fleets, ofFleet, ({ stored }) => stored.expiringBytesPerMinute);
  const steady = fitTo(fleets, ofFleet, ({ stored }) => stored.steadyBytes);
  const lasting = fitTo(fleets, ofFleet, ({ stored }) => stored.lastingBytes);
  return {
    functions: (drivers) =>
      Object.fromEntries(
        functions.map(([name, uses]) => [
          name,
          Object.fromEntries(uses.map(([use, at]) => [use, at(drivers)])) as unknown as FunctionUse,
        ]),
      ),
    stored: (drivers) => ({
      expiringBytesPerMinute: expiring(drivers),
      steadyBytes: steady(drivers),
      lastingBytes: lasting(drivers),
    }),
  };
}

/** A task is larger than a beat or a sample. */
function ofAnyRequests({ load: { agents, taskTypes, tasksPerMin }, requests, events }: Drivers): number[] {
  const tasks = agents * taskTypes * tasksPerMin;
  return [1, requests, tasks, Math.max(0, events - tasks)];
}

function ofManyRequests(drivers: Drivers): number[] {
  return [...ofAnyRequests(drivers), Math.min(drivers.requests, MOST_READINGS)];
}

function ofAgents({ load: { agents, taskTypes } }: Drivers): number[] {
  return [1, agents * taskTypes];
}

function ofAnyAgents({ load: { agents, taskTypes, tasksPerMin }, requests }: Drivers): number[] {
  return [1, agents, agents * taskTypes, agents * taskTypes * tasksPerMin, requests];
}

/** Non-negative least squares by coordinate descent, with columns scaled alike. */
function leastSquares(rows: readonly number[][], values: readonly number[], weights: readonly number[]): number[] {
  const columns = rows[0]?.length ?? 0;
  const weighted = rows.map((row, i) => row.map((driver) => driver * (weights[i] ?? 0)));
  const rest = values.map((value, i) => value * (weights[i] ?? 0));
  const squares = Array.from({ length: columns }, (_, j) => weighted.reduce((sum, row) => sum + (row[j] ?? 0) ** 2, 0));
  const parts = new Array<number>(columns).fill(0);
  for (let pass = 0; pass < PASSES; pass++) {
    let moved = 0;
    for (let j = 0; j < columns; j++) {
      const square = squares[j] ?? 0;
      if (square === 0) continue;
      const slope = weighted.reduce((sum, row, i) => sum + (row[j] ?? 0) * (rest[i] ?? 0), 0);
      const before = parts[j] ?? 0;
      const after = Math.max(0, before + slope / square);
      if (after === before) continue;
      parts[j] = after;
      weighted.forEach((row, i) => {
        rest[i] = (rest[i] ?? 0) - (after - before) * (row[j] ?? 0);
      });
      moved = Math.max(moved, Math.abs(after - before) * Math.sqrt(square));
    }
    if (moved < 1e-12) break;
  }
  return parts;
}
