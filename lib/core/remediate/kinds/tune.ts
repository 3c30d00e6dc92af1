import type { Alert } from '../../alert/alert.ts';
import { figuresAt } from '../../detect/detection-context.ts';
import type { SubjectMinute } from '../../detect/minute-figures.ts';
import { seriesId } from '../../detect/series-id.ts';
import { badTasks } from '../../kpi/bad-tasks.ts';
import type { Tunable } from '../../model/pool-settings.ts';
import type { RosterEntry } from '../../model/roster.ts';
import { type EpochMs, MINUTE_MS, type Minute, minuteOf } from '../../model/time.ts';
import type { DirectiveOf, Proposal } from '../directive.ts';
import type { DecisionContext, DirectiveKind } from '../directive-kind.ts';
import { answeredBy } from '../playbook.ts';
import { workingAgents } from '../pool-pressure.ts';
import {
  afterTrial,
  FIRST_STEP,
  isBetter,
  type MinuteMeans,
  meanOf,
  type NumberSearch,
  nextValue,
} from '../stepwise-search.ts';

export type TuneValue = number | string;

/** Settings of an agent, or of all agents of a pool, by the names that the pool declares as tunable. */
export interface TuneParams {
  agent?: string;
  pool?: string;
  params: Record<string, TuneValue>;
}

/** What the minutes of a value came to. */
export interface TuneMinutes extends MinuteMeans {
  ended: number;
  bad: number;
  graded: number;
  /** Sum of their grades, parts per million. */
  qualityPpm: number;
}

/** Where a stepwise trial stands; moments and totals, so that deciding a minute again changes nothing. */
export interface TuneMemory {
  /** What counts: tasks completed a minute by an agent at the limit, or how quickly tasks are answered. */
  objective: 'throughput' | 'response';
  /** Values as agents declare them, and the best found so far. */
  original: Record<string, TuneValue>;
  best: Record<string, TuneValue>;
  bestMinutes: TuneMinutes;
  /** What is being tried; null when the search is over. */
  trial: { name: string; value: TuneValue; fromMs: EpochMs; countedThrough: Minute; minutes: TuneMinutes } | null;
  /** Of the setting that is being tried: the search among numbers, or the choices that are left. */
  search: NumberSearch | null;
  left: string[];
  /** Settings that are yet to be tried. */
  names: string[];
}

/** Slots so far at work, or so much waiting for each, is the limit; a pool below is not tuned unless an alert asks for it. */
const [FULL_USE, FREE_USE, LEAST_QUEUE] = [0.9, 0.8, 0.5];
/** Tasks take so much longer than usual: as alerts say, or in standard deviations. */
const slowRules: ReadonlySet<string> = new Set(['pool-degraded', 'pool-slower']);
const HINDERED_DEVIATIONS = 4;
/** A pool has been at the limit for so many minutes. */
const FULL_MINUTES = 3;
/** A trial without an end by then has no figures. */
const MOST_TRIAL_MS = 15 * MINUTE_MS;
/** After a search a pool is left in peace. */
const REST_MS = 60 * MINUTE_MS;
/** So many more of a hundred tasks may end badly, and so much of the quality may be lost, before a value counts as worse. */
const [MOST_BAD_MORE, MOST_QUALITY_LESS] = [0.03, 0.03];
/** Gains below this are not worth keeping what nobody set. */
const LEAST_GAIN = 1.02;
/** A minute of which so many of the heartbeats that are due have come is known. */
const COMPLETE_SHARE = 0.9;
const LATE_MINUTES = 2;
/** Of tasks that end: so many time out where the limit is too short, and where slots are held by what never ends. */
const [SHORT_TIMEOUTS, LONG_TIMEOUTS] = [0.1, 0.02];
const TIMEOUT = 'timeoutMs';
const EXPECTED_WITHIN_MS = 30 * MINUTE_MS;

/**
 * Finds better settings for the agents of a pool that is at its limit, or slow, by trying them: one setting after the
 * other, each value for three to five minutes, the first minute not counted. The best is kept, also where load
 * leaves before the rest was tried, until people set other bounds or agents declare something else; values that do a
 * fifth less are taken back the next minute. A value that makes more tasks end badly, or worse, is not better.
 *
 * **Numbers** are climbed by steps of 1.5, see stepwise-search.ts. **Choices** are tried one by one. **`timeoutMs`** follows a rule
 * instead: half as long again where one task in ten times out and those that complete come close to it; three times
 * what 95 % take where it is five times that and one in fifty holds its slot until then.
 */
export const tune: DirectiveKind<'tune'> = {
  propose(context, inForce) {
    const alerts = answeredBy('tune', context.firing).filter(({ scope }) => scope.pool !== undefined && !scope.agent);
    const current = new Map(inForce.map((directive) => [directive.subject, directive]));
    const pools = [...context.pools].flatMap(([pool, { tunable }]) => (tunable ? [pool] : []));
    const concerned = new Set(
      pools.filter((pool) => {
        if (current.has(pool)) return true;
        return alerts.some(({ scope }) => scope.pool === pool) || isFull(context, pool);
      }),
    );
    if (concerned.size === 0) return [];
    const working = workingAgents(context, concerned);
    return [...concerned].flatMap((pool) => {
      const directive = current.get(pool);
      const its = working.get(pool) ?? [];
      const about = alerts.filter(({ scope }) => scope.pool === pool);
      return (directive ? goOn(directive, its, context) : begin(pool, its, about, context)) ?? [];
    });
  },

  differs: (before, after) => JSON.stringify(before) !== JSON.stringify(after),
  targets: ({ agent, pool }) => [agent ?? pool ?? ''],
};

function begin(
  pool: string,
  working: readonly RosterEntry[],
  alerts: readonly Alert[],
  context: DecisionContext,
): Proposal<'tune'> | null {
  const { nowMs, live, recent } = context;
  const isMoved = live.some(({ directive }) => directive.kind === 'failover' && directive.params.from === pool);
  const isTried = recent.some(({ directive: { kind, subject, ended } }) => {
    return kind === 'tune' && subject === pool && ended !== null && nowMs - ended.atMs < REST_MS;
  });
  const tunable = context.pools.get(pool)?.tunable ?? {};
  const original = declaredValues(working, tunable);
  const names = Object.keys(original).sort((a, b) => rankOf(a, tunable) - rankOf(b, tunable));
  if (isMoved || isTried || names.length === 0) return null;
  const objective: TuneMemory['objective'] = isFull(context, pool, 1) ? 'throughput' : 'response';
  const before = { minutes: nothing(), countedThrough: context.minute - 5 };
  const atTheLimit = { pool, objective, working, slots: slotsOf(working, original), toBeat: Number.POSITIVE_INFINITY };
  const bestMinutes = count(before, atTheLimit, context).minutes;
  if (bestMinutes.n === 0) return null;
  const start: TuneMemory = {
    ...{ objective, original, best: original, bestMinutes, names, trial: null, search: null, left: [] },
  };
  const memory = nextTrial(start, pool, context);
  if (memory.trial === null) return null;
  const figure = meanOf(bestMinutes);
  const evidence = [
    objective === 'throughput'
      ? `its agents are at their limit, and complete ${figure.toFixed(1)} tasks a minute each`
      : `its tasks take ${seconds(1 / figure)} from being queued to their end`,
  ];
  return {
    kind: 'tune',
    subject: pool,
    ...{ params: paramsOf(pool, memory), summary: summaryOf(pool, memory), memory },
    causes: alerts.map(({ id }) => id),
    onsetMs: alerts.reduce((first, alert) => Math.min(first, alert.onsetMs), nowMs),
    evidence: [...alerts.map(({ title }) => title), ...evidence],
    expected:
      objective === 'throughput'
        ? expectation('overall_throughput', 'up', 0.1 * figure * working.length, '1/min', pool, nowMs)
        : expectation('average_response_time', 'down', 100 / figure, 'ms', pool, nowMs),
    blastRadius: { pool, agents: [], capacityShare: 0 },
    isDisruptive: false,
    signals: [...alerts.map(({ rule }) => rule), ...evidence],
    undo: 'roll it back, or let its lease run out: agents then work as they declare',
  };
}

function goOn(
  current: DirectiveOf<'tune'>,
  working: readonly RosterEntry[],
  context: DecisionContext,
): Proposal<'tune'> | null {
  const { nowMs } = context;
  const pool = current.subject;
  const tunable = context.pools.get(pool)?.tunable ?? {};
  const record = context.live.find(({ directive }) => directive.id === current.id);
  if (record?.ack?.applied === false) return null;
  const as = (memory: TuneMemory): Proposal<'tune'> => ({
    ...current,
    ...{ memory, params: paramsOf(pool, memory), summary: summaryOf(pool, memory) },
  });
  const { memory } = current;
  const over = overBecause(current, tunable, declaredValues(working, tunable));
  if (over) return current.inForceMs === null ? null : { ...as(memory), over };
  if (memory.trial === null) return as(memory);
  // While it waits for a person nothing is being tried.
  if (current.inForceMs === null) return as({ ...memory, trial: { ...memory.trial, fromMs: nowMs } });
  const { objective, bestMinutes } = memory;
  const slots = slotsOf(working, { ...memory.best, [memory.trial.name]: memory.trial.value });
  // A minute that was counted is not counted again, nor is the one in which the value came into force.
  const from = Math.max(memory.trial.countedThrough, minuteOf(memory.trial.fromMs));
  const counted = count(
    { minutes: memory.trial.minutes, countedThrough: from },
    { pool, objective, working, slots, toBeat: LEAST_GAIN * meanOf(bestMinutes) },
    context,
  );
  const trial = { ...memory.trial, ...counted };
  const ended = (after: TuneMemory) => (isBetterFound(after) ? as(after) : null);
  // What nobody reports of, or has little to do, cannot be judged: the best of what was is kept.
  if (nowMs - trial.fromMs > MOST_TRIAL_MS) return ended({ ...memory, trial: null, search: null, left: [] });
  const verdict = judge(trial.minutes, bestMinutes, objective, working.length);
  if (verdict === null) return as({ ...memory, trial });
  const after = nextTrial(afterVerdict(memory, trial, verdict, isFree(context, pool)), pool, context);
  return after.trial === null ? ended(after) : as(after);
}

function isBetterFound({ best, original }: TuneMemory): boolean {
  return Object.keys(best).some((name) => best[name] !== original[name]);
}

/** Why what it sets is not to be set any more: agents have it themselves, or people have decided otherwise since; null where it is. */
function overBecause(
  { subject: pool, params, memory, summary }: DirectiveOf<'tune'>,
  tunable: Record<string, Tunable>,
  declared: Record<string, TuneValue>,
): Proposal<'tune'>['over'] | null {
  const { trial, best, original } = memory;
  if (trial === null && Object.keys(best).every((name) => declared[name] === best[name]))
    return { by: 'adopted', why: `agents of pool ${pool} declare it themselves by now: ${summary}` };
  for (const [name, value] of Object.entries(params.params)) {
    const its = declared[name];
    if (!isWithin(value, tunable[name]))
      return { by: 'other bounds', why: `${name} ${value} may not be set in pool ${pool} any more` };
    // Agents may declare what they were told, also to try.
    if (its !== undefined && ![original[name], best[name], value].includes(its))
      return { by: 'other values', why: `agents of pool ${pool} declare ${name} ${its} by now` };
  }
  return null;
}

function isWithin(value: TuneValue, bounds: Tunable | undefined): boolean {
  if (!bounds) return false;
  if ('choices' in bounds) return bounds.choices.some((choice) => choice === value);
  return typeof value === 'number' && value >= bounds.least && value <= bounds.most;
}

type Trial = NonNullable<TuneMemory['trial']>;

/** @param isAmple nothing waits any more at the value that was tried: there is no limit to push */
function afterVerdict(memory: TuneMemory, trial: Trial, isGood: boolean, isAmple: boolean): TuneMemory {
  const { name, value, minutes } = trial;
  const search = memory.search && typeof value === 'number' ? afterTrial(memory.search, value, isGood) : null;
  const kept = isGood ? { best: { ...memory.best, [name]: value }, bestMinutes: minutes } : {};
  const isEnough = isGood && isAmple && memory.objective === 'throughput';
  const rest = isEnough ? { search: null, left: [], names: [] } : { search };
  return { ...memory, trial: null, ...kept, ...rest };
}

/** The memory with what is tried next; without a trial when everything was. */
function nextTrial(memory: TuneMemory, pool: string, context: DecisionContext): TuneMemory {
  const tunable = context.pools.get(pool)?.tunable ?? {};
  let at = memory;
  for (;;) {
    const [name] = at.names;
    const bounds = name === undefined ? undefined : tunable[name];
    if (name === undefined) return { ...at, trial: null };
    const next = bounds && valueToTry(at, name, bounds, pool, context);
    if (next) {
      const { value, ...rest } = next;
      const fromMs = context.nowMs;
      return {
        ...{ ...at, ...rest },
        trial: { name, value, fromMs, countedThrough: minuteOf(fromMs), minutes: nothing() },
      };
    }
    at = { ...at, search: null, left: [], names: at.names.slice(1) };
  }
}

/** What to try next of one setting; null where nothing is left. */
function valueToTry(
  memory: TuneMemory,
  name: string,
  bounds: Tunable,
  pool: string,
  context: DecisionContext,
): (Partial<TuneMemory> & { value: TuneValue }) | null {
  const best = memory.best[name];
  if ('choices' in bounds) {
    // None is left where the last one was tried; before the first, all others are.
    const left = memory.left.length > 0 ? memory.left : ['', ...bounds.choices.filter((choice) => choice !== best)];
    const [, value, ...rest] = left;
    return value === undefined ? null : { value, left: ['', ...rest] };
  }
  if (typeof best !== 'number') return null;
  if (name === TIMEOUT) {
    const value = memory.search === null ? timeoutByRule(best, bounds, pool, context) : null;
    return value === null ? null : { value, search: { best, step: 1, direction: 1, failed: 0, worse: [] } };
  }
  const areHindered = name === 'concurrency' && doHinder(pool, context);
  const direction = areHindered ? (-1 as const) : (1 as const);
  const search = memory.search ?? { best, step: FIRST_STEP, direction, failed: 0, worse: [] };
  const original = memory.original[name];
  const most = areHindered && typeof original === 'number' ? Math.min(bounds.most, original) : bounds.most;
  return nextValue(search, { ...bounds, most });
}

/**
 * Tasks take far longer than they used to: likelier than that more of them at once would do more, those that are at work
 * together hinder each other.
 */
function doHinder(pool: string, { watch, firing }: DecisionContext): boolean {
  if (firing.some(({ rule, scope }) => slowRules.has(rule) && scope.pool === pool && !scope.agent)) return true;
  const recent = watch.series.get(seriesId('service_ms', { kind: 'pool', id: pool }))?.recent ?? [];
  return (recent.at(-1)?.deviation ?? 0) >= HINDERED_DEVIATIONS;
}

/** A limit that cuts off what was about to complete, or holds slots for what never will; null where neither shows. */
function timeoutByRule(
  timeoutMs: number,
  { least, most }: { least: number; most: number },
  pool: string,
  context: DecisionContext,
): number | null {
  let [timeouts, ended] = [0, 0];
  const log = { n: 0, sum: 0, squares: 0 };
  for (const back of [0, 1, 2, 3, 4]) {
    const subject = figuresAt(context, context.minute - back)?.pools.get(pool);
    if (!subject) continue;
    timeouts += subject.counters.timeout;
    ended += subject.counters.completed + badTasks(subject.counters);
    log.n += subject.service.n;
    log.sum += subject.service.sum;
    log.squares += subject.service.squares;
  }
  if (ended === 0 || log.n === 0) return null;
  const mean = log.sum / log.n;
  const spread = Math.sqrt(Math.max(0, log.squares / log.n - mean ** 2));
  // Of log-normal times.
  const p95Ms = Math.exp(mean + 1.645 * spread) / 1_000;
  const within = (ms: number) => Math.round(Math.min(most, Math.max(least, ms)));
  const share = timeouts / ended;
  const wanted =
    share >= SHORT_TIMEOUTS && p95Ms >= 0.8 * timeoutMs
      ? within(1.5 * timeoutMs)
      : share >= LONG_TIMEOUTS && timeoutMs > 5 * p95Ms
        ? within(3 * p95Ms)
        : timeoutMs;
  return wanted === timeoutMs ? null : wanted;
}

/** Whether the value is better than the best; null while it must be tried on. */
function judge(
  tried: TuneMinutes,
  best: TuneMinutes,
  objective: TuneMemory['objective'],
  agents: number,
): boolean | null {
  const badShare = (minutes: TuneMinutes) => minutes.bad / Math.max(1, minutes.ended);
  const quality = (minutes: TuneMinutes) => minutes.qualityPpm / Math.max(1, minutes.graded) / 1e6;
  const isSpoiled =
    tried.ended >= 20 &&
    (badShare(tried) > badShare(best) + MOST_BAD_MORE ||
      (tried.graded >= 20 && best.graded >= 20 && quality(tried) < quality(best) - MOST_QUALITY_LESS));
  if (isSpoiled) return false;
  const mean = meanOf(best);
  // Counts of a minute vary by their root; means of response times by about their mean, over as many tasks.
  const tasks = Math.max(1, best.ended / Math.max(1, best.n));
  const variance = objective === 'throughput' ? mean / Math.max(1, agents) : mean ** 2 / tasks;
  const verdict = isBetter(tried, best, variance);
  return verdict && meanOf(tried) < LEAST_GAIN * mean ? false : verdict;
}

interface Counted {
  pool: string;
  objective: TuneMemory['objective'];
  working: readonly RosterEntry[];
  /** Tasks that they take at once. */
  slots: number;
  /** Where slots are free and no more than this is done, it is what came that was less. */
  toBeat: number;
}

/** What of the minutes after one is known by now. */
function count(
  before: { minutes: TuneMinutes; countedThrough: Minute },
  { pool, objective, working, slots, toBeat }: Counted,
  context: DecisionContext,
): { minutes: TuneMinutes; countedThrough: Minute } {
  const minutes = { ...before.minutes };
  let { countedThrough } = before;
  const subjects = [4, 3, 2, 1, 0].map((back) => {
    const minute = context.minute - back;
    return { minute, back, subject: figuresAt(context, minute)?.pools.get(pool) };
  });
  const beatsDue = working.reduce((sum, { lastBeat }) => sum + MINUTE_MS / (lastBeat?.intervalMs ?? MINUTE_MS), 0);
  const agents = working.length;
  for (const { minute, back, subject } of subjects) {
    if (minute <= countedThrough) continue;
    if (!subject || agents === 0) continue;
    const isKnown = back >= LATE_MINUTES || subject.presence.beats >= COMPLETE_SHARE * beatsDue;
    // In order: what is not known yet is waited for.
    if (!isKnown) break;
    const { completed, failed, timeout, responseCount, responseUs, qualityCount, qualityPpm } = subject.counters;
    const figure =
      objective === 'throughput' ? completed / agents : responseUs > 0 ? (1e6 * responseCount) / responseUs : null;
    countedThrough = minute;
    if (figure === null || (objective === 'throughput' && isIdle(subject, slots) && figure <= toBeat)) continue;
    minutes.n += 1;
    minutes.sum += figure;
    minutes.squares += figure ** 2;
    // What was turned away says nothing of the value.
    minutes.ended += completed + failed + timeout;
    minutes.bad += failed + timeout;
    minutes.graded += qualityCount;
    minutes.qualityPpm += qualityPpm;
  }
  return { minutes, countedThrough };
}

function nothing(): TuneMinutes {
  return { n: 0, sum: 0, squares: 0, ended: 0, bad: 0, graded: 0, qualityPpm: 0 };
}

/** At the limit for so many minutes on end, as samples tell. */
function isFull(context: DecisionContext, pool: string, minutes = FULL_MINUTES): boolean {
  const uses = [0, 1, 2, 3].flatMap((back) => {
    const presence = figuresAt(context, context.minute - back)?.pools.get(pool)?.presence;
    if (!presence || presence.utilizationCount === 0) return [];
    return presence.utilizationPpm / presence.utilizationCount / 1e6;
  });
  return uses.length >= minutes && uses.slice(0, minutes).every((use) => use >= FULL_USE);
}

/** It did what came, and could have done more: how much it can do does not show. By samples, else by the time that its tasks took. */
function isIdle({ presence: { utilizationPpm, utilizationCount }, counters }: SubjectMinute, slots: number): boolean {
  if (utilizationCount > 0) return utilizationPpm / utilizationCount < FULL_USE * 1e6;
  return counters.serviceUs / 60e6 < FREE_USE * slots;
}

/** Tasks that the agents take at once. */
function slotsOf(working: readonly RosterEntry[], { concurrency }: Record<string, TuneValue>): number {
  if (typeof concurrency === 'number') return concurrency * working.length;
  return working.reduce((sum, { description }) => sum + (description?.capacity ?? 1), 0);
}

/** Slots are free, and nothing waits for them. */
function isFree(context: DecisionContext, pool: string): boolean {
  const subject = figuresAt(context, context.minute)?.pools.get(pool);
  if (!subject || subject.presence.utilizationCount === 0 || subject.presence.queuedCount === 0) return false;
  const { utilizationPpm, utilizationCount, queued, queuedCount } = subject.presence;
  const perAgent = queued / queuedCount;
  return utilizationPpm / utilizationCount < FREE_USE * 1e6 && perAgent < LEAST_QUEUE;
}

/** Values that most of the agents declare, of settings that may be tuned. */
function declaredValues(working: readonly RosterEntry[], tunable: Record<string, Tunable>): Record<string, TuneValue> {
  const values = Object.entries(tunable).flatMap(([name, bounds]): [string, TuneValue][] => {
    const counts = new Map<TuneValue, number>();
    for (const { description } of working) {
      const value = description?.params?.[name];
      const isFit = 'choices' in bounds ? typeof value === 'string' : Number.isInteger(value);
      if (isFit) counts.set(value as TuneValue, (counts.get(value as TuneValue) ?? 0) + 1);
    }
    const [most] = [...counts].sort(([, a], [, b]) => b - a);
    return most ? [[name, most[0]]] : [];
  });
  return Object.fromEntries(values);
}

/** Limits first, since they spoil what the others show; then numbers, concurrency before all; choices cost quality. */
function rankOf(name: string, tunable: Record<string, Tunable>): number {
  if (name === TIMEOUT) return 0;
  if (name === 'concurrency') return 1;
  return 'choices' in (tunable[name] ?? { choices: [] }) ? 3 : 2;
}

function paramsOf(pool: string, { best, original, trial }: TuneMemory): TuneParams {
  const values = trial ? { ...best, [trial.name]: trial.value } : best;
  // What is as agents have it needs not be said, but for what is being tried.
  const said = Object.entries(values).filter(([name, value]) => value !== original[name] || name === trial?.name);
  return { pool, params: Object.fromEntries(said) };
}

function summaryOf(pool: string, memory: TuneMemory): string {
  const { trial } = memory;
  if (trial) return `try ${trial.name} ${trial.value} in pool ${pool}, best so far ${memory.best[trial.name]}`;
  const kept = Object.entries(paramsOf(pool, memory).params).map(([name, value]) => `${name} ${value}`);
  // Where names are left the search came to no end.
  const why = memory.names.length > 0 ? 'it is the best that could be tried' : 'no neighbour is better';
  return `keep ${kept.join(', ')} in pool ${pool}: ${why}`;
}

function expectation(
  kpi: Proposal<'tune'>['expected']['kpi'],
  direction: 'up' | 'down',
  size: number,
  unit: string,
  pool: string,
  nowMs: EpochMs,
): Proposal<'tune'>['expected'] {
  return { kpi, scope: `pool:${pool}`, direction, size, unit, byMs: nowMs + EXPECTED_WITHIN_MS };
}

function seconds(value: number): string {
  return `${value.toFixed(2)} s`;
}
