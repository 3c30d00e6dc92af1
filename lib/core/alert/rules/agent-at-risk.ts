import type { DetectionContext } from '../../detect/detection-context.ts';
import { livenessAt } from '../../detect/liveness.ts';
import { SLOT_MINUTES } from '../../detect/share-ring.ts';
import { poolOf } from '../../model/roster.ts';
import { MINUTE_MS } from '../../model/time.ts';
import { type AgentSign, agentSigns, declineSigns, LEAST_RISE_Z, limits } from '../../predict/agent-signs.ts';
import { HORIZON_MINUTES } from '../../predict/foresight.ts';
import { riskOf, stricterProbability } from '../../predict/hazard.ts';
import { type AgentOutlook, agentOutlooks, newestSlot } from '../../predict/outlook.ts';
import { minutesUntil, type Ramp } from '../../predict/ramp.ts';
import type { AlertScope, Finding } from '../alert.ts';
import { alertFingerprint } from '../fingerprint.ts';
import { isPoolWide } from '../pool-wide.ts';
import type { AlertRule, Assessment } from '../rule.ts';
import { twoFigurePercent } from '../two-figure-percent.ts';
import { agentLeaking } from './agent-leaking.ts';
import { agentDegraded, agentSlower } from './agent-slow.ts';
import { isOtherwiseDown } from './otherwise-down.ts';

const condition = {
  /** That it breaks down within half an hour ... */
  probability: 0.5,
  /** ... or that it is degraded: twice as slow, or failing half of its tasks. */
  declineProbability: 0.3,
  /** Below this it counts as well again. */
  clearProbability: 0.2,
};

/** Where so many of a pool rise at once, it is their work: a part of those that are there, and two at least. */
const SHARED = 0.25;

/** What is known of an agent points to its breaking down soon, or to its being degraded. */
export const agentAtRisk: AlertRule<typeof condition> = {
  id: 'agent-at-risk',
  kind: 'failure_predicted',
  looksFor: `an agent is likelier than not to die or hang within ${HORIZON_MINUTES} minutes, or is with three chances in ten to be degraded by then (twice as slow, or failing half of its tasks): its memory, its errors or the time that it takes grow along a line while those of its peers do not; how much each counts is learned from the agents that died or were degraded before`,
  condition,
  resolveAfterMinutes: 10,
  cooldownMinutes: 60,
  runbook: 'docs/runbooks.md#agent-at-risk',
  assess: (context) => {
    const pools = Map.groupBy(agentOutlooks(context), ([agent]) => poolOf(context.roster.get(agent)));
    const agents = agentsByPool(context);
    return [...pools].flatMap(([pool, outlooks]) => {
      const strictness = context.strictness(agentAtRisk.id, pool);
      const needed = stricterProbability(condition.probability, strictness);
      const neededOfDecline = stricterProbability(condition.declineProbability, strictness);
      const all = agents.get(pool) ?? 0;
      const unwell = outlooks.filter(([, { probability }]) => probability >= condition.clearProbability).length;
      const declining = outlooks.filter(([, { decline }]) => decline >= condition.clearProbability).length;
      const [isShared, isDeclineShared] = [isPoolWide(unwell, all), declining >= Math.max(2, SHARED * all)];
      return outlooks.map(([agent, outlook]): Assessment => {
        const scope = { pool, agent };
        // What came true is over when the agent is back.
        const isDown = isOtherwiseDown(context, scope);
        if (!isDown && Math.max(outlook.probability, outlook.decline) < condition.clearProbability)
          return { scope, verdict: 'clear' };
        const isToldOtherwise = context.firing.has(alertFingerprint(agentLeaking.id, scope));
        const isKnown = isToldOtherwise || isDown || !isThere(context, agent);
        if (isShared || isKnown) return { scope, verdict: 'unknown' };
        if (outlook.probability >= needed)
          return { scope, verdict: 'breach', finding: findingOf(scope, outlook, context) };
        const isAhead =
          outlook.decline >= neededOfDecline &&
          !isDeclineShared &&
          !isDegraded(context, scope, outlook) &&
          !isStep(outlook);
        if (!isAhead) return { scope, verdict: 'unknown' };
        return { scope, verdict: 'breach', finding: findingOfDecline(scope, outlook, context) };
      });
    });
  },
};

/** Of what is so already nothing is foretold. */
function isDegraded({ firing }: DetectionContext, scope: AlertScope, { signs: { newest } }: AgentOutlook): boolean {
  if ([agentDegraded, agentSlower].some(({ id }) => firing.has(alertFingerprint(id, scope)))) return true;
  return newest !== null && newest.failed / newest.ended - newest.peersFailedPermille / 1_000 >= limits.errors;
}

/** Who is silent already, or has said goodbye, is told of by other rules. */
function isThere({ roster, nowMs }: DetectionContext, agent: string): boolean {
  const entry = roster.get(agent);
  if (!entry) return false;
  return entry.lastBeat === null || livenessAt(entry, nowMs).kind === 'alive';
}

function agentsByPool({ courses, roster }: DetectionContext): Map<string, number> {
  const counts = new Map<string, number>();
  for (const agent of courses.keys()) {
    const pool = poolOf(roster.get(agent));
    counts.set(pool, (counts.get(pool) ?? 0) + 1);
  }
  return counts;
}

/** Errors that a step explains e times as well as a line, of an agent whose memory does not grow: they came at once, and stay. */
function isStep({ signs: { rises } }: AgentOutlook): boolean {
  return (rises.leak?.z ?? 0) < LEAST_RISE_Z && (rises.fail?.evidence ?? 0) < -1;
}

function findingOfDecline(
  scope: AlertScope & { agent: string },
  { decline, signs }: AgentOutlook,
  context: DetectionContext,
): Finding {
  const { leak, fail } = signs.rises;
  const rises = [
    { rise: leak, words: 'its memory has grown, and that of its peers has not' },
    { rise: fail, words: 'ever more of its tasks fail' },
  ].flatMap(({ rise, words }) => (rise && rise.z >= LEAST_RISE_Z ? [{ rise, words }] : []));
  const [first] = rises.toSorted((a, b) => b.rise.z - a.rise.z);
  const without = riskOf(context.foresight.declines, [1, ...declineSigns.slice(1).map(() => 0)]).probability;
  return {
    title: `Agent ${scope.agent} is degraded or breaks down with ${chancesInTen(decline)} within ${HORIZON_MINUTES} min`,
    why: `${rises.map(({ rise, words }) => `Since ${clockOf(onsetMs(context, rise))} UTC ${words}: by ${twoFigurePercent(10 * rise.slope)} every 10 min, ${rise.z.toFixed(1)} standard errors from nothing.`).join(' ')} Of agents like this, ${twoFigurePercent(decline)} take twice as long, fail half of their tasks, die or hang within ${HORIZON_MINUTES} min. Others of pool ${scope.pool} do not show the same, so it is the agent rather than its work.`.trim(),
    onsetMs: first ? onsetMs(context, first.rise) : context.nowMs,
    ...{ value: decline, expected: without, unit: 'ratio', n: signs.newest?.ended ?? 1 },
    impact: { minutesLeft: HORIZON_MINUTES },
    evidence: rises.map(({ rise, words }) => `${words}: ${rise.z.toFixed(1)} standard errors`),
    contributors: [{ agent: scope.agent, share: 1 }],
  };
}

function findingOf(
  scope: AlertScope & { agent: string },
  { probability, signs, because }: AgentOutlook,
  context: DetectionContext,
): Finding {
  const { ramps } = signs;
  const growing = [
    { name: 'memory', ramp: ramps.memory, limit: limits.memory, sign: 'memory' },
    { name: 'errors', ramp: ramps.errors, limit: limits.errors, sign: 'error' },
    { name: 'slow', ramp: ramps.slow, limit: limits.slow, sign: 'slow' },
  ].filter(({ ramp }) => ramp && ramp.evidence > 0) as { name: string; ramp: Ramp; limit: number; sign: string }[];
  // What makes it likeliest comes first.
  const rank = ({ sign }: { sign: string }) => because.findIndex((it) => it.sign.startsWith(sign));
  growing.sort((a, b) => (rank(a) < 0 ? 99 : rank(a)) - (rank(b) < 0 ? 99 : rank(b)));
  const [first] = growing;
  const left = first && minutesUntil(levelled(first, context, scope.agent), first.limit);
  const minutes = left ? Math.min(HORIZON_MINUTES, Math.round(left.expected)) : HORIZON_MINUTES;
  const chance = chancesInTen(probability);
  const by = `with ${chance} within ${HORIZON_MINUTES} min`;
  const runsOut = first?.name === 'memory';
  const inMinutes = minutes === 0 ? 'now' : `in about ${minutes} min`;
  const without = riskOf(context.foresight.agents, [1, ...agentSigns.slice(1).map(() => 0)]).probability;
  return {
    title: runsOut
      ? `Agent ${scope.agent} runs out of memory ${inMinutes}, and breaks down ${by}`
      : `Agent ${scope.agent} breaks down ${by}`,
    why: `${growing.map((it) => inWords(it, context, scope.agent)).join(' ')} Of agents like this, ${twoFigurePercent(probability)} die or hang within ${HORIZON_MINUTES} min. Others of pool ${scope.pool} do not show the same, so it is the agent rather than its work.`.trim(),
    onsetMs: first ? onsetMs(context, first.ramp) : context.nowMs,
    ...{ value: probability, expected: without, unit: 'ratio', n: first?.ramp.n ?? 1 },
    impact: { minutesLeft: minutes },
    evidence: because.slice(0, 4).map(({ sign, part }) => `${signWords[sign as AgentSign]}: odds times ${times(part)}`),
    contributors: [{ agent: scope.agent, share: 1 }],
  };
}

const signWords: Record<AgentSign, string> = {
  any: 'anything at all',
  memoryRamp: 'memory grows steadily',
  memoryNear: 'memory will soon be full',
  memoryFull: 'memory is filling up',
  errorRamp: 'errors grow steadily',
  errorNear: 'half of its tasks will soon fail',
  errorHigh: 'more of its tasks fail than of its peers',
  errorStep: 'errors came at once',
  slowRamp: 'its tasks take longer and longer',
  slowNear: 'its tasks will soon take three times as long',
  slowHigh: 'its tasks take longer than those of its peers',
  slowStep: 'it became slow at once',
  beatLate: 'its heartbeat is late',
  brokeLately: 'it broke down in the last two hours',
};

/** What a ramp of memory comes to is what is in use, not what is in use beyond the peers. */
function levelled({ name, ramp }: { name: string; ramp: Ramp }, { memory }: DetectionContext, agent: string): Ramp {
  const now = memory.get(agent)?.permille.at(-1);
  return name === 'memory' && now != null ? { ...ramp, level: now / 1_000 } : ramp;
}

function inWords(it: { name: string; ramp: Ramp; limit: number }, context: DetectionContext, agent: string): string {
  const { level, slope } = levelled(it, context, agent);
  const { expected, earliest, latest } = minutesUntil({ ...it.ramp, level, slope }, it.limit);
  const clock = (minutes: number) => new Date(context.nowMs + minutes * MINUTE_MS).toISOString().slice(11, 16);
  const since = clockOf(onsetMs(context, it.ramp));
  const bounds = Number.isFinite(latest)
    ? `${clock(earliest)} to ${clock(latest)}`
    : `${clock(earliest)} at the earliest`;
  const reached = expected > 0 ? ` at ${clock(expected)} UTC (${bounds}, with four chances in five)` : ' now';
  const per10 = 10 * slope;
  if (it.name === 'memory') {
    return `Its memory has grown since ${since} UTC to ${twoFigurePercent(level)}, by ${twoFigurePercent(per10)} every 10 min. At this pace it has ${twoFigurePercent(it.limit)} in use${reached}.`;
  }
  if (it.name === 'errors') {
    return `Since ${since} UTC ever more of its tasks fail, now ${twoFigurePercent(Math.max(0, level))} more than of its peers and ${twoFigurePercent(per10)} more every 10 min. At this pace it is half of them${reached}.`;
  }
  return `Since ${since} UTC its tasks take longer and longer, now ${Math.exp(level).toFixed(1)} times as long as those of its peers. At this pace it is ${Math.exp(it.limit).toFixed(0)} times${reached}.`;
}

function clockOf(ms: number): string {
  return new Date(ms).toISOString().slice(11, 16);
}

function onsetMs({ minute }: DetectionContext, { onset }: Pick<Ramp, 'onset'>): number {
  return (newestSlot(minute) * SLOT_MINUTES + onset) * MINUTE_MS;
}

function chancesInTen(probability: number): string {
  const chances = Math.min(9, Math.max(1, Math.round(10 * probability)));
  return `${probability > 0.95 ? 'more than 9' : chances} chances in 10`;
}

function times(part: number): string {
  return Number(Math.exp(part).toPrecision(2)).toString();
}
