import { betaQuantile } from '../../lib/core/efficiency/beta-quantile.ts';
import { DAY_MINUTES, type EpochMs, MINUTE_MS } from '../../lib/core/model/time.ts';
import type { ActionClass } from '../../lib/core/remediate/action-class.ts';
import { createRandom, type Random } from '../../lib/sim/random.ts';
import { type FaultClass, faultClasses } from './fault-classes.ts';

/**
 * The worlds in which learning is judged, written down before any policy had run in them.
 *
 * - 500 incidents in 50 days, at random moments, of 20 fault classes whose frequencies are as 1 ÷ rank (the ranks are drawn),
 *   in 6 pools of 3 types.
 * - How likely a play helps is drawn in one of two ways. *around the priors*: from a beta distribution around its shipped prior
 *   that is worth 5 trials, so priors are right on the average and wrong in many a class. *one remedy*: in each class one play, drawn
 *   in proportion to the priors, is against what is behind the fault there and helps in 85 of 100 cases (a beta distribution worth
 *   10 trials), the others in 15. The second was added when the first had shown that not even an oracle reaches the aims in it.
 *   Pool types differ by a normal deviate of 0.5 on the logit scale.
 * - Incidents are of uneven difficulty: a normal deviate of 0.5 on the logit scale that all plays of an incident share.
 * - An incident is bad for 2 minutes before it is acted on, and 2 more after an action that helps. One that does not costs 12
 *   (a minute until it is applied, one to settle, ten to measure) before the next is tried, and 6 more where it does harm: of
 *   each play's failures a share drawn from Beta(1, 5).
 * - People end it at last, at log-normal times since its onset (median 60 minutes, sigma 0.4). 15 in 100 end by themselves, after
 *   exponential times of 20 minutes on the average: half the time this is taken for the doing of what was tried last.
 * - One trial in ten cannot be measured. 15 incidents in 100 are critical.
 */
const WORLD = {
  incidents: 500,
  days: 50,
  pools: 6,
  poolTypes: 3,
  priorTrials: 5,
  remedy: { helps: 0.85, others: 0.15, trials: 10 },
  typeSpread: 0.5,
  difficultySpread: 0.5,
  minutesToAct: 2,
  minutesToHelp: 2,
  minutesInVain: 12,
  minutesOfHarm: 6,
  peopleMedian: 60,
  peopleSigma: 0.4,
  selfEnding: 0.15,
  selfEndingMean: 20,
  takenForHelp: 0.5,
  unmeasurable: 0.1,
  critical: 0.15,
} as const;

export const INCIDENTS = WORLD.incidents;

/** What is true of one play of a class. */
interface TruePlay {
  kind: ActionClass;
  /** Logit of how likely it helps in an incident of usual difficulty, by type of pool. */
  logits: readonly number[];
  /** Of its failures, 0..1. */
  harmShare: number;
}

export type Truth = ReadonlyMap<string, readonly TruePlay[]>;

export interface Incident {
  atMs: EpochMs;
  of: FaultClass;
  pool: string;
  poolType: number;
  severity: 'critical' | 'high';
  difficulty: number;
  /** Minutes since its onset at which it ends, whatever is done. */
  endsByItself: number;
  endedByPeople: number;
  /** Luck of each play, uniform in 0..1: the same whichever policy tries it, and whenever. */
  luck: ReadonlyMap<ActionClass, { helps: number; harms: number; taken: number; measured: number }>;
}

/** What came of one action in an incident. */
export interface Tried {
  action: ActionClass;
  atMs: EpochMs;
  /** What was measured. */
  outcome: 'helped' | 'harmed' | 'noEffect' | 'unmeasurable';
}

export const worldKinds = ['around the priors', 'one remedy'] as const;
export type WorldKind = (typeof worldKinds)[number];

export function drawTruth(world: WorldKind, seed: number): Truth {
  const random = createRandom(seed, `truth ${world}`);
  return new Map(
    faultClasses.map(({ fault, plays }) => {
      const remedy = drawWeighted(plays, ({ prior }) => prior, random);
      const truePlays = plays.map((play) => {
        const { kind, prior } = play;
        const { helps, others } = WORLD.remedy;
        const isAround = world === 'around the priors';
        const size = isAround ? WORLD.priorTrials : WORLD.remedy.trials;
        const expected = isAround ? prior : play === remedy ? helps : others;
        const usual = logit(betaQuantile(random.uniform(), expected * size, (1 - expected) * size));
        const logits = Array.from({ length: WORLD.poolTypes }, () => usual + random.normal(0, WORLD.typeSpread));
        return { kind, logits, harmShare: betaQuantile(random.uniform(), 1, 5) };
      });
      return [fault, truePlays];
    }),
  );
}

/** The same but for a normal deviate of each play on the logit scale: another fleet of the same kind. */
export function drifted(truth: Truth, spread: number, seed: number): Truth {
  const random = createRandom(seed, 'drift');
  return mapPlays(truth, (plays) =>
    plays.map((play) => {
      const by = random.normal(0, spread);
      return { ...play, logits: play.logits.map((value) => value + by) };
    }),
  );
}

/** Each class's plays have the success of the next better one, and the best that of the worst: what seems best is not. */
export function permuted(truth: Truth): Truth {
  return mapPlays(truth, (plays) => {
    const ranked = plays.toSorted((a, b) => usualLogit(b) - usualLogit(a));
    return plays.map((play) => {
      const from = ranked[(ranked.indexOf(play) + ranked.length - 1) % ranked.length] as TruePlay;
      return { ...play, logits: from.logits, harmShare: from.harmShare };
    });
  });
}

/** In each class the best play changes places with another, drawn at random. */
export function swapped(truth: Truth, seed: number): Truth {
  const random = createRandom(seed, 'swap');
  return mapPlays(truth, (plays) => {
    const best = plays.toSorted((a, b) => usualLogit(b) - usualLogit(a))[0] as TruePlay;
    const others = plays.filter((play) => play !== best);
    const other = others[random.int(others.length)] as TruePlay;
    return plays.map((play) => {
      const from = play === best ? other : play === other ? best : play;
      return { ...play, logits: from.logits, harmShare: from.harmShare };
    });
  });
}

function mapPlays(truth: Truth, map: (plays: readonly TruePlay[]) => readonly TruePlay[]): Truth {
  return new Map([...truth].map(([fault, plays]) => [fault, map(plays)]));
}

function usualLogit({ logits }: TruePlay): number {
  return logits.reduce((sum, value) => sum + value, 0) / logits.length;
}

export function drawIncidents(seed: number, count: number = WORLD.incidents): Incident[] {
  const random = createRandom(seed, 'incidents');
  const ranked = shuffled(faultClasses, random);
  const span = WORLD.days * DAY_MINUTES * MINUTE_MS;
  const times = Array.from({ length: count }, () => random.uniform() * span).sort((a, b) => a - b);
  return times.map((atMs) => {
    const of = drawWeighted(ranked, (_, i) => 1 / (i + 1), random);
    const pool = random.int(WORLD.pools);
    return {
      atMs,
      of,
      pool: `pool-${pool}`,
      poolType: pool % WORLD.poolTypes,
      severity: random.uniform() < WORLD.critical ? 'critical' : 'high',
      difficulty: random.normal(0, WORLD.difficultySpread),
      endsByItself:
        random.uniform() < WORLD.selfEnding ? random.exponential(WORLD.selfEndingMean) : Number.POSITIVE_INFINITY,
      endedByPeople: random.logNormal(WORLD.peopleMedian, WORLD.peopleSigma),
      luck: new Map(
        of.plays.map(({ kind }) => [
          kind,
          { helps: random.uniform(), harms: random.uniform(), taken: random.uniform(), measured: random.uniform() },
        ]),
      ),
    };
  });
}

function shuffled<Item>(items: readonly Item[], random: Random): Item[] {
  const rest = [...items];
  return items.map(() => rest.splice(random.int(rest.length), 1)[0] as Item);
}

function drawWeighted<Item>(items: readonly Item[], weight: (item: Item, i: number) => number, random: Random): Item {
  const total = items.reduce((sum, item, i) => sum + weight(item, i), 0);
  let left = random.uniform() * total;
  for (const [i, item] of items.entries()) {
    left -= weight(item, i);
    if (left < 0) return item;
  }
  return items.at(-1) as Item;
}

/** How likely a play helps in a pool of this type, in an incident of this difficulty. */
export function successOf(
  truth: Truth,
  { of, poolType, difficulty }: Pick<Incident, 'of' | 'poolType' | 'difficulty'>,
  action: ActionClass,
): number {
  const play = playOf(truth, of.fault, action);
  return 1 / (1 + Math.exp(difficulty - (play.logits[poolType] as number)));
}

/**
 * Tries the plays in this order until the incident is over.
 * @returns how long it was bad, and what was tried, each with the moment at which its outcome is known
 */
export function liveThrough(
  truth: Truth,
  incident: Incident,
  order: readonly ActionClass[],
): { badMinutes: number; tried: Tried[] } {
  const { luck, endsByItself, atMs } = incident;
  const overAt = Math.min(endsByItself, incident.endedByPeople);
  const tried: Tried[] = [];
  let minute: number = WORLD.minutesToAct;
  for (const action of order) {
    if (minute >= overAt) break;
    const { helps, harms, taken, measured } = luck.get(action) as NonNullable<ReturnType<typeof luck.get>>;
    const isHelp = helps < successOf(truth, incident, action);
    const isHarm = !isHelp && harms < playOf(truth, incident.of.fault, action).harmShare;
    minute += isHelp ? WORLD.minutesToHelp : WORLD.minutesInVain + (isHarm ? WORLD.minutesOfHarm : 0);
    const isTaken = !isHelp && endsByItself <= minute && taken < WORLD.takenForHelp;
    const seen = isHelp || isTaken ? 'helped' : isHarm ? 'harmed' : 'noEffect';
    const knownMs = atMs + (minute + WORLD.minutesInVain) * MINUTE_MS;
    tried.push({ action, atMs: knownMs, outcome: measured < WORLD.unmeasurable ? 'unmeasurable' : seen });
    if (isHelp) return { badMinutes: Math.min(minute, overAt), tried };
  }
  return { badMinutes: overAt, tried };
}

function playOf(truth: Truth, fault: string, action: ActionClass): TruePlay {
  const play = truth.get(fault)?.find(({ kind }) => kind === action);
  if (!play) throw new RangeError(`${fault} has no play ${action}`);
  return play;
}

function logit(p: number): number {
  return Math.log(p / (1 - p));
}
