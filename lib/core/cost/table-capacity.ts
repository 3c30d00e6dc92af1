/** Units a second, whole, between which auto scaling keeps what a table has for itself. */
export interface CapacityRange {
  /** 1 at least. */
  min: number;
  /** `min` at least. */
  max: number;
}

/** A table that is billed by what it has, not by what it is asked. */
export interface TableCapacity {
  write: CapacityRange;
  read: CapacityRange;
  /** Used ÷ provisioned, to which auto scaling steers: 0.2 to 0.9. */
  targetUtilization: number;
}

/** What a table is asked for, of writes or of reads. */
export interface UnitUse {
  /** Units, as a mean over hours. */
  perSecond: number;
  /** Units that the runs of all scheduled jobs ask for where they begin together. */
  atOnce: number;
}

/** As AWS proposes it. What is left is what a burst is made of: see docs/decisions/table-capacity.md. */
export const USUAL_TARGET_UTILIZATION = 0.7;
/** For how long DynamoDB keeps capacity that was not used. */
const BURST_S = 300;
/** How far above the load that was counted on a table may grow before it refuses. */
const ROOM_TO_GROW = 3;

/**
 * Units a second that a steady load needs: as many as are used, at the share of them that is to be used.
 * @param perSecond 0 or more
 * @param targetUtilization above 0, at most 1
 * @example steadyUnits(70, 0.7) // 100
 */
export function steadyUnits(perSecond: number, targetUtilization: number): number {
  return wholeUnits(perSecond / targetUtilization);
}

/**
 * Units a second of which five minutes' worth, which is what DynamoDB keeps for a burst, are as many as are asked for at once.
 * @example burstUnits(90_000) // 300
 */
export function burstUnits(atOnce: number): number {
  return wholeUnits(atOnce / BURST_S);
}

/**
 * Units a second that auto scaling comes to rest at, which are billed whether they are used or not.
 * @example provisionedUnits(70, { min: 5, max: 80 }, 0.7) // 80, though 100 are needed
 */
export function provisionedUnits(perSecond: number, { min, max }: CapacityRange, targetUtilization: number): number {
  return Math.min(max, Math.max(min, steadyUnits(perSecond, targetUtilization)));
}

/**
 * What to write for a load that is there around the clock: no less than it needs, so that it never waits for auto scaling, and three
 * times that at most.
 * @example capacityFor({ perSecond: 70, atOnce: 4_200 }) // { min: 100, max: 300 }
 */
export function capacityFor({ perSecond, atOnce }: UnitUse): CapacityRange {
  const min = Math.max(1, steadyUnits(perSecond, USUAL_TARGET_UTILIZATION), burstUnits(atOnce));
  return { min, max: ROOM_TO_GROW * min };
}

/** 70 / 0.7 is a little more than 100 where numbers are binary. */
function wholeUnits(units: number): number {
  return Math.ceil(units - 1e-9);
}
