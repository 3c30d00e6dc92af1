import { outcomesByPool } from '../../detect/agent-outcomes.ts';
import { agentsThere } from '../../detect/agents-there.ts';
import { LOOKBACK_MINUTES } from '../../detect/detection-context.ts';
import { livenessAt } from '../../detect/liveness.ts';
import { poolOf } from '../../model/roster.ts';
import { type EpochMs, MINUTE_MS, type Minute, minuteOf } from '../../model/time.ts';
import {
  type BreakerMinute,
  type BreakerState,
  breakerAfter,
  FEWEST_PROBES,
  MOST_TIMES,
  neverOpened,
} from '../breaker-state.ts';
import type { DirectiveOf, Proposal } from '../directive.ts';
import type { DecisionContext, DirectiveKind } from '../directive-kind.ts';
import { endedSince, msSpared } from '../evidence/ended-since.ts';
import { endedWithin, expectedWork, totalPerMinute } from '../evidence/expected-work.ts';
import type { Ailment, IllAgent } from '../evidence/ill-agent.ts';
import { evidenceByPool, type PoolEvidence } from '../evidence/pool-evidence.ts';
import { isLastOfItsKind, skillsIn } from '../last-of-its-kind.ts';
import { partEvidence } from '../part-evidence.ts';
import { agentsOfWorseVersions } from '../worse-versions.ts';

/** Keeps calls away from an agent, a tool or a model that fails. */
export interface BreakerParams {
  /** Exactly one of the three; the pool is that of the agent. */
  agent?: string;
  tool?: string;
  model?: string;
  pool?: string;
  state: 'open' | 'half-open' | 'closed';
  /** Share of what it would get that it still gets: 0 while open and nothing is to be learned, all of it when closed. */
  probeFraction: number;
}

/** What a breaker remembers of itself: moments, so that deciding a minute again changes nothing. */
export interface BreakerMemory {
  /** How often it opened without having been well in between; 1 the first time, five at most. */
  times: number;
  /** When it came into the state that it is in. */
  sinceMs: EpochMs;
  /** When it opens to probes. */
  untilMs: EpochMs;
  /** What it opened for; of tools and models absent. */
  ailment?: Ailment;
  /** Of a tool or a model, calls a minute before they were kept from it; absent of what was cut off by an earlier version. */
  callsPerMinute?: number;
  /** Of an agent that is probed, what became of its tasks in minutes that are not looked back on any more. */
  probed?: Probed;
}

/** Tasks of the minutes from one through another. */
interface Probed {
  from: Minute;
  through: Minute;
  completed: number;
  failed: number;
  timeout: number;
}

/** A little goes to what is cut off, or nobody would see it recover. */
const TRICKLE = 0.01;
/**
 * Share of its work that goes to an agent that is probed; more where that is less than so many tasks a minute: five within the time
 * that it is probed for, as reports are late by then. More would be lost on an agent that is still ill.
 */
const PROBE_SHARE = 0.05;
const PROBES_PER_MINUTE = 2.5;
const MOST_PROBED = 0.5;
/** Of probes that were sent, and had the time that tasks take, so many must have ended, or what they were sent to swallows them. */
const PROBES_MISSED = 3;
/** Who never sends a heartbeat, and is told of by nobody for so long, not even that a probe timed out, is taken to be gone. */
const UNHEARD_MS = 60 * MINUTE_MS;
/**
 * A slow agent gets less work first: its breaker opens when that has been so for long enough to be measured, and it still is this
 * many times slower.
 */
const SLOW = { times: 4, routedMs: 20 * MINUTE_MS };
const EXPECTED_WITHIN_MS = 15 * MINUTE_MS;
/** A tool or a model that is probed for so long, and was not called in the last minutes, is used no more. */
const UNCALLED_MS = 30 * MINUTE_MS;
const rank: readonly Ailment[] = ['dead', 'hung', 'failing', 'slow', 'poor'];

/** Cuts off agents, tools and models that do harm, and lets them back by probes: see breaker-state.ts. */
export const breaker: DirectiveKind<'breaker'> = {
  propose: (context, inForce) => [...ofAgents(context, inForce), ...ofParts(context, inForce)],
  differs: (before, after) => before.state !== after.state || before.probeFraction !== after.probeFraction,
  targets: ({ agent, tool, model, pool }) => [agent ?? tool ?? model ?? '', ...(pool ? [pool] : [])],
};

function ofAgents(context: DecisionContext, inForce: readonly DirectiveOf<'breaker'>[]): Proposal<'breaker'>[] {
  const pools = evidenceByPool(context);
  const current = new Map(inForce.flatMap((it) => (it.params.agent === undefined ? [] : [[it.params.agent, it]])));
  const ofVersions = new Set(agentsOfWorseVersions(context).flatMap(({ agents }) => agents));
  const ill = [...pools.values()]
    .flatMap((pool) => [...pool.ill.values()])
    .filter(({ agent, ailment }) => !(ofVersions.has(agent) && isOfVersion(ailment)))
    .filter(({ agent }) => !current.has(agent) && !hasLeft(agent, context))
    .filter((evidence) => isWorthIt(evidence, context))
    .sort((a, b) => rank.indexOf(a.ailment) - rank.indexOf(b.ailment) || a.agent.localeCompare(b.agent));
  const out = new Set(current.keys());
  const skills = new Map<string, ReturnType<typeof skillsIn>>();
  const skillsOf = (pool: string) => {
    const its = skills.get(pool) ?? skillsIn(pool, context);
    skills.set(pool, its);
    return its;
  };
  const proposals: Proposal<'breaker'>[] = [];
  for (const [agent, directive] of current) {
    const pool = poolOf(context.roster.get(agent));
    const isNeeded = () =>
      !isMissing(agent, context) && isLastOfItsKind(agent, skillsOf(pool), out, context, pools.get(pool));
    const over = hasLeft(agent, context) ? leftBy(agent, context) : isNeeded() ? neededFrom(agent) : null;
    const goOn = directive.inForceMs === null ? waiting : continued;
    const proposal = over ? { ...directive, over } : goOn(agent, directive, context, pools);
    if (proposal) proposals.push(proposal);
    if (over || !proposal) out.delete(agent);
  }
  for (const evidence of ill) {
    const { agent, pool } = evidence;
    if (isLastOfItsKind(agent, skillsOf(pool), out, context, pools.get(pool))) continue;
    out.add(agent);
    const state = breakerAfter(lastState(agent, context), minuteOfBad, context.nowMs, agent);
    if (state.state === 'closed') continue;
    proposals.push(opening(evidence, state, context));
  }
  return proposals;
}

/** What a version does to all that run it is answered for all of them together; who does nothing any more is answered alone. */
function isOfVersion(ailment: Ailment): boolean {
  return ailment !== 'dead' && ailment !== 'hung';
}

/** Who said goodbye, or was forgotten, gets no work anyway, and comes back as somebody new. */
function hasLeft(agent: string, { roster, nowMs }: DecisionContext): boolean {
  const entry = roster.get(agent);
  if (!entry) return true;
  if (entry.lastBeat === null) return nowMs - entry.lastSeenMs >= UNHEARD_MS;
  return livenessAt(entry, nowMs).kind === 'not-expected';
}

/** Who is not there is no better than none. */
function isMissing(agent: string, { roster, nowMs }: DecisionContext): boolean {
  const entry = roster.get(agent);
  return entry !== undefined && livenessAt(entry, nowMs).kind === 'missing';
}

function leftBy(agent: string, { roster }: DecisionContext): NonNullable<Proposal<'breaker'>['over']> {
  const isUnheard = roster.get(agent)?.lastBeat === null;
  const why = isUnheard
    ? `nothing was heard of ${agent} for an hour`
    : `${agent} has left: no work goes to it any more`;
  return { by: 'agent left', why };
}

function neededFrom(agent: string): NonNullable<Proposal<'breaker'>['over']> {
  return {
    by: 'last of its kind',
    why: `nobody else is well who does what ${agent} does: a bad one is better than none`,
  };
}

const minuteOfBad: BreakerMinute = { isBad: true, isGone: false, probes: { good: 0, n: 0 }, isSilent: false };

function isWorthIt({ ailment, agent, timesSlower }: IllAgent, { live, nowMs }: DecisionContext): boolean {
  if (ailment === 'poor') return false;
  if (ailment !== 'slow') return true;
  const isRouted = live.some(
    ({ directive }) =>
      directive.kind === 'route' &&
      directive.blastRadius.agents.includes(agent) &&
      nowMs - (directive.inForceMs ?? nowMs) >= SLOW.routedMs,
  );
  return timesSlower >= SLOW.times && isRouted;
}

/** What is remembered of the agent's, tool's or model's last breaker. */
function lastState(subject: string, { recent }: Pick<DecisionContext, 'recent'>): BreakerState {
  let last: BreakerState = neverOpened;
  for (const { directive } of recent) {
    if (directive.kind !== 'breaker' || directive.subject !== subject || !directive.ended) continue;
    if (directive.inForceMs === null || directive.ended.atMs < last.sinceMs) continue;
    last = { state: 'closed', times: directive.memory.times, sinceMs: directive.ended.atMs };
  }
  return last;
}

/**
 * A breaker that waits for a person, as it was proposed: all goes to its agent meanwhile, so that nothing is a probe. null when the agent
 * shows nothing ill any more.
 */
function waiting(
  agent: string,
  current: DirectiveOf<'breaker'>,
  context: DecisionContext,
  pools: ReadonlyMap<string, PoolEvidence>,
): Proposal<'breaker'> | null {
  const pool = poolOf(context.roster.get(agent));
  const completed = outcomesByPool(context).get(pool)?.get(agent)?.total().completed ?? 0;
  const stillHangs = current.memory.ailment === 'hung' && completed === 0;
  return isMissing(agent, context) || stillHangs || pools.get(pool)?.isDoubtful(agent) ? current : null;
}

/** A breaker in force, after this minute; null when it closes. */
function continued(
  agent: string,
  current: DirectiveOf<'breaker'>,
  context: DecisionContext,
  pools: ReadonlyMap<string, PoolEvidence>,
): Proposal<'breaker'> | null {
  const { roster, nowMs } = context;
  const entry = roster.get(agent);
  if (!entry) return null;
  const [pool, before] = [poolOf(entry), stateOf(current)];
  const evidence = pools.get(pool);
  const liveness = livenessAt(entry, nowMs).kind;
  const since = startedMinute(agent, before.sinceMs, context);
  const probed = before.state === 'half-open' ? probedUntil(agent, since, current.memory, context) : null;
  const work = expectedWork(agent, context);
  const state = breakerAfter(
    before,
    {
      isBad: true,
      isGone: liveness === 'missing',
      probes: probed ? probesOf(agent, probed, current.memory.ailment, context, evidence) : none,
      isSilent:
        before.state === 'half-open' &&
        // Who says nothing of its slots is taken to be at work.
        evidence?.isBusyNow(agent) !== false &&
        current.params.probeFraction * endedWithin(work, nowMs - before.sinceMs) >= PROBES_MISSED,
    },
    nowMs,
    agent,
  );
  if (state.state === 'closed') return null;
  const found = evidence?.ill.get(agent);
  const ailment = found?.ailment === 'dead' ? 'dead' : current.memory.ailment;
  const hasChanged = state.state !== before.state || state.sinceMs !== before.sinceMs;
  return {
    ...current,
    params: {
      ...{ agent, pool, state: state.state },
      probeFraction:
        state.state === 'half-open'
          ? probeFraction(totalPerMinute(work) * (ailment === 'failing' ? 2 : 1))
          : trickle(liveness === 'missing'),
    },
    memory: { ...memoryOf(state, ailment), ...(probed && !hasChanged && { probed }) },
    summary: summaryOf(agent, state),
    evidence: hasChanged ? [...current.evidence, wordsOf(agent, state, before)] : current.evidence,
    blastRadius: { ...current.blastRadius, pool },
  };
}

const none = { good: 0, n: 0 };

/** First minute whose tasks are probes: those that a restart broke off are none. */
function startedMinute(agent: string, sinceMs: EpochMs, { recent, live }: DecisionContext): Minute {
  let since = minuteOf(sinceMs);
  for (const { directive, ack } of [...recent, ...live]) {
    if (directive.kind !== 'restart' || directive.params.agent !== agent || !ack?.applied) continue;
    since = Math.max(since, minuteOf(ack.atMs) + 1);
  }
  return since;
}

/**
 * What became of the tasks of an agent that is probed in the minutes from `since` on that the next minute will not look back on. Of one that was slow tasks
 * count that can be compared with those of its peers, and no others.
 */
function probedUntil(
  agent: string,
  since: Minute,
  { probed, ailment }: BreakerMemory,
  context: DecisionContext,
): Probed {
  const oldest = context.minute - LOOKBACK_MINUTES + 1;
  const none: Probed = { from: since, through: since - 1, completed: 0, failed: 0, timeout: 0 };
  const known = probed?.from === since ? probed : none;
  if (oldest <= known.through || ailment === 'slow') return known;
  const outcomes = outcomesByPool(context)
    .get(poolOf(context.roster.get(agent)))
    ?.get(agent)
    ?.total(0);
  return {
    ...{ from: since, through: oldest },
    completed: known.completed + (outcomes?.completed ?? 0),
    failed: known.failed + (outcomes?.failed ?? 0),
    timeout: known.timeout + (outcomes?.timeout ?? 0),
  };
}

/** Tasks that an agent ended since it is probed. What was given up may be from before: it counts where nothing else ended. */
function probesOf(
  agent: string,
  probed: Probed,
  ailment: Ailment | undefined,
  context: DecisionContext,
  evidence: PoolEvidence | undefined,
): BreakerMinute['probes'] {
  const from = Math.max(0, probed.through + 1 - (context.minute - LOOKBACK_MINUTES + 1));
  const outcomes = outcomesByPool(context)
    .get(poolOf(context.roster.get(agent)))
    ?.get(agent);
  const sums = from >= LOOKBACK_MINUTES ? [] : [...(outcomes?.byTypeFrom(from).values() ?? [])];
  const total = (of: (it: Pick<Probed, 'completed' | 'failed' | 'timeout'>) => number) =>
    sums.reduce((sum, it) => sum + of(it), of(probed));
  const [completed, failed, timeout] = [
    total((it) => it.completed),
    total((it) => it.failed),
    total((it) => it.timeout),
  ];
  const bad = failed + (completed === 0 ? timeout : 0);
  const n = completed + bad;
  const badShare = evidence?.badShare ?? 0;
  // Where the peers fail as well, it is no worse than they; but of one or two probes a rare failure of theirs excuses none.
  const excused = Math.min(bad, n < FEWEST_PROBES ? Math.round(n * badShare) : Math.ceil(n * badShare));
  // Of an agent that was not slow a few tasks that happen to be long tell nothing.
  const isSlow = ailment === 'slow' && (evidence?.isSlowSince(agent, probed.from) ?? false);
  return { good: isSlow ? 0 : completed + excused, n };
}

/** @param perMinute calls at full weight. Of two agents the idle one is chosen, and who fails at once is idle: it gets twice its share. */
function probeFraction(perMinute: number): number {
  const enough = perMinute > 0 ? PROBES_PER_MINUTE / perMinute : MOST_PROBED;
  return Math.min(MOST_PROBED, Math.max(PROBE_SHARE, Math.ceil(20 * enough) / 20));
}

function trickle(isDead: boolean): number {
  return isDead ? 0 : TRICKLE;
}

function opening(
  evidence: IllAgent,
  state: Exclude<BreakerState, { state: 'closed' }>,
  context: DecisionContext,
): Proposal<'breaker'> {
  const { pool, agent, ailment, excess, alerts, words, signals, onsetMs } = evidence;
  const slots = (isOf: (agent: string) => boolean) => {
    let sum = 0;
    for (const entry of context.roster.values()) {
      const isThere = entry.lastBeat === null || livenessAt(entry, context.nowMs).kind === 'alive';
      if (poolOf(entry) === pool && isThere && isOf(entry.agent)) sum += entry.description?.capacity ?? 1;
    }
    return sum;
  };
  const all = slots(() => true);
  const capacityShare = ailment === 'dead' || all === 0 ? 0 : slots((name) => name === agent) / all;
  const share = 1 / Math.max(1, agentsThere(context, pool));
  const members = new Set([...context.roster.values()].flatMap((entry) => (poolOf(entry) === pool ? entry.agent : [])));
  const { own, rest } = endedSince(onsetMs, new Set([agent]), members, context);
  return {
    kind: 'breaker',
    subject: agent,
    params: { agent, pool, state: state.state, probeFraction: trickle(ailment === 'dead') },
    summary: summaryOf(agent, state),
    causes: alerts.map(({ id }) => id),
    onsetMs,
    evidence: [...words, wordsOf(agent, state, null)],
    expected: {
      ...(ailment === 'slow'
        ? { kpi: 'average_response_time', size: msSpared(own, rest), unit: 'ms' }
        : { kpi: 'error_ratio', size: Math.max(0.001, excess * share), unit: 'ratio' }),
      ...{ scope: `pool:${pool}`, direction: 'down', byMs: context.nowMs + EXPECTED_WITHIN_MS },
    },
    blastRadius: { pool, agents: [agent], capacityShare },
    isDisruptive: false,
    signals: [...new Set([...signals, ...alerts.map(({ rule }) => rule)])],
    memory: memoryOf(state, ailment),
    undo: 'roll it back, or let its lease run out: the agent then gets work like every other',
  };
}

function ofParts(context: DecisionContext, inForce: readonly DirectiveOf<'breaker'>[]): Proposal<'breaker'>[] {
  const parts = partEvidence(context);
  const underway = inForce.filter(({ params }) => params.agent === undefined);
  const out = new Set(underway.filter(({ inForceMs }) => inForceMs !== null).map(({ subject }) => subject));
  const bad = new Set([...parts].filter(([, part]) => part.isBad(out)).map(([subject]) => subject));
  const subjects = new Set([...underway.map(({ subject }) => subject), ...bad]);
  return [...subjects].flatMap((subject): Proposal<'breaker'>[] => {
    const [part, current] = [parts.get(subject), inForce.find((it) => it.subject === subject)];
    const { nowMs } = context;
    const before = current ? stateOf(current) : lastState(subject, context);
    // What nobody calls any more is neither well nor bad.
    if (current && !part && before.state === 'half-open' && nowMs - before.sinceMs >= UNCALLED_MS) return [];
    const probed = before.state === 'half-open' ? part?.since(minuteOf(before.sinceMs)) : undefined;
    const probes = probed ? { good: probed.calls - probed.failed, n: probed.calls } : none;
    const isBad = bad.has(subject);
    if (current?.inForceMs === null) return isBad ? [current] : [];
    const state = breakerAfter(before, { isBad, isGone: false, probes, isSilent: false }, nowMs, subject);
    if (state.state === 'closed') return [];
    // What is called now is what is let through while it is cut off.
    const callsPerMinute = current?.memory.callsPerMinute ?? part?.callsPerMinute ?? 0;
    const fraction = state.state === 'half-open' ? probeFraction(callsPerMinute) : TRICKLE;
    const memory = { ...memoryOf(state, undefined), callsPerMinute };
    if (current) {
      const hasChanged = state.state !== before.state || state.sinceMs !== before.sinceMs;
      return [
        {
          ...current,
          params: {
            ...current.params,
            state: state.state,
            probeFraction: fraction,
          },
          memory,
          summary: summaryOf(subject, state),
          evidence: hasChanged ? [...current.evidence, wordsOf(subject, state, before)] : current.evidence,
        },
      ];
    }
    if (!part) return [];
    const { kind, name, calls, failed, pool, alerts, onsetMs } = part;
    return [
      {
        kind: 'breaker',
        subject,
        params: { [kind]: name, state: state.state, probeFraction: fraction },
        summary: summaryOf(subject, state),
        causes: alerts.map(({ id }) => id),
        onsetMs: Math.min(onsetMs, ...alerts.map((alert) => alert.onsetMs)),
        evidence: [
          `${failed} of ${calls} calls of ${subject} failed in the last minutes`,
          wordsOf(subject, state, null),
        ],
        expected: {
          ...{ kpi: 'error_ratio', scope: `pool:${pool}`, direction: 'down' },
          ...{ size: failed / calls, unit: 'ratio', byMs: nowMs + EXPECTED_WITHIN_MS },
        },
        blastRadius: { pool, agents: [], capacityShare: 0 },
        isDisruptive: false,
        signals: ['its calls fail', ...alerts.map(({ rule }) => rule)],
        memory,
        undo: 'roll it back, or let its lease run out: it is called as before then',
      },
    ];
  });
}

/** Approved late, it is open for as long as if it had been proposed then. */
function stateOf({ params: { state }, memory, inForceMs }: DirectiveOf<'breaker'>): BreakerState {
  const lateMs = Math.max(0, (inForceMs ?? 0) - memory.sinceMs);
  const [times, sinceMs, untilMs] = [memory.times, memory.sinceMs + lateMs, memory.untilMs + lateMs];
  return state === 'closed' ? { state, times, sinceMs } : { state, times, sinceMs, untilMs };
}

function memoryOf(
  { times, sinceMs, untilMs }: Exclude<BreakerState, { state: 'closed' }>,
  ailment: Ailment | undefined,
): BreakerMemory {
  return { times, sinceMs, untilMs, ...(ailment !== undefined && { ailment }) };
}

function summaryOf(subject: string, { state }: BreakerState): string {
  return state === 'half-open' ? `probe ${subject}` : `keep work from ${subject}`;
}

function wordsOf(
  subject: string,
  { state, times, untilMs }: Exclude<BreakerState, { state: 'closed' }>,
  before: BreakerState | null,
): string {
  const until = `${new Date(untilMs).toISOString().slice(11, 19)} UTC`;
  if (state === 'half-open') return `${subject}: probed until ${until} at the latest`;
  return before?.state === 'half-open'
    ? `${subject}: its probes failed or came to no end; open ${ordinal(times)}, until ${until}`
    : `${subject}: open ${times > 1 ? `${ordinal(times)}, ` : ''}until ${until}`;
}

/** Openings that health made up for are not counted. */
function ordinal(times: number): string {
  const nth = ['first', 'second', 'third'][times - 1] ?? `${times}th`;
  return times < MOST_TIMES ? `for the ${nth} time lately` : `for at least the ${nth} time lately`;
}
