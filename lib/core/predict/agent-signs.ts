import { type ShareRing, SLOT_MINUTES } from '../detect/share-ring.ts';
import type { AgentCourse, CourseReading } from './agent-course.ts';
import { minutesUntil, type Ramp, type RampReading, rampIn } from './ramp.ts';

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

export type AgentSign = (typeof agentSigns)[number];

/** What is known of an agent when it is looked at. */
export interface AgentView {
  /** Minutes since 1970 ÷ 5. */
  slot: number;
  course: AgentCourse | null;
  memory: ShareRing | null;
  /** Median of what its peers have in use, share, by slot; nothing for a slot with too few of them. */
  peersMemory: (slot: number) => number | null;
  /** Slot of its last breakdown; null where none is known. */
  broke: number | null;
}

export interface AgentOutlookSigns {
  /** Values of {@link agentSigns}: 1 for `any`, the rest 0..2. */
  values: number[];
  ramps: { memory: Ramp | null; errors: Ramp | null; slow: Ramp | null };
  newest: CourseReading | null;
}

/** Ramps are looked for in the last fifty minutes. */
const WINDOW_SLOTS = 10;
/** Where an agent is as good as lost: its memory, the part of its tasks that fails, and how much longer it takes (natural logarithm). */
export const limits = { memory: 0.95, errors: 0.5, slow: Math.log(3) };
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
export function signsOf({ slot, course, memory, peersMemory, broke }: AgentView): AgentOutlookSigns | null {
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
  if (signs.every((it) => it === 0)) return null;
  return { values: [1, ...signs], ramps: { memory: memoryRamp, errors, slow }, newest };
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

/** Of what an agent has in use beyond its peers: what load takes, theirs takes as well. */
function memoryRampOf({ slot, permille }: ShareRing, peersMemory: AgentView['peersMemory']): Ramp | null {
  const last = permille.slice(-WINDOW_SLOTS);
  const readings = last.flatMap((it, i): RampReading[] => {
    if (it === null) return [];
    const back = last.length - 1 - i;
    return [
      {
        at: -back * SLOT_MINUTES,
        value: it / 1_000 - (peersMemory(slot - back) ?? 0),
        variance: SPREAD.memory ** 2,
      },
    ];
  });
  const ramp = rampIn(readings);
  if (!ramp) return null;
  // Where most of what it has grown by is what its peers have grown by too, more work does it, or all of them leak.
  const [then, now] = [peersMemory(slot + Math.round(ramp.onset / SLOT_MINUTES)), peersMemory(slot)];
  const isShared = then !== null && now !== null && now - then >= ramp.level - ramp.base;
  return isShared ? null : ramp;
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
