import { type ShareRing, SLOT_MINUTES } from '../detect/share-ring.ts';
import type { AgentCourse, CourseReading } from './agent-course.ts';
import { minutesUntil, type Ramp, type RampReading, rampIn } from './ramp.ts';
import { type Rise, riseIn } from './rise.ts';

/** What points to an agent's breaking down, in the order of the coefficients of agent-prior.ts. */
export const agentSigns = [
  'any',
  'memoryRamp',
  'memoryNear',
  'memoryFull',
  'errorRamp',
  'errorNear',
  'errorHigh',
  'errorStep',
  'slowRamp',
  'slowNear',
  'slowHigh',
  'slowStep',
  'beatLate',
  'brokeLately',
] as const;

/**
 * What points to an agent's being degraded, in the order of decline-prior.ts. How long its tasks take is not among them: an agent that is slow
 * at once holds more of them at a time, and more memory with them, which looks like a leak that both bear out.
 */
export const declineSigns = [
  'any',
  'memoryFull',
  'leakRise',
  'leakNear',
  'leakRamp',
  'failRise',
  'failNear',
  'failHigh',
  'failRamp',
  'failStep',
  'brokeLately',
] as const;

export type AgentSign = (typeof agentSigns)[number];

/** What is known of an agent when it is looked at. */
export interface AgentView {
  /** Minutes since 1970 ÷ 5. */
  slot: number;
  course: AgentCourse | null;
  memory: ShareRing | null;
  /** Median of what its peers have in use, share, by slot; nothing for a slot with too few of them. */
  peersMemory: (slot: number) => number | null;
  /** Standard deviation by which the memory of an agent of its pool comes and goes with its work, share. */
  memorySpread: number;
  /** Slot of its last breakdown; null where none is known. */
  broke: number | null;
}

export interface AgentOutlookSigns {
  /** Values of {@link agentSigns}: 1 for `any`, the rest 0..2. */
  values: number[];
  /** Values of {@link declineSigns}, likewise. */
  decline: number[];
  ramps: { memory: Ramp | null; errors: Ramp | null; slow: Ramp | null };
  /** Of memory and of errors. */
  rises: { leak: Rise | null; fail: Rise | null };
  newest: CourseReading | null;
}

/** Ramps are looked for in the last fifty minutes. */
const WINDOW_SLOTS = 10;
/** Where an agent is as good as lost: its memory, the part of its tasks that fails, and how much longer it takes (natural logarithm). */
export const limits = { memory: 0.95, errors: 0.5, slow: Math.log(3) };
/** Where users feel it. */
export const declineLimits = { memory: 0.95, errors: 0.5 };
/** Standard deviations that a reading has at least: of memory, of the part that fails beyond its sample, of the logarithm. */
const SPREAD = { memory: 0.03, errors: 0.01, slow: 0.04 };
/** A limit so far away is near by 1 ÷ e. */
const NEAR_MINUTES = 40;
/** Evidence counts up to this, natural logarithm. */
const MOST_EVIDENCE = 8;
/** From here on memory is filling up; no ramp that ends lower matters. */
const FILLING = 0.7;
/** Standard errors above what its peers show. */
const HIGH_Z = 3;
/** An agent whose last breakdown is longer ago, in slots, is as good as any. */
export const LATELY_SLOTS = 24;

/**
 * The signs of one agent.
 * @returns null where nothing points to anything: then nothing is worked out
 */
export function signsOf({
  slot,
  course,
  memory,
  peersMemory,
  memorySpread,
  broke,
}: AgentView): AgentOutlookSigns | null {
  const newest = course?.slot === slot ? (course.readings.at(-1) ?? null) : null;
  const readings = course?.slot === slot ? course.readings : [];
  const errors = mayFailMore(readings) ? rampIn(readingsIn(readings, errorReading)) : null;
  const slow = maySlowDown(readings) ? rampIn(readingsIn(readings, slowReading)) : null;
  const memoryNow = memory?.slot === slot ? (memory.permille.at(-1) ?? 0) / 1_000 : 0;
  const memoryRamp = memory?.slot === slot && mayGrow(memory) ? memoryRampOf(memory, peersMemory) : null;
  // An agent may well live with little memory left, as long as it does not become less.
  const full = memoryRamp ? Math.max(0, (memoryNow - FILLING) / (1 - FILLING)) : 0;
  const [errorNow, slowNow] = [newest && errorReading(newest), newest && slowReading(newest)];
  const high = (it: Point | null, limit: number) =>
    it && it.value > HIGH_Z * Math.sqrt(it.variance) ? Math.min(1, it.value / limit) : 0;
  // One beat late is luck; three are told as missing.
  const beatLate = newest && newest.beatLateTenths >= 10 ? Math.min(2, newest.beatLateTenths / 20) : 0;
  const brokeLately = broke !== null && slot - broke < LATELY_SLOTS ? 1 : 0;
  const signs = [
    ...[rampSign(memoryRamp), nearSign(memoryRamp, limits.memory - memoryNow), full],
    ...[rampSign(errors), nearSign(errors, errors && limits.errors - errors.level)],
    ...[high(errorNow, limits.errors), stepSign(errors)],
    ...[rampSign(slow), nearSign(slow, slow && limits.slow - slow.level)],
    ...[high(slowNow, limits.slow), stepSign(slow)],
    ...[beatLate, brokeLately],
  ];
  const held = memory?.slot === slot ? memoryReadings(memory, peersMemory, memorySpread) : [];
  const failures = failuresIn(readings);
  const leak = isHigher(held) ? ownRise(riseIn(held), slot, peersMemory) : null;
  const failing = isHigher(failures) ? riseIn(failures) : null;
  const fail = failing && failing.slope < SUDDEN ? failing : null;
  const rising = [riseSign(leak), riseSign(fail)].some((it) => it > 0);
  if (!rising && signs.every((it) => it === 0)) return null;
  const values = [1, ...signs];
  const filling = leak && riseSign(leak) > 0 ? Math.max(0, (memoryNow - FILLING) / (1 - FILLING)) : 0;
  const decline = [
    ...[1, filling, riseSign(leak), riseNear(leak, declineLimits.memory - memoryNow), evidenceSign(leak, 1)],
    ...[
      riseSign(fail),
      riseNear(fail, declineLimits.errors - (fail?.level ?? 0)),
      riseSign(fail) && high(errorNow, limits.errors),
    ],
    ...[evidenceSign(fail, 1), evidenceSign(fail, -1), brokeLately],
  ];
  return { values, decline, ramps: { memory: memoryRamp, errors, slow }, rises: { leak, fail }, newest };
}

// Of most agents nothing grows: what follows sees that without working out a ramp.

/** Readings that the newest are compared by. */
const NEWEST = 3;

/** Whether more tasks failed lately than peers' rates explain, by two standard deviations of a count. */
function mayFailMore(readings: readonly (CourseReading | null)[]): boolean {
  let [failed, expected] = [0, 0];
  for (let i = Math.max(0, readings.length - NEWEST); i < readings.length; i++) {
    const it = readings[i];
    if (!it) continue;
    failed += it.failed;
    expected += (it.ended * it.peersFailedPermille) / 1_000;
  }
  return failed > 0 && failed - expected > 2 * Math.sqrt(expected);
}

/** Whether the newest readings are above those before by a standard error. */
function maySlowDown(readings: readonly (CourseReading | null)[]): boolean {
  let [late, lateN, error, early, earlyN] = [0, 0, 0, 0, 0];
  for (let i = Math.max(0, readings.length - WINDOW_SLOTS); i < readings.length; i++) {
    const it = readings[i];
    if (!it) continue;
    if (i >= readings.length - NEWEST) {
      late += it.slowPercent;
      error += it.slowErrorPercent ** 2;
      lateN += 1;
    } else {
      early += it.slowPercent;
      earlyN += 1;
    }
  }
  return lateN > 0 && earlyN > 0 && late / lateN - early / earlyN > Math.sqrt(error) / lateN;
}

/** Whether more memory is in use than at the beginning, by two standard deviations of a reading. */
function mayGrow({ permille }: ShareRing): boolean {
  let least = Number.POSITIVE_INFINITY;
  for (let i = Math.max(0, permille.length - WINDOW_SLOTS); i < permille.length; i++) {
    const it = permille[i];
    if (it != null && it < least) least = it;
  }
  return (permille.at(-1) ?? 0) - least > 2_000 * SPREAD.memory;
}

interface Point {
  value: number;
  variance: number;
}

function errorReading({ ended, failed, peersFailedPermille }: CourseReading): Point {
  const share = (failed + 0.5) / (ended + 1);
  return {
    value: failed / ended - peersFailedPermille / 1_000,
    variance: (share * (1 - share)) / ended + SPREAD.errors ** 2,
  };
}

function slowReading({ slowPercent, slowErrorPercent }: CourseReading): Point {
  return { value: slowPercent / 100, variance: (slowErrorPercent / 100) ** 2 + SPREAD.slow ** 2 };
}

function readingsIn(
  readings: readonly (CourseReading | null)[],
  point: (reading: CourseReading) => Point,
): RampReading[] {
  const last = readings.slice(-WINDOW_SLOTS);
  return last.flatMap((it, i) => (it ? { at: (i - last.length + 1) * SLOT_MINUTES, ...point(it) } : []));
}

function memoryReadings(
  { slot, permille }: ShareRing,
  peersMemory: AgentView['peersMemory'],
  spread: number,
): RampReading[] {
  const last = permille.slice(-WINDOW_SLOTS);
  return last.flatMap((it, i): RampReading[] => {
    if (it === null) return [];
    const back = last.length - 1 - i;
    const value = it / 1_000 - (peersMemory(slot - back) ?? 0);
    return [{ at: -back * SLOT_MINUTES, value, variance: spread ** 2 }];
  });
}

/** Of what an agent has in use beyond its peers: what load takes, theirs takes as well. */
function memoryRampOf(ring: ShareRing, peersMemory: AgentView['peersMemory']): Ramp | null {
  const { slot } = ring;
  const readings = memoryReadings(ring, peersMemory, SPREAD.memory);
  const ramp = rampIn(readings);
  if (!ramp) return null;
  // Where most of what it has grown by is what its peers have grown by too, more work does it, or all of them leak.
  const shared = peersGrewBy(ramp.onset, slot, peersMemory);
  return shared !== null && shared >= ramp.level - ramp.base ? null : ramp;
}

function peersGrewBy(onset: number, slot: number, peersMemory: AgentView['peersMemory']): number | null {
  const [then, now] = [peersMemory(slot + Math.round(onset / SLOT_MINUTES)), peersMemory(slot)];
  return then === null || now === null ? null : now - then;
}

/** As of ramps; more strictly, because a burst of load takes some agents further than others. */
function ownRise(rise: Rise | null, slot: number, peersMemory: AgentView['peersMemory']): Rise | null {
  if (!rise) return null;
  const shared = peersGrewBy(rise.onset, slot, peersMemory);
  return shared !== null && 2 * shared >= -rise.slope * rise.onset ? null : rise;
}

/** Counts of few failures are further out by chance than a normal distribution has them: as if there were so many more. */
const FEW_FAILURES = 3;

/**
 * What fails beyond its peers, each reading as uncertain as if as much failed in all of them: as the test of a trend in proportions has it
 * (Cochran, Armitage), by which a reading of many failures weighs as much as one of none.
 */
function failuresIn(all: readonly (CourseReading | null)[]): RampReading[] {
  let [ended, failed] = [0, 0];
  for (const it of all.slice(-WINDOW_SLOTS)) {
    ended += it?.ended ?? 0;
    failed += it?.failed ?? 0;
  }
  const share = (failed + FEW_FAILURES) / (ended + FEW_FAILURES);
  return readingsIn(all, (it) => ({
    value: it.failed / it.ended - it.peersFailedPermille / 1_000,
    variance: (share * (1 - share)) / it.ended + SPREAD.errors ** 2,
  }));
}

/** Whether the newest two readings are above the mean of those before by more than a standard deviation. */
function isHigher(readings: readonly RampReading[]): boolean {
  const n = readings.length;
  if (n < 4) return false;
  let [before, late, variance] = [0, 0, 0];
  for (const [i, it] of readings.entries()) {
    if (i < n - 2) before += it.value / (n - 2);
    else {
      late += it.value / 2;
      variance += it.variance / 4;
    }
  }
  return late - before > Math.sqrt(variance);
}

/** Quantile of the standard normal distribution at 0.9. */
const NORMAL_90 = 1.2816;
/** Part of the tasks a minute: who comes to fail half of them within a quarter of an hour is not told of in time. */
const SUDDEN = 0.03;
/** From this on a rise counts; the best of several onsets is often as high as this by chance. */
export const LEAST_RISE_Z = 3;

function riseSign(rise: Rise | null): number {
  return rise ? Math.min(2, Math.max(0, rise.z - LEAST_RISE_Z) / 2) : 0;
}

/**
 * How near the limit is, at the least pace that the rise has with nine chances in ten; as far as it is a rise at all.
 * @param left to the limit
 */
function riseNear(rise: Rise | null, left: number): number {
  if (!rise || riseSign(rise) === 0) return 0;
  const pace = rise.slope * (1 - NORMAL_90 / rise.z);
  return Math.exp(-Math.max(0, left) / pace / NEAR_MINUTES) * Math.min(1, riseSign(rise));
}

/** @param way 1 for a ramp, -1 for a step */
function evidenceSign(rise: Rise | null, way: 1 | -1): number {
  if (!rise || riseSign(rise) === 0) return 0;
  return Math.max(0, Math.min(MOST_EVIDENCE, way * rise.evidence)) / (MOST_EVIDENCE / 2);
}

function rampSign(ramp: Ramp | null): number {
  return ramp ? Math.max(0, Math.min(MOST_EVIDENCE, ramp.evidence)) / (MOST_EVIDENCE / 2) : 0;
}

function stepSign(ramp: Ramp | null): number {
  return ramp ? Math.max(0, Math.min(MOST_EVIDENCE, -ramp.evidence)) / (MOST_EVIDENCE / 2) : 0;
}

/** @param left to the limit */
function nearSign(ramp: Ramp | null, left: number | null): number {
  if (!ramp || left === null || ramp.evidence <= 0) return 0;
  return Math.exp(-minutesUntil({ ...ramp, level: -left }, 0).expected / NEAR_MINUTES);
}
