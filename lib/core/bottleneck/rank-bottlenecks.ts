import { MINUTE_MS } from '../model/time.ts';
import type { PathShare } from '../workflow/workflow-types.ts';
import { blockBootstrap, standardNormals } from './block-bootstrap.ts';
import type { Bottleneck, BottleneckReport, ExpectedGain, PoolFlow, Relief } from './bottleneck.ts';
import { type Candidate, candidatesIn, type PoolCandidate } from './candidates.ts';
import { flowBalance } from './flow-balance.ts';
import type { FleetObservation } from './observe-fleet.ts';
import { knee, serviceDemandMs } from './operational-laws.ts';

const DRAWS = 200;
/** A fixed one: the same minutes always give the same answer. */
const SEED = 20_260_101;
/** From fewer minutes nothing can be drawn that tells how sure a rank is. */
const FEWEST_MINUTES = 4;
/** Above, more was at work than there is by the slots that were told: they cannot be right, and no rank by them is sure. */
const MOST_UTILIZATION = 1.05;

/**
 * What limits a fleet, by operational analysis of what it did. By the utilization law U = X·D ÷ m the station with the largest
 * demand per server is the one with the largest utilization, and the throughput is at most X ÷ max U.
 *
 * Slots that wait for a tool look busy. Where the calls of a tool are found to wait for each other
 * ({@link candidatesIn}), that part of the time counts against the tool and not against the pools that call it: so the
 * lowest layer that is saturated comes first.
 * @param path shares of the critical paths of the workflows that ended, if any
 */
export function rankBottlenecks(observation: FleetObservation, path: readonly PathShare[] = []): BottleneckReport {
  const { minutes, workflows, tasks } = observation;
  const jobs = sumOf(workflows) > 0 ? 'workflows' : 'tasks';
  const completed = sumOf(jobs === 'workflows' ? workflows : tasks);
  const candidates = candidatesIn(observation);
  const flows = candidates.filter(({ kind }) => kind === 'pool').map((pool) => flowOf(pool as PoolCandidate));
  const places = Int32Array.from({ length: minutes }, (_, at) => at);
  const scored = candidates
    .map((candidate) => ({ candidate, score: candidate.scoreIn(places) }))
    .filter(({ score }) => score > 0)
    .sort((a, b) => b.score - a.score || (nameOf(a.candidate) < nameOf(b.candidate) ? -1 : 1));
  const sureness = confidences(
    scored.map(({ candidate }) => candidate),
    minutes,
  );
  const perMin = completed / minutes;
  const isBalanced = flows.every((flow) => flow.isBalanced);
  const bottlenecks = scored.map(({ candidate, score }, i): Bottleneck => {
    const { kind, id, servers } = candidate;
    const flow = kind === 'pool' ? flows.find(({ pool }) => pool === id) : undefined;
    const share = pathShareOf(candidate, path);
    return {
      ...{ rank: i + 1, kind, id, servers },
      utilization: candidate.utilization,
      demandMs: completed > 0 ? serviceDemandMs(candidate.busyMs, completed) : 0,
      waitShare: candidate.waitShare,
      pathShare: share,
      evidence: [...candidate.evidence, ...wordsOfSlots(candidate), ...wordsOfFlow(flow), ...wordsOfPath(share)],
      confidence: isBeyondSlots(candidate) ? null : (sureness[i] ?? null),
      expectedGain: completed > 0 ? gainOf(candidate, score, scored, perMin) : null,
    };
  });
  return {
    bottlenecks,
    flows,
    system: systemOf(scored, { jobs, completed, perMin, isBalanced }),
  };
}

interface Scored {
  candidate: Candidate;
  score: number;
}

/**
 * Of each but the last, in how many series of minutes drawn anew it limits more than the next. Scores are blurred by what
 * minutes do not show: jobs that were in one station's queue all the time, and in another's the next time.
 */
function confidences(candidates: readonly Candidate[], minutes: number): number[] {
  if (minutes < FEWEST_MINUTES) return [];
  const normal = standardNormals(SEED);
  const draws = blockBootstrap(minutes, DRAWS, SEED).map((places) =>
    candidates.map((its) => its.scoreIn(places) * Math.exp(its.error * normal())),
  );
  return candidates.slice(1).map((_, i) => {
    const above = draws.filter((scores) => (scores[i] as number) > (scores[i + 1] as number));
    return above.length / draws.length;
  });
}

/** The bound is X ÷ max U, and never less than was done, of which relieving one thing changes its own utilization and that of those who wait for it. */
function gainOf(
  { halved, enlarged, kind, id }: Candidate,
  score: number,
  all: readonly Scored[],
  perMin: number,
): ExpectedGain {
  const most = all[0]?.score ?? score;
  const boundPerMin = boundOf(perMin, most);
  const scoresIf = (own: number, relieves: (other: Candidate) => number) =>
    all.map((other) => {
      const isSame = other.candidate.kind === kind && other.candidate.id === id;
      return { candidate: other.candidate, score: isSame ? own : other.score - relieves(other.candidate) };
    });
  const reliefOf = (scores: readonly Scored[]): Relief => {
    const bound = boundOf(perMin, mostLimiting(scores).score);
    return { boundPerMin: bound, gain: bound / boundPerMin - 1 };
  };
  const ifHalved = scoresIf(score / 2, (other) => halved?.(other) ?? 0);
  return {
    boundPerMin,
    oneMoreAgent: enlarged === null ? null : reliefOf(scoresIf(score * enlarged, () => 0)),
    demandHalved: reliefOf(ifHalved),
    next: all.length > 1 ? nameIn(mostLimiting(ifHalved)) : null,
  };
}

/** @param most the largest score */
function boundOf(perMin: number, most: number): number {
  return perMin / Math.min(1, most);
}

function isBeyondSlots({ utilization, servers }: Candidate): boolean {
  return servers !== null && utilization > MOST_UTILIZATION;
}

function wordsOfSlots(candidate: Candidate): string[] {
  return isBeyondSlots(candidate)
    ? [
        'more than its slots can do: they are more than was declared or reported as capacity, or its tasks ran elsewhere',
      ]
    : [];
}

function mostLimiting(scores: readonly Scored[]): Scored {
  return scores.reduce((most, other) => (other.score > most.score ? other : most));
}

function nameIn({ candidate: { kind, id } }: Scored): ExpectedGain['next'] {
  return { kind, id };
}

function systemOf(
  scored: readonly Scored[],
  known: { jobs: 'workflows' | 'tasks'; completed: number; perMin: number; isBalanced: boolean },
): BottleneckReport['system'] {
  const { jobs, completed, perMin, isBalanced } = known;
  const most = scored[0]?.score;
  const pools = scored.filter(({ candidate }) => candidate.kind === 'pool');
  const demands = pools.map(({ candidate, score }) => {
    const demandMs = candidate.busyMs / completed;
    // With what waits for tools taken out of both.
    return { demandMs, servers: (demandMs * perMin) / MINUTE_MS / score };
  });
  const isKnown = completed > 0 && most !== undefined;
  return {
    ...{ jobs, completed, isBalanced, throughputPerMin: perMin },
    boundPerMin: isKnown ? boundOf(perMin, most) : null,
    knee: isKnown && pools.length > 0 ? knee(demands, 0) : null,
  };
}

function flowOf({ id, queued, waitMs, completed }: PoolCandidate): PoolFlow {
  const { imbalance, growthPerMin, isBalanced } = flowBalance(queued, waitMs, completed);
  return { pool: id, imbalance, backlogGrowthPerMin: growthPerMin, isBalanced };
}

function wordsOfFlow(flow: PoolFlow | undefined): string[] {
  if (!flow || flow.isBalanced || flow.backlogGrowthPerMin === null) return [];
  const by = Math.abs(flow.backlogGrowthPerMin).toFixed(1);
  const how = flow.backlogGrowthPerMin > 0 ? `grows by ${by}` : `shrinks by ${by}`;
  return [
    `its backlog ${how} tasks a minute: the flow of jobs is not in balance, and figures are of what was completed`,
  ];
}

function wordsOfPath(share: number | null): string[] {
  return share === null || share < 0.01 ? [] : [`${percent(share)} of the critical paths of workflows`];
}

function pathShareOf({ kind, id }: Candidate, path: readonly PathShare[]): number | null {
  const total = path.reduce((sum, { workUs, waitUs }) => sum + workUs + waitUs, 0);
  if (total === 0 || (kind !== 'pool' && kind !== 'agent')) return null;
  return path.reduce((sum, its) => (its[kind] === id ? sum + its.workUs + its.waitUs : sum), 0) / total;
}

function nameOf({ kind, id }: Candidate): string {
  return `${kind} ${id}`;
}

function percent(share: number): string {
  return `${(share * 100).toFixed(0)} %`;
}

function sumOf(values: Float64Array): number {
  return values.reduce((sum, value) => sum + value, 0);
}
