import { ringUntil, type ShareRing, SLOT_MINUTES } from '../detect/share-ring.ts';
import { poolOf, type Roster } from '../model/roster.ts';
import type { Minute } from '../model/time.ts';
import { type AgentCourse, courseUntil } from './agent-course.ts';
import { agentPrior } from './agent-prior.ts';
import { type AgentOutlookSigns, LATELY_SLOTS, signsOf } from './agent-signs.ts';
import { declinePrior } from './decline-prior.ts';
import { type Hazard, hazardAfter, hazardFaded } from './hazard.ts';
import { poolPrior } from './pool-prior.ts';
import { poolSignsOf } from './pool-signs.ts';

/** What is predicted: that an agent breaks down or is degraded, or a pool comes to a standstill, within so many minutes. */
export const HORIZON_MINUTES = 30;
/** Of five: readings are taken in the first, which has enough to do. */
const LEARNING_MINUTE = 2;
const HORIZON_SLOTS = HORIZON_MINUTES / SLOT_MINUTES;

/** What a system has learned of its own breakdowns. */
export interface Foresight {
  /** The newest slot that it learned from; 0 before the first. */
  slot: number;
  agents: Hazard;
  /** That an agent is degraded or down. */
  declines: Hazard;
  pools: Hazard;
  /** Slots in which agents and pools broke down, lately: by agent, and by pool; and in which agents were degraded, or down. */
  brokeAgents: ReadonlyMap<string, number>;
  declinedAgents: ReadonlyMap<string, number>;
  brokePools: ReadonlyMap<string, number>;
}

export const noForesight: Foresight = {
  slot: 0,
  agents: agentPrior,
  declines: declinePrior,
  pools: poolPrior,
  brokeAgents: new Map(),
  declinedAgents: new Map(),
  brokePools: new Map(),
};

/** What is remembered of a fleet, as far as predictions need it. */
export interface Courses {
  courses: ReadonlyMap<string, AgentCourse>;
  memory: ReadonlyMap<string, ShareRing>;
  inUse: ReadonlyMap<string, ShareRing>;
  foresight: Foresight;
}

/** Half-hours that follow each other every five minutes tell of one and the same breakdown: three of them count as one. */
const WEIGHT = 1 / 3;
/** Half of what was learned is forgotten after so many days. */
const HALF_LIFE_DAYS = 60;
const SLOTS_A_DAY = (24 * 60) / SLOT_MINUTES;
const KEPT = 0.5 ** (1 / (HALF_LIFE_DAYS * SLOTS_A_DAY));
/** With fewer peers there is nothing to compare memory with. */
const LEAST_PEERS = 3;

/** Signs of one agent, as they were so many slots before. */
export type SignsBefore = (agent: string, back: number) => AgentOutlookSigns | null;

/** @param slot of the newest readings */
export function signsOfAgents({ courses, memory, foresight }: Courses, roster: Roster, slot: number): SignsBefore {
  const peersMemory = memoryByPool(memory, roster, slot);
  return (agent, back) => {
    const [course, ring] = [courses.get(agent), memory.get(agent)];
    const broke = foresight.brokeAgents.get(agent) ?? null;
    const pool = poolOf(roster.get(agent));
    return signsOf({
      slot: slot - back,
      course: course ? courseUntil(course, slot - back) : null,
      memory: ring ? ringUntil(ring, slot - back) : null,
      peersMemory: peersMemory.median(pool),
      memorySpread: peersMemory.spread(pool),
      broke: broke !== null && broke < slot - back ? broke : null,
    });
  };
}

export interface BrokenDown {
  agents: ReadonlySet<string>;
  declined: ReadonlySet<string>;
  pools: ReadonlySet<string>;
}

/**
 * What is known after a minute whose alerts are known: every fifth, of agents and pools that broke down in it the half-hour before,
 * and of the others what half an hour ago pointed to something and came to nothing.
 * @param broken agents and pools whose breakdown is alerted about now, whether it is new or not; `declined` are agents that are degraded
 * @returns the same where nothing is learned, also for a minute that is in it already
 */
export function foresightAfter(
  before: Courses,
  { minute, roster }: { minute: Minute; roster: Roster },
  broken: BrokenDown,
): Foresight {
  const { foresight } = before;
  const slot = (minute - LEARNING_MINUTE) / SLOT_MINUTES;
  if (!Number.isInteger(slot) || slot <= foresight.slot) return foresight;
  const found = new Map<string, AgentOutlookSigns | null>();
  const lookBack = signsOfAgents(before, roster, slot);
  // Both hazards ask for the same.
  const signs: SignsBefore = (agent, back) => {
    const key = `${back} ${agent}`;
    const known = found.get(key);
    if (known !== undefined) return known;
    const its = lookBack(agent, back);
    found.set(key, its);
    return its;
  };
  const down = new Set([...broken.agents, ...broken.declined]);
  const ofDeclines = learned(foresight.declines, declinePrior, {
    ...{ slot, subjects: new Set([...before.courses.keys(), ...before.memory.keys(), ...down]) },
    ...{ broken: down, broke: foresight.declinedAgents },
    signs: (agent, back) => signs(agent, back)?.decline ?? null,
  });
  const ofAgents = learned(foresight.agents, agentPrior, {
    ...{ slot, subjects: new Set([...before.courses.keys(), ...before.memory.keys(), ...broken.agents]) },
    ...{ broken: broken.agents, broke: foresight.brokeAgents },
    signs: (agent, back) => signs(agent, back)?.values ?? null,
  });
  const ofPools = learned(foresight.pools, poolPrior, {
    ...{ slot, subjects: new Set([...before.inUse.keys(), ...broken.pools]) },
    ...{ broken: broken.pools, broke: foresight.brokePools },
    signs: (pool, back) => {
      const ring = before.inUse.get(pool);
      const then = ring && ringUntil(ring, slot - back);
      return then ? (poolSignsOf({ slot: slot - back, ring: then })?.values ?? null) : null;
    },
  });
  return {
    slot,
    ...{ agents: ofAgents.hazard, brokeAgents: ofAgents.broke },
    ...{ declines: ofDeclines.hazard, declinedAgents: ofDeclines.broke },
    ...{ pools: ofPools.hazard, brokePools: ofPools.broke },
  };
}

interface Lesson {
  slot: number;
  subjects: ReadonlySet<string>;
  broken: ReadonlySet<string>;
  broke: ReadonlyMap<string, number>;
  signs: (subject: string, back: number) => number[] | null;
}

function learned(before: Hazard, prior: Hazard, { slot, subjects, broken, broke, signs }: Lesson) {
  let hazard = before === prior ? before : hazardFaded(before, prior, KEPT);
  const after = new Map([...broke].filter(([, at]) => slot - at < LATELY_SLOTS));
  const take = (subject: string, back: number, failed: boolean, weight: number) => {
    const values = signs(subject, back);
    if (values) hazard = hazardAfter(hazard, { signs: values, failed, weight });
  };
  // One that is still down has not broken down again.
  const isNew = (subject: string) => slot - (broke.get(subject) ?? Number.NEGATIVE_INFINITY) > HORIZON_SLOTS;
  // What breaks down at once has one cause, such as a zone, and is one breakdown.
  const weightOfBroken = WEIGHT / Math.max(1, [...broken].filter(isNew).length);
  for (const subject of subjects) {
    const last = broke.get(subject);
    if (broken.has(subject)) {
      if (isNew(subject)) for (let back = HORIZON_SLOTS; back >= 1; back--) take(subject, back, true, weightOfBroken);
      after.set(subject, slot);
    } else if (last === undefined || slot - last > 2 * HORIZON_SLOTS) take(subject, HORIZON_SLOTS, false, WEIGHT);
  }
  return { hazard, broke: after };
}

/** Median of what the agents of a pool had in use, by slot, and how much that of one comes and goes; worked out when it is asked for. */
function memoryByPool(memory: Courses['memory'], roster: Roster, slot: number) {
  const pools = new Map<string, ShareRing[]>();
  for (const [agent, ring] of memory) {
    const pool = poolOf(roster.get(agent));
    const rings = pools.get(pool);
    if (rings) rings.push(ring);
    else pools.set(pool, [ring]);
  }
  const medians = new Map<string, Map<number, number | null>>();
  const spreads = new Map<string, number>();
  const spread = (pool: string) => {
    const found = spreads.get(pool) ?? memorySpreadOf(pools.get(pool) ?? []);
    spreads.set(pool, found);
    return found;
  };
  const median = (pool: string) => {
    const known = medians.get(pool) ?? new Map<number, number | null>();
    medians.set(pool, known);
    return (at: number) => {
      if (at > slot) return null;
      const found = known.get(at);
      if (found !== undefined) return found;
      const values = (pools.get(pool) ?? []).flatMap(
        ({ slot: newest, permille }) => (newest >= at ? permille.at(-1 - newest + at) : null) ?? [],
      );
      const sorted = Float64Array.from(values).sort();
      const middle = sorted.length > LEAST_PEERS ? (sorted[sorted.length >> 1] ?? 0) / 1_000 : null;
      known.set(at, middle);
      return middle;
    };
  };
  return { median, spread };
}

/** Of fewer peers, and at least and at most: standard deviations, share. */
const SPREAD = { unknown: 0.03, least: 0.015, most: 0.1 };

/** From one reading to the next, of the agent in the middle: half of the mean square is the variance where nothing grows. */
function memorySpreadOf(rings: readonly ShareRing[]): number {
  const variances = rings.flatMap(({ permille }) => {
    let [squares, n] = [0, 0];
    for (let i = 1; i < permille.length; i++) {
      const [before, now] = [permille[i - 1], permille[i]];
      if (before == null || now == null) continue;
      squares += ((now - before) / 1_000) ** 2;
      n += 1;
    }
    return n < 3 ? [] : squares / (2 * n);
  });
  if (variances.length <= LEAST_PEERS) return SPREAD.unknown;
  const sorted = Float64Array.from(variances).sort();
  return Math.min(SPREAD.most, Math.max(SPREAD.least, Math.sqrt(sorted[sorted.length >> 1] ?? 0)));
}
