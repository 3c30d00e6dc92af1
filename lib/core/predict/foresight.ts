import { ringUntil, type ShareRing, SLOT_MINUTES } from '../detect/share-ring.ts';
import { poolOf, type Roster } from '../model/roster.ts';
import type { Minute } from '../model/time.ts';
import { type AgentCourse, courseUntil } from './agent-course.ts';
import { agentPrior } from './agent-prior.ts';
import { type AgentOutlookSigns, LATELY_SLOTS, signsOf } from './agent-signs.ts';
import { type Hazard, hazardAfter, hazardFaded } from './hazard.ts';
import { poolPrior } from './pool-prior.ts';
import { poolSignsOf } from './pool-signs.ts';

/** What is predicted: that an agent breaks down, or a pool comes to a standstill, within so many minutes. */
export const HORIZON_MINUTES = 30;
/** Of five: readings are taken in the first, which has enough to do. */
const LEARNING_MINUTE = 2;
const HORIZON_SLOTS = HORIZON_MINUTES / SLOT_MINUTES;

/** What a system has learned of its own breakdowns. */
export interface Foresight {
  /** The newest slot that it learned from; 0 before the first. */
  slot: number;
  agents: Hazard;
  pools: Hazard;
  /** Slots in which agents and pools broke down, lately: by agent, and by pool. */
  brokeAgents: ReadonlyMap<string, number>;
  brokePools: ReadonlyMap<string, number>;
}

export const noForesight: Foresight = {
  slot: 0,
  agents: agentPrior,
  pools: poolPrior,
  brokeAgents: new Map(),
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
    const of = peersMemory(poolOf(roster.get(agent)));
    return signsOf({
      slot: slot - back,
      course: course ? courseUntil(course, slot - back) : null,
      memory: ring ? ringUntil(ring, slot - back) : null,
      peersMemory: of,
      broke: broke !== null && broke < slot - back ? broke : null,
    });
  };
}

/**
 * What is known after a minute whose alerts are known: every fifth, of agents and pools that broke down in it the half-hour before,
 * and of the others what half an hour ago pointed to something and came to nothing.
 * @param broken agents and pools whose breakdown is alerted about now, whether it is new or not
 * @returns the same where nothing is learned, also for a minute that is in it already
 */
export function foresightAfter(
  before: Courses,
  { minute, roster }: { minute: Minute; roster: Roster },
  broken: { agents: ReadonlySet<string>; pools: ReadonlySet<string> },
): Foresight {
  const { foresight } = before;
  const slot = (minute - LEARNING_MINUTE) / SLOT_MINUTES;
  if (!Number.isInteger(slot) || slot <= foresight.slot) return foresight;
  const signs = signsOfAgents(before, roster, slot);
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

/** Median of what the agents of a pool had in use, by slot, worked out when it is asked for. */
function memoryByPool(memory: Courses['memory'], roster: Roster, slot: number) {
  const pools = new Map<string, ShareRing[]>();
  for (const [agent, ring] of memory) {
    const pool = poolOf(roster.get(agent));
    const rings = pools.get(pool);
    if (rings) rings.push(ring);
    else pools.set(pool, [ring]);
  }
  const medians = new Map<string, Map<number, number | null>>();
  return (pool: string) => {
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
      const median = sorted.length > LEAST_PEERS ? (sorted[sorted.length >> 1] ?? 0) / 1_000 : null;
      known.set(at, median);
      return median;
    };
  };
}
