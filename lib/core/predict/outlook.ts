import type { DetectionContext } from '../detect/detection-context.ts';
import { SLOT_MINUTES } from '../detect/share-ring.ts';
import type { Minute } from '../model/time.ts';
import { type AgentOutlookSigns, agentSigns } from './agent-signs.ts';
import { type Courses, signsOfAgents } from './foresight.ts';
import { type Risk, riskOf } from './hazard.ts';
import { type PoolOutlookSigns, poolSigns, poolSignsOf } from './pool-signs.ts';

/** How likely it is that something breaks down within the horizon, and what points to it. */
export interface Outlook<Signs> {
  /** 0..1. */
  probability: number;
  signs: Signs;
  /** Signs that make it likelier, most first, with their part of the log-odds. */
  because: { sign: string; part: number }[];
}

/** Of an agent: likewise of being degraded or down, by signs and coefficients of its own. */
export interface AgentOutlook extends Outlook<AgentOutlookSigns> {
  decline: number;
}

type Known = Pick<DetectionContext, 'minute' | 'roster' | 'courses' | 'memory' | 'inUse' | 'foresight'>;

/** The newest slot that readings can be of: the last minute that five divide. */
export function newestSlot(minute: Minute): number {
  return Math.floor(minute / SLOT_MINUTES);
}

/** Of every agent that something points to, after the newest readings; the same for all who ask until there are others. */
export function agentOutlooks(known: Known): ReadonlyMap<string, AgentOutlook> {
  const found = ofCourses.get(known.courses);
  if (found?.of === known.memory && found.by === known.foresight) return found.outlooks;
  const outlooks = new Map<string, AgentOutlook>();
  const { courses, memory, foresight, roster, minute } = known;
  const signsBefore = signsOfAgents(known satisfies Courses, roster, newestSlot(minute));
  for (const agent of new Set([...courses.keys(), ...memory.keys()])) {
    const signs = signsBefore(agent, 0);
    if (!signs) continue;
    const outlook = outlookOf(riskOf(foresight.agents, signs.values), signs, agentSigns);
    outlooks.set(agent, { ...outlook, decline: riskOf(foresight.declines, signs.decline).probability });
  }
  ofCourses.set(courses, { of: memory, by: foresight, outlooks });
  return outlooks;
}

const ofCourses = new WeakMap<
  DetectionContext['courses'],
  { of: unknown; by: unknown; outlooks: ReadonlyMap<string, AgentOutlook> }
>();

/** Of a pool; null where nothing points to anything. */
export function poolOutlook({ inUse, foresight, minute }: Known, pool: string): Outlook<PoolOutlookSigns> | null {
  const ring = inUse.get(pool);
  const signs = ring ? poolSignsOf({ slot: newestSlot(minute), ring }) : null;
  return signs && outlookOf(riskOf(foresight.pools, signs.values), signs, poolSigns);
}

function outlookOf<Signs>({ probability, parts }: Risk, signs: Signs, names: readonly string[]): Outlook<Signs> {
  const because = parts
    .map((part, i) => ({ sign: names[i] ?? '', part }))
    .filter(({ sign, part }) => sign !== 'any' && part > 0)
    .sort((a, b) => b.part - a.part);
  return { probability, signs, because };
}
