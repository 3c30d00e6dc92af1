import { measuresOfSeries } from '../../cause/cause-input.ts';
import { type DetectionContext, figuresAt } from '../../detect/detection-context.ts';
import type { ExcessMeasure } from '../../detect/excess.ts';
import { type LevelCondition, standingOf } from '../../detect/level-standing.ts';
import type { SubjectMinute } from '../../detect/minute-figures.ts';
import { emptyMinute } from '../../detect/minute-figures.ts';
import { type Breadth, breadthIn, isPoolWide } from '../../detect/pool-breadth.ts';
import { readingsOf } from '../../detect/readings-of.ts';
import { seriesKinds } from '../../detect/series-kind.ts';
import type { SeriesReading } from '../../detect/watch.ts';
import { poolOf } from '../../model/roster.ts';
import { type Minute, startOfMinute } from '../../model/time.ts';
import type { AlertKind, Finding } from '../alert.ts';
import { alertFingerprint } from '../fingerprint.ts';
import type { AlertRule, Assessment } from '../rule.ts';

/** What a rule about pools has to go by when it words its finding. */
export interface PoolTrouble {
  context: DetectionContext;
  pool: string;
  reading: SeriesReading;
  expected: number;
  /** What the pool did in the judged minute. */
  subject: SubjectMinute;
  breadth: Breadth;
  /** Agents that show it, of those that did enough to tell, in words. */
  agents: string;
}

export interface PoolRule {
  id: string;
  kind: AlertKind;
  looksFor: string;
  condition: LevelCondition;
  measure: ExcessMeasure;
  /** The rule that tells of the same when it is worse. */
  yieldsTo?: Pick<AlertRule, 'id'> & { condition: LevelCondition };
  /** Whether it is told also where only some of the pool's agents carry it. */
  tellsOfFew?: boolean;
  /** Whether nothing can be said of a pool. */
  isExcused?(context: DetectionContext, pool: string): boolean;
  /** What a minute must have besides being far from its level. */
  holds?(reading: SeriesReading, context: DetectionContext, pool: string): boolean;
  /** Whether another alert will tell it, or tells it already. */
  isToldElsewhere?(trouble: PoolTrouble): boolean;
  describe(trouble: PoolTrouble): Pick<Finding, 'title' | 'why' | 'impact'> & { evidence: string[] };
  /** A value in words. */
  figure(value: number): string;
}

const MOST_EVIDENCE = 5;

/**
 * A rule that compares a series of each pool with its own level. What few of a pool's agents carry is for the rules about
 * agents to tell, so it is suspect at most.
 */
export function poolRule(about: PoolRule): AlertRule<LevelCondition> {
  const { id, kind, looksFor, condition, measure } = about;
  return {
    ...{ id, kind, looksFor, condition, resolveAfterMinutes: 3, cooldownMinutes: 15 },
    runbook: `docs/runbooks.md#${id}`,
    measures: measuresOfSeries[measure.series],
    assess: (context) => {
      const readings = readingsOf(context, about.measure.series, 'pool');
      return poolsOf(context, readings).map((pool) => assessPool(about, context, pool, readings));
    },
  };
}

/** Those with agents as well: of a pool in which nothing ends nothing is known. */
function poolsOf({ roster }: DetectionContext, readings: ReadonlyMap<string, unknown>): string[] {
  return [...new Set([...readings.keys(), ...[...roster.values()].map(poolOf)])];
}

function assessPool(
  about: PoolRule,
  context: DetectionContext,
  pool: string,
  readings: ReadonlyMap<string, SeriesReading>,
): Assessment {
  const { measure, condition, yieldsTo } = about;
  const scope = { pool };
  const reading = readings.get(pool);
  if (!reading || reading.expected === null || about.isExcused?.(context, pool)) return { scope, verdict: 'unknown' };
  if (yieldsTo && context.firing.has(alertFingerprint(yieldsTo.id, scope))) return { scope, verdict: 'clear' };
  const judging = {
    harmful: seriesKinds[measure.series].harmful === 'down' ? 'down' : 'up',
    series: readings.size,
    strictness: context.strictness(about.id, pool),
  } as const;
  const { verdict, since } = standingOf(reading, condition, judging);
  if (verdict === 'clear' || verdict === 'unknown') return { scope, verdict };
  if (about.holds && !about.holds(reading, context, pool)) return { scope, verdict: 'unknown' };
  const trouble = troubleOf(about, context, pool, { reading, expected: reading.expected, since });
  const isWide = isPoolWide(trouble.breadth);
  const isForAnother =
    (!isWide && about.tellsOfFew !== true) ||
    about.isToldElsewhere?.(trouble) === true ||
    (yieldsTo && standingOf(reading, yieldsTo.condition, judging).verdict === 'suspect');
  const finding = findingOf(about, trouble, since, isWide);
  return { scope, verdict: isForAnother ? 'suspect' : verdict, finding };
}

function troubleOf(
  { measure, condition }: PoolRule,
  context: DetectionContext,
  pool: string,
  { reading, expected, since }: { reading: SeriesReading; expected: number; since: Minute },
): PoolTrouble {
  const subject = figuresAt(context, context.minute)?.pools.get(pool) ?? emptyMinute();
  const breadth = breadthIn(context, pool, {
    ...{ measure, expected, since },
    leastShift: measure.series === 'service_ms' ? Math.log(condition.timesLevel) : condition.leastChange,
  });
  const agents = `${breadth.affected} of ${breadth.judged} agents that did enough to tell`;
  return { context, pool, reading, expected, subject, breadth, agents };
}

function findingOf(about: PoolRule, trouble: PoolTrouble, since: Minute, isWide: boolean): Finding {
  const { reading, expected, breadth, pool } = trouble;
  const { evidence, ...words } = about.describe(trouble);
  return {
    ...words,
    onsetMs: startOfMinute(since),
    value: reading.value,
    expected,
    unit: seriesKinds[about.measure.series].unit,
    n: reading.n,
    evidence: [...evidence, ...minutesInWords(trouble, about.figure)].slice(0, MOST_EVIDENCE),
    contributors: breadth.contributors,
    ...(isWide ? { explains: [{ pool }] } : {}),
  };
}

/** The newest minutes, each with what it was and what it would be. */
export function minutesInWords(
  { reading, expected }: Pick<PoolTrouble, 'reading' | 'expected'>,
  figure: (value: number) => string,
): string[] {
  return reading.recent
    .slice(-3)
    .toReversed()
    .map(
      ({ minute, value, n, deviation }) =>
        `${new Date(startOfMinute(minute)).toISOString()}: ${figure(value)} instead of ${figure(expected)}, ${Math.abs(deviation).toFixed(1)} standard deviations, n ${n}`,
    );
}

export function percent(share: number): string {
  const points = 100 * share;
  return `${points >= 10 || points === 0 ? points.toFixed(0) : points.toFixed(1)} %`;
}
